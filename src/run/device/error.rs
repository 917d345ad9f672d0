//! Devices that cannot be used.

use crate::run::executor::device_fault::DeviceFault;

/// A device that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// It does not exist, or does not compute.
    #[error("no device {device}: {reason}; available: {available}")]
    Missing {
        /// Its name.
        device: String,
        /// Why.
        reason: String,
        /// The devices that are available.
        available: String,
    },
    /// It does not report what training needs to know.
    #[error("cannot use {device}: {reason}; use --device cpu to train without it")]
    Unreported {
        /// Its name.
        device: String,
        /// What is missing.
        reason: String,
    },
    /// It fails before training starts.
    #[error("cannot copy the data to {device}: {fault}; use --device cpu to train without it")]
    Upload {
        /// Its name.
        device: String,
        /// Why.
        fault: DeviceFault,
    },
}
