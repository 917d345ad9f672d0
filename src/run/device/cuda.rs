//! CUDA devices.
//!
//! Queries the driver before burn's backend is used: without a driver, the backend panics on one of
//! its threads.

use super::memory_size::MemorySize;
use super::test_sum::computes;
use crate::run::executor::probe::probe_silently;
use burn::backend::Cuda;
use burn::backend::cuda::CudaDevice;
use cudarc::driver::{CudaContext, result};

/// The number of CUDA devices that the driver finds.
///
/// # Errors
/// Why they cannot be counted.
pub(super) fn count() -> Result<usize, String> {
    let count = probe_silently(|| result::init().and_then(|()| result::device::get_count()));
    match count {
        None => Err("this machine has no CUDA driver".to_owned()),
        Some(Err(error)) => Err(format!("the CUDA driver failed ({error})")),
        Some(Ok(count)) => usize::try_from(count).map_err(|_| "the driver found no GPU".to_owned()),
    }
}

/// Compiles and runs a kernel on the GPU of this index: a driver alone is not enough.
///
/// # Errors
/// What may be missing.
pub(super) fn probe(index: usize) -> Result<(), String> {
    if computes::<Cuda>(&CudaDevice::new(index)) {
        return Ok(());
    }
    Err(
        "the driver works, but a test computation on the GPU failed: the GPU may be out of memory, \
         or NVRTC and the CUDA headers, which burn needs, are missing (CUDA_PATH or \
         /usr/local/cuda)"
            .to_owned(),
    )
}

/// The model of a GPU, such as `NVIDIA H100 80GB HBM3`; `None` if the driver does not report it.
pub(super) fn model(index: usize) -> Option<String> {
    CudaContext::new(index).ok()?.name().ok()
}

/// The memory of a GPU; `None` if the driver does not report it.
pub(super) fn memory(index: usize) -> Option<MemorySize> {
    let (free, total) = CudaContext::new(index).ok()?.mem_get_info().ok()?;
    Some(MemorySize {
        total: total as u64,
        free: free as u64,
    })
}

/// The compute capability of a GPU; `None` if the driver does not report it.
pub(super) fn compute_capability(index: usize) -> Option<(i32, i32)> {
    CudaContext::new(index).ok()?.compute_capability().ok()
}

/// The free memory of a device, in bytes.
///
/// # Errors
/// A driver that does not report them.
pub(super) fn free_bytes(index: usize) -> Result<u64, String> {
    // Shares the context of burn's backend: nothing is set up twice.
    let context = CudaContext::new(index);
    let memory = context.and_then(|context| context.mem_get_info());
    let error = |error| format!("the driver does not report its free memory ({error})");
    memory.map(|(free, _)| free as u64).map_err(error)
}
