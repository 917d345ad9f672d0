//! The devices that a sweep can be trained on.

pub(super) mod adapter;
mod backend;
pub(super) mod choice;
pub(super) mod compute_device;
#[cfg_attr(not(feature = "cuda"), path = "no_cuda.rs")]
mod cuda;
mod driver;
pub(super) mod error;
pub(super) mod facts;
pub(super) mod memory;
pub(super) mod memory_size;
mod resolve;
#[cfg(any(feature = "cuda", feature = "wgpu"))]
mod test_sum;
#[cfg_attr(not(feature = "wgpu"), path = "no_wgpu.rs")]
mod wgpu;
