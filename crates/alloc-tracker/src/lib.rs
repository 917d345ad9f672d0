//! A global allocator that counts the live bytes of each thread, and their peak.
//!
//! Each run is trained on one thread, so that the peak of the thread is the peak of the run, even while
//! other threads train other runs. A separate crate, because an allocator needs `unsafe` code.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;

thread_local! {
    // Initialised by constants and without destructors, so that they are valid during a thread's whole life.
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
    static BASE: Cell<isize> = const { Cell::new(0) };
}

/// Counts the bytes that another allocator allocates.
pub struct TrackingAllocator<A>(pub A);

/// Starts a new measurement on this thread.
pub fn start() {
    LIVE.with(|live| {
        BASE.with(|base| base.set(live.get()));
        PEAK.with(|peak| peak.set(live.get()));
    });
}

/// Forgets the peak of a measurement so far, but not the bytes that are live.
pub fn restart_peak() {
    LIVE.with(|live| PEAK.with(|peak| peak.set(live.get())));
}

/// The maximum number of bytes that were live at one time on this thread since [`start`] or
/// [`restart_peak`], minus those live at the call of `start`; 0 if [`TrackingAllocator`] is not the global allocator.
pub fn peak() -> u64 {
    let bytes = PEAK.with(Cell::get) - BASE.with(Cell::get);
    u64::try_from(bytes).unwrap_or(0)
}

fn add(bytes: isize) {
    LIVE.with(|live| {
        let current = live.get() + bytes;
        live.set(current);
        PEAK.with(|peak| {
            if current > peak.get() {
                peak.set(current);
            }
        });
    });
}

// SAFETY: every call is passed unchanged to an allocator that fulfils the contract.
unsafe impl<A: GlobalAlloc> GlobalAlloc for TrackingAllocator<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size() as isize);
        unsafe { self.0.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        add(layout.size() as isize);
        unsafe { self.0.alloc_zeroed(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        add(-(layout.size() as isize));
        unsafe { self.0.dealloc(pointer, layout) }
    }
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        add(size as isize - layout.size() as isize);
        unsafe { self.0.realloc(pointer, layout, size) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[global_allocator]
    static ALLOCATOR: TrackingAllocator<std::alloc::System> = TrackingAllocator(std::alloc::System);

    #[test]
    fn the_peak_is_that_of_bytes_live_at_one_time_on_this_thread() {
        start();
        drop(vec![0_u8; 1000]);
        let kept = vec![0_u8; 3000];
        std::thread::spawn(|| drop(vec![0_u8; 1_000_000]))
            .join()
            .unwrap();
        let peak = peak();
        assert!((3000..10_000).contains(&peak), "{peak}");
        drop(kept);
    }

    #[test]
    fn a_restarted_peak_counts_from_the_bytes_that_are_live() {
        start();
        let kept = vec![0_u8; 3000];
        drop(vec![0_u8; 1_000_000]);
        restart_peak();
        drop(vec![0_u8; 2000]);
        let peak = peak();
        assert!((5000..10_000).contains(&peak), "{peak}");
        drop(kept);
    }
}
