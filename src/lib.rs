//! tp-sweep.
pub mod cli;
pub mod data;
pub mod event;
pub mod model;
pub mod plan;
pub mod random;
pub mod record;
pub mod report;
pub mod run;
pub mod spec;
pub mod train;
