//! Chooses the burn backend of a device; no other file does.

use super::compute_device::Device;
use super::error::DeviceError;
use super::memory::FreeMemory;
use crate::backend::Backend;
use crate::data::{Dataset, DeviceDatasetKey};
use crate::run::executor::Executor;
use crate::run::executor::fault_monitor::FaultMonitor;
use crate::run::executor::tensor_executor::{TensorExecutor, TensorMemory};
use burn::backend::Flex;
use std::collections::HashMap;
use std::sync::Arc;

/// The data sets of a sweep.
type Datasets = HashMap<DeviceDatasetKey, Arc<Dataset>>;

impl Device {
    /// Copies the data sets to the device, which this many workers share.
    ///
    /// # Errors
    /// A device that fails already here, above all for lack of memory.
    pub fn executor(
        &self,
        datasets: Datasets,
        #[cfg_attr(
            not(feature = "gpu"),
            expect(
                unused_variables,
                reason = "only the memory of a GPU is divided among workers"
            )
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
                use crate::run::executor::device_fault::CubeclDevice;
                let gpu = burn::backend::cuda::CudaDevice::new(*index);
                let monitor = FaultMonitor::new(CubeclDevice::cuda(*index));
                self.monitored::<burn::backend::Cuda>(datasets, &gpu, workers, monitor)
            }
            #[cfg(feature = "wgpu")]
            Self::Wgpu(adapter) => {
                let gpu = super::wgpu::open(adapter);
                let monitor = super::wgpu::fault_monitor(adapter);
                self.monitored::<burn::backend::Wgpu>(datasets, &gpu, workers, monitor)
            }
            #[allow(
                unreachable_patterns,
                reason = "a build with every feature has no other device"
            )]
            _ => unreachable!("devices are found only with their feature"),
        }
    }

    /// Copies the data sets to a device that may fail without an error.
    #[cfg_attr(
        not(any(feature = "cuda", feature = "wgpu")),
        expect(dead_code, reason = "only GPUs fail without an error")
    )]
    fn monitored<B: Backend>(
        &self,
        datasets: Datasets,
        device: &B::Device,
        workers: usize,
        monitor: FaultMonitor,
    ) -> Result<Box<dyn Executor>, DeviceError> {
        let free = self.free_memory()?.map_or(0, FreeMemory::bytes);
        let memory = TensorMemory::Device { free, workers };
        let executor = TensorExecutor::<B>::monitored(datasets, device, memory, monitor);
        let executor = executor.map_err(|fault| DeviceError::Upload {
            device: self.to_string(),
            fault,
        })?;
        Ok(Box::new(executor))
    }
}
