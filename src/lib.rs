//! tp-sweep.
pub mod data;
pub mod event;
pub mod model;
pub mod random;
pub mod spec;
pub mod train;
