//! Attempts that may panic, without any output.
#![cfg_attr(
    not(any(feature = "cuda", feature = "wgpu")),
    allow(dead_code, reason = "only GPUs are probed")
)]

use super::device_fault::CubeclDevice;
use crate::caught;

/// Runs `probe`; `None` if it panics because the device or driver is missing. Prints no panic, not even those of
/// device threads.
pub(crate) fn probe_silently<T>(probe: impl FnOnce() -> T) -> Option<T> {
    caught::catch_with_threads(|name| CubeclDevice::of_thread(name).is_some(), probe).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_that_panics_has_no_answer() {
        assert_eq!(probe_silently(|| 1), Some(1));
        assert_eq!(probe_silently(|| -> u8 { panic!("no driver") }), None);
    }
}
