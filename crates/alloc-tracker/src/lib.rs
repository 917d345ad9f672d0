//! A global allocator that counts the live bytes of each thread, and their peak.
//!
//! A run is trained by one thread, so the peak of its thread's live bytes is the run's own, even
//! while other runs are trained beside it. A crate of its own, because an allocator cannot do
//! without `unsafe`, and everything else can.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;

thread_local! {
    // Constants without destructors: they can be used at any point of a thread's life.
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
    static BASE: Cell<isize> = const { Cell::new(0) };
}

/// Counts what another allocator hands out.
pub struct TrackingAllocator<A>(pub A);

/// Starts a new measurement on this thread.
pub fn start() {
    LIVE.with(|live| {
        BASE.with(|base| base.set(live.get()));
        PEAK.with(|peak| peak.set(live.get()));
    });
}

/// The most bytes that were live at one time since [`start`], beyond those live at it; 0 where
/// [`TrackingAllocator`] is not the process's allocator.
pub fn peak() -> u64 {
    let bytes = PEAK.with(Cell::get) - BASE.with(Cell::get);
    u64::try_from(bytes).unwrap_or(0)
}

fn add(bytes: isize) {
    LIVE.with(|live| {
        let now = live.get() + bytes;
        live.set(now);
        PEAK.with(|peak| {
            if now > peak.get() {
                peak.set(now);
            }
        });
    });
}

// SAFETY: every call is passed on unchanged to an allocator that keeps the contract.
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
}
