//! The parts that several kinds of charts share: frame, plot, legend, panels, series styles.

pub(crate) mod colour_bar;
pub(crate) mod error_bar;
pub(crate) mod frame;
pub(crate) mod label_placement;
pub(crate) mod legend;
pub(crate) mod panel_grid;
pub(crate) mod plot;
pub(crate) mod series_style;
