//! One report for several sweeps.

mod build;
mod compared_sweep;
mod figures;
mod joined_frame;
mod merged_page;
mod paired;
mod split_settings;
mod summary;
mod tables;
mod untested;

pub use build::ComparisonReport;
pub use compared_sweep::ComparedSweep;
