//! The GPU path on a real device: Mesa's lavapipe, a Vulkan driver that computes on the CPU, or the GPU
//! of the machine where it has one. The kernels, memory pools and failures are those of every GPU that
//! burn's wgpu backend drives; only the speed is not.
//!
//! Without a Vulkan device every test reports that it is skipped, unless `TP_SWEEP_REQUIRE_VULKAN` is 1.

#[path = "../it/support/mod.rs"]
mod support;

mod agreement;
mod failures;
mod memory;
mod resume;
mod training;

use tp_sweep::run::{Device, DeviceChoice, GpuKind};

/// The first Vulkan device; the test ends here without one.
///
/// # Panics
/// Without one where the environment requires it.
fn vulkan(test: &str) -> Option<Device> {
    match DeviceChoice::Gpus(GpuKind::Vulkan, vec![0]).resolve() {
        Ok(mut devices) => devices.pop(),
        Err(error) => {
            let required = std::env::var("TP_SWEEP_REQUIRE_VULKAN");
            let is_required = required.is_ok_and(|value| value == "1");
            assert!(!is_required, "a Vulkan device is required: {error}");
            eprintln!("SKIPPED: {test}: {error}");
            None
        }
    }
}

/// Whether there is a Vulkan device.
fn has_vulkan(test: &str) -> bool {
    vulkan(test).is_some()
}
