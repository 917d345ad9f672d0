//! Data sets as tensors on a device.
pub(super) mod device_dataset;
pub(super) mod device_normalisation;
pub(super) mod device_samples;
