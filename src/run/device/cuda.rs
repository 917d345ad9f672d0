//! CUDA devices.
//!
//! The driver itself is asked before burn's backend is used, which panics on a thread of its own where
//! there is no driver.

use super::computes;
use crate::run::executor::device_faults::quietly;
use burn::backend::Cuda;
use burn::backend::cuda::CudaDevice;
use cudarc::driver::{CudaContext, result};

/// How many CUDA devices the driver sees.
///
/// # Errors
/// Why none can be counted.
pub(super) fn count() -> Result<usize, String> {
    let count = quietly(|| result::init().and_then(|()| result::device::get_count()));
    match count {
        None => Err("there is no CUDA driver on this machine".to_owned()),
        Some(Err(error)) => Err(format!("the CUDA driver does not answer ({error})")),
        Some(Ok(count)) => usize::try_from(count).map_err(|_| "the driver sees none".to_owned()),
    }
}

/// Compiles and runs a kernel on the GPU of this index: a driver alone does not suffice.
///
/// # Errors
/// What may be missing.
pub(super) fn probe(index: usize) -> Result<(), String> {
    if computes::<Cuda>(&CudaDevice::new(index)) {
        return Ok(());
    }
    Err(
        "there is a driver, but a first sum on the GPU fails: it may have no memory left, \
         and burn also needs NVRTC and the CUDA headers (CUDA_PATH or /usr/local/cuda)"
            .to_owned(),
    )
}

/// The model of a GPU, such as `NVIDIA H100 80GB HBM3`; `None` where the driver does not report it.
pub(super) fn model(index: usize) -> Option<String> {
    CudaContext::new(index).ok()?.name().ok()
}

/// The bytes of a device that nobody uses now.
///
/// # Errors
/// A driver that does not report them.
pub(super) fn free_bytes(index: usize) -> Result<u64, String> {
    // The context is that of the device's first user, burn's backend here: nothing is set up twice.
    let context = CudaContext::new(index);
    let memory = context.and_then(|context| context.mem_get_info());
    let error = |error| format!("the driver does not report its free memory ({error})");
    memory.map(|(free, _)| free as u64).map_err(error)
}
