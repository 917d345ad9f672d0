//! The device that a sweep is trained on. Everything that depends on the device goes through
//! [`Device`].

use super::adapter::Adapter;
use super::choice::GpuKind;
use super::error::DeviceError;
use super::memory::FreeMemory;
use super::{cuda, driver, wgpu};
use crate::record::Machine;
use std::fmt;

/// The device that a sweep is trained on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Device {
    /// The CPU: burn's Flex backend.
    Cpu,
    /// The CUDA device of this index: burn's CUDA backend.
    Cuda(usize),
    /// A device of a graphics API: burn's wgpu backend.
    Wgpu(Adapter),
}

/// The number format that every device computes in. On a GPU, the kernels of this project compute
/// matrix products without tensor cores, so nothing is rounded to TF32.
pub const PRECISION: &str = "float32";

impl Device {
    /// The model of a GPU, such as `NVIDIA H100 80GB HBM3`; `None` for the CPU, and if the driver does
    /// not report it.
    pub fn model(&self) -> Option<String> {
        match self {
            Self::Cpu => None,
            Self::Cuda(index) => cuda::model(*index),
            Self::Wgpu(adapter) => Some(if adapter.is_software() {
                format!("{}, software", adapter.model)
            } else {
                adapter.model.clone()
            }),
        }
    }

    /// The version of the device's driver; for the CPU, that of the machine's NVIDIA driver.
    pub fn driver(&self) -> Option<String> {
        match self {
            Self::Cpu | Self::Cuda(_) => driver::nvidia_driver_version(),
            Self::Wgpu(adapter) => Some(adapter.driver.clone()),
        }
    }

    /// The default number of cohorts that are trained at the same time: one per core of the CPU, and
    /// one on a GPU, which a cohort fills.
    pub fn default_workers(&self) -> usize {
        match self {
            Self::Cpu => Machine::current().cores,
            Self::Cuda(_) | Self::Wgpu(_) => 1,
        }
    }

    /// The memory that limits the size of cohorts; `None` for the CPU, which has no limit.
    ///
    /// # Errors
    /// A driver that does not report it.
    pub fn free_memory(&self) -> Result<Option<FreeMemory>, DeviceError> {
        match self {
            Self::Cpu => Ok(None),
            Self::Cuda(index) => {
                let free = cuda::free_bytes(*index).map(FreeMemory::Reported);
                free.map(Some).map_err(|reason| DeviceError::Unreported {
                    device: self.to_string(),
                    reason,
                })
            }
            Self::Wgpu(adapter) => Ok(Some(FreeMemory::of_adapter(adapter))),
        }
    }

    /// Compiles and runs a kernel on the device.
    ///
    /// # Errors
    /// Why it cannot.
    pub(super) fn probe(&self) -> Result<(), String> {
        match self {
            Self::Cpu => Ok(()),
            Self::Cuda(index) => cuda::probe(*index),
            Self::Wgpu(adapter) => wgpu::probe(adapter),
        }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(index) => write!(f, "{}:{index}", GpuKind::Cuda),
            Self::Wgpu(adapter) => adapter.fmt(f),
        }
    }
}
