//! The `tp-sweep` program: see [`tp_sweep::cli`].

use std::process::ExitCode;

/// mimalloc, because training allocates its temporaries anew in each step; counted, because the
/// peak of a run's memory is one of its results.
#[global_allocator]
static ALLOCATOR: alloc_tracker::TrackingAllocator<mimalloc::MiMalloc> =
    alloc_tracker::TrackingAllocator(mimalloc::MiMalloc);

fn main() -> ExitCode {
    tp_sweep::cli::main()
}
