//! Loops over slices that a training step on a CPU spends its time in.
//!
//! What needs `unsafe` stands here, each behind a function that checks every access: products by
//! the `gemm` crate, whose entry takes raw pointers, and hints to the processor's caches. Plain
//! loops are compiled for the vector units of the processor they run on.

mod exponential;
mod product;
mod rows;

pub use exponential::exponentials;
pub use product::{Matrix, multiply_into};
pub use rows::append_scaled_rows;

/// Runs `work` compiled for the widest vector units of this processor.
pub fn vectorised<T>(work: impl FnOnce() -> T) -> T {
    struct Work<F>(F);
    impl<T, F: FnOnce() -> T> pulp::NullaryFnOnce for Work<F> {
        type Output = T;
        #[inline(always)]
        fn call(self) -> T {
            (self.0)()
        }
    }
    pulp::Arch::new().dispatch(Work(work))
}
