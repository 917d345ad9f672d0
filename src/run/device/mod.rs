//! Where a sweep is trained. Everything that depends on the device goes through [`Device`].

mod adapter;
mod choice;
#[cfg_attr(not(feature = "cuda"), path = "no_cuda.rs")]
mod cuda;
mod driver;
mod executor;
mod memory;
mod resolve;
#[cfg_attr(not(feature = "wgpu"), path = "no_wgpu.rs")]
mod wgpu;

pub use adapter::{Adapter, AdapterClass};
pub use choice::{DeviceChoice, GpuKind};
pub use memory::FreeMemory;

use super::executor::device_faults::DeviceFault;
use crate::record::Machine;
use std::fmt;

/// Where a sweep is trained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Device {
    /// The CPU: burn's Flex backend.
    Cpu,
    /// The CUDA device of this index: burn's CUDA backend.
    Cuda(usize),
    /// A device of a graphics API: burn's wgpu backend.
    Wgpu(Adapter),
}

/// A device that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// It is not there, or does not compute.
    #[error("no device {device}: {reason}; available: {available}")]
    Missing {
        /// Its name.
        device: String,
        /// Why.
        reason: String,
        /// The devices that are there.
        available: String,
    },
    /// It does not report what training needs to know.
    #[error("{device} cannot be used: {reason}; --device cpu trains without it")]
    Silent {
        /// Its name.
        device: String,
        /// What is missing.
        reason: String,
    },
    /// It fails before anything is trained.
    #[error("the data cannot be put on {device}: {fault}; --device cpu trains without it")]
    Upload {
        /// Its name.
        device: String,
        /// Why.
        fault: DeviceFault,
    },
}

/// The number format that every device computes in. On a GPU, our own kernels compute matrix products without
/// tensor cores, so nothing is rounded to TF32.
pub const PRECISION: &str = "float32";

impl Device {
    /// The model of a GPU, such as `NVIDIA H100 80GB HBM3`; `None` where the driver does not report it,
    /// and of the CPU.
    pub fn model(&self) -> Option<String> {
        match self {
            Self::Cpu => None,
            Self::Cuda(index) => cuda::model(*index),
            Self::Wgpu(adapter) => Some(match adapter.is_software() {
                true => format!("{}, software", adapter.model),
                false => adapter.model.clone(),
            }),
        }
    }

    /// The version of the device's driver; of the CPU, that of the machine's NVIDIA driver.
    pub fn driver(&self) -> Option<String> {
        match self {
            Self::Cpu | Self::Cuda(_) => driver::nvidia_driver_version(),
            Self::Wgpu(adapter) => Some(adapter.driver.clone()),
        }
    }

    /// How many cohorts are trained at the same time unless the user says otherwise: one run for each
    /// core of the CPU, and one cohort on a GPU, which fills it.
    pub fn default_workers(&self) -> usize {
        match self {
            Self::Cpu => Machine::current().cores,
            Self::Cuda(_) | Self::Wgpu(_) => 1,
        }
    }

    /// The memory that cohorts are planned for; `None` for the CPU, where none are planned.
    ///
    /// # Errors
    /// A driver that does not report it.
    pub fn free_memory(&self) -> Result<Option<FreeMemory>, DeviceError> {
        match self {
            Self::Cpu => Ok(None),
            Self::Cuda(index) => {
                let free = cuda::free_bytes(*index).map(FreeMemory::Reported);
                free.map(Some).map_err(|reason| DeviceError::Silent {
                    device: self.to_string(),
                    reason,
                })
            }
            Self::Wgpu(adapter) => Ok(Some(FreeMemory::of_adapter(adapter))),
        }
    }

    /// Whether it compiles and runs a kernel.
    fn probe(&self) -> Result<(), String> {
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

/// Whether a first sum on a device is right.
#[cfg(any(feature = "cuda", feature = "wgpu"))]
fn computes<B: crate::backend::Backend>(device: &B::Device) -> bool {
    use burn::tensor::{ElementConversion, Tensor};
    let sum = super::executor::device_faults::quietly(|| {
        let ones = Tensor::<B, 1>::ones([8], device);
        ones.sum().into_scalar().elem::<f32>()
    });
    sum == Some(8.0)
}
