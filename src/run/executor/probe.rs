//! Attempts that may panic, without any output.
#![cfg_attr(
    not(any(feature = "cuda", feature = "wgpu")),
    allow(dead_code, reason = "only GPUs are probed")
)]

use super::device_fault::CubeclDevice;
use crate::panic_hook;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

thread_local! {
    /// Whether a probe runs on this thread.
    static PROBING: Cell<bool> = const { Cell::new(false) };
}

/// The number of probes that are running, which may make a device's threads panic.
static PROBES: AtomicUsize = AtomicUsize::new(0);

/// Runs `probe`, which panics if there is no such device or no driver; `None` then. Prints nothing.
pub(crate) fn probe_silently<T>(probe: impl FnOnce() -> T) -> Option<T> {
    static HANDLER: Once = Once::new();
    HANDLER.call_once(|| {
        panic_hook::add_handler(|_| {
            let is_device = CubeclDevice::of_current_thread().is_some();
            PROBING.get() || is_device && PROBES.load(Ordering::Relaxed) > 0
        });
    });
    PROBES.fetch_add(1, Ordering::Relaxed);
    let outer = PROBING.replace(true);
    let answer = catch_unwind(AssertUnwindSafe(probe)).ok();
    PROBING.set(outer);
    PROBES.fetch_sub(1, Ordering::Relaxed);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_that_panics_has_no_answer() {
        assert_eq!(probe_silently(|| 1), Some(1));
        assert_eq!(probe_silently(|| -> u8 { panic!("no driver") }), None);
        assert!(!PROBING.get());
    }
}
