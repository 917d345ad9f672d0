//! The one place that chooses a burn backend.

use super::{Device, DeviceError, FreeMemory};
use crate::backend::Backend;
use crate::data::{Dataset, DeviceDatasetKey};
use crate::run::executor::device_faults::Faults;
use crate::run::executor::tensor_executor::{Executor, TensorExecutor, TensorMemory};
use burn::backend::Flex;
use std::collections::HashMap;
use std::sync::Arc;

/// The data sets of a sweep.
type Datasets = HashMap<DeviceDatasetKey, Arc<Dataset>>;

impl Device {
    /// Puts the data sets on the device, which this many workers share.
    ///
    /// # Errors
    /// A device that fails here already, for lack of memory above all.
    pub fn executor(
        &self,
        datasets: Datasets,
        #[cfg_attr(
            not(feature = "gpu"),
            expect(unused_variables, reason = "the CPU's memory is not shared out")
        )]
        workers: usize,
    ) -> Result<Box<dyn Executor>, DeviceError> {
        match self {
            Self::Cpu => {
                let cpu = Default::default();
                let executor = TensorExecutor::<Flex>::new(datasets, &cpu, TensorMemory::Thread);
                Ok(Box::new(executor))
            }
            #[cfg(feature = "cuda")]
            Self::Cuda(index) => {
                use crate::run::executor::device_faults::CubeclDevice;
                let gpu = burn::backend::cuda::CudaDevice::new(*index);
                let faults = Faults::of_device(CubeclDevice::cuda(*index));
                self.watched::<burn::backend::Cuda>(datasets, &gpu, workers, faults)
            }
            #[cfg(feature = "wgpu")]
            Self::Wgpu(adapter) => {
                let (gpu, faults) = (super::wgpu::open(adapter), super::wgpu::faults(adapter));
                self.watched::<burn::backend::Wgpu>(datasets, &gpu, workers, faults)
            }
            #[allow(unreachable_patterns, reason = "of a build with every feature")]
            _ => unreachable!("no device is found without its feature"),
        }
    }

    /// Puts the data sets on a device that may fail without an error.
    #[cfg_attr(
        not(any(feature = "cuda", feature = "wgpu")),
        expect(dead_code, reason = "only GPUs fail so")
    )]
    fn watched<B: Backend>(
        &self,
        datasets: Datasets,
        device: &B::Device,
        workers: usize,
        faults: Faults,
    ) -> Result<Box<dyn Executor>, DeviceError> {
        let free = self.free_memory()?.map_or(0, FreeMemory::bytes);
        let memory = TensorMemory::Device { free, workers };
        let executor = TensorExecutor::<B>::watched(datasets, device, memory, faults);
        let executor = executor.map_err(|fault| DeviceError::Upload {
            device: self.to_string(),
            fault,
        })?;
        Ok(Box::new(executor))
    }
}
