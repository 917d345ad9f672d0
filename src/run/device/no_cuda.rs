//! CUDA devices in a build without the feature: there are none.

use super::memory_size::MemorySize;

const REASON: &str = "this tp-sweep was built without the `cuda` feature, which is on by default: \
                      cargo build --release";

pub(super) fn count() -> Result<usize, String> {
    Err(REASON.to_owned())
}

pub(super) fn probe(_index: usize) -> Result<(), String> {
    Err(REASON.to_owned())
}

pub(super) fn model(_index: usize) -> Option<String> {
    None
}

pub(super) fn memory(_index: usize) -> Option<MemorySize> {
    None
}

pub(super) fn compute_capability(_index: usize) -> Option<(i32, i32)> {
    None
}

pub(super) fn free_bytes(_index: usize) -> Result<u64, String> {
    Err(REASON.to_owned())
}
