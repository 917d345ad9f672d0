//! Fast loops over slices for training steps on a CPU.
//!
//! This crate contains the `unsafe` code that these loops need, behind functions that check every
//! access: products by the `gemm` crate, which takes raw pointers, and prefetching. Loops are compiled
//! for the vector units of the processor that they run on.

mod exponential;
mod product;
mod rows;

pub use exponential::exponentials;
pub use product::{Matrix, multiply_into};
pub use rows::append_scaled_rows;

/// Runs `function` compiled for the widest vector units of this processor.
pub fn vectorised<T>(function: impl FnOnce() -> T) -> T {
    struct Dispatched<F>(F);
    impl<T, F: FnOnce() -> T> pulp::NullaryFnOnce for Dispatched<F> {
        type Output = T;
        #[inline(always)]
        fn call(self) -> T {
            (self.0)()
        }
    }
    pulp::Arch::new().dispatch(Dispatched(function))
}
