//! Results in the formats that programs read.
pub(super) mod export;
pub(super) mod to_sweep_yaml;
