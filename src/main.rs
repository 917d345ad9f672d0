//! The `tp-sweep` program: see [`tp_sweep::cli`].

use std::process::ExitCode;

/// mimalloc, because each training step allocates its temporaries anew. The tracking allocator counts
/// bytes, because peak memory is one of the results of a run.
#[global_allocator]
static ALLOCATOR: alloc_tracker::TrackingAllocator<mimalloc::MiMalloc> =
    alloc_tracker::TrackingAllocator(mimalloc::MiMalloc);

fn main() -> ExitCode {
    tp_sweep::cli::main()
}
