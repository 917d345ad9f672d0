//! The device that kernels are tested on.

use cubecl::Runtime;
use cubecl::client::ComputeClient;
use cubecl::wgpu::{WgpuDevice, WgpuRuntime};

/// The default wgpu device; nothing without one, and the test is skipped.
///
/// # Panics
/// Without one if the environment has `TP_SWEEP_REQUIRE_VULKAN=1`.
pub fn client() -> Option<ComputeClient<WgpuRuntime>> {
    let client = std::panic::catch_unwind(|| WgpuRuntime::client(&WgpuDevice::default()));
    if client.is_err() {
        let required = std::env::var("TP_SWEEP_REQUIRE_VULKAN");
        assert!(required.as_deref() != Ok("1"), "a device is required");
        eprintln!("SKIPPED: there is no wgpu device");
    }
    client.ok()
}
