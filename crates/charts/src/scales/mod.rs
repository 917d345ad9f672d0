//! Maps values to positions, colours and tick labels.

pub(crate) mod colour_map;
pub(crate) mod colour_scale;
pub(crate) mod domain;
pub(crate) mod number_format;
pub(crate) mod scale;
pub(crate) mod ticks;
