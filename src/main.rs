//! The `tp-sweep` program: see [`tp_sweep::cli`].

use std::process::ExitCode;

/// mimalloc, because each training step allocates its temporaries anew. The tracking allocator counts
/// bytes, because peak memory is one of the results of a run.
#[global_allocator]
static ALLOCATOR: alloc_tracker::TrackingAllocator<mimalloc::MiMalloc> =
    alloc_tracker::TrackingAllocator(mimalloc::MiMalloc);

fn main() -> ExitCode {
    silence_device_selection();
    tp_sweep::cli::main()
}

/// Switches off the layer with which Mesa selects a Vulkan device by the user's desktop. Without a desktop it prints an
/// error, and selects nothing.
fn silence_device_selection() {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    // The second variable is a selection by the user, which needs the layer.
    if !["XDG_RUNTIME_DIR", "MESA_VK_DEVICE_SELECT"]
        .into_iter()
        .any(is_set)
    {
        process_environment::set_default("NODEVICE_SELECT", "1".as_ref());
    }
}
