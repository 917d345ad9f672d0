//! Numeric and category axes, with their ticks, labels and captions.

pub(crate) mod axis;
pub(crate) mod bottom_axis;
pub(crate) mod caption;
pub(crate) mod categories;
pub(crate) mod category_labels;
pub(crate) mod left_axis;
mod tick_marks;
