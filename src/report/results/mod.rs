//! Results as polars frames.
pub(super) mod aggregate;
pub(super) mod frame;
pub(super) mod listing;
pub(super) mod metric;
pub(super) mod status;
