//! The operations of burn's GPU backends.

use super::fused::{FusedStart, FusedTraining};
use super::training_backend::Backend;
use super::{gpu, packed};
use burn::tensor::{Int, Tensor};

/// Implements [`Backend`] for a GPU backend.
macro_rules! gpu_backend {
    ($backend:ty $(, $item:item)*) => {
        impl Backend for $backend {
            const HAS_FUSED_STEPS: bool = true;
            $($item)*

            fn fused_training(start: FusedStart<Self>) -> Option<Box<dyn FusedTraining<Self>>> {
                gpu::fused_training(start)
            }

            fn peak_bytes(device: &Self::Device, work: &mut dyn FnMut()) -> Option<u64> {
                gpu::peak_bytes(std::marker::PhantomData::<Self>, device, work)
            }

            fn byte_table(
                bytes: &[u8],
                features: usize,
                device: &Self::Device,
            ) -> Tensor<Self, 2, Int> {
                packed::pack_words(bytes, features, device)
            }

            fn select_scaled(
                bytes: &Tensor<Self, 2, Int>,
                positions: &Tensor<Self, 1, Int>,
                scale: &Tensor<Self, 2>,
                shift: &Tensor<Self, 2>,
            ) -> Tensor<Self, 2> {
                packed::select_scaled(bytes, positions, scale, shift)
            }

            fn product(left: Tensor<Self, 3>, right: Tensor<Self, 3>) -> Tensor<Self, 3> {
                gpu::product(left, right)
            }
        }
    };
}

// Samples are stored as floats, so that a batch of a step by burn's operations is an index-select.
#[cfg(feature = "cuda")]
gpu_backend!(burn::backend::Cuda);

#[cfg(feature = "wgpu")]
gpu_backend!(
    burn::backend::Wgpu,
    // All of MNIST as floats is larger than the guaranteed maximum.
    const STORES_BYTES: bool = true;,
    /// The minimum that WebGPU guarantees (`maxStorageBufferBindingSize`), and the limit of Mesa's lavapipe.
    const MAX_TENSOR_BYTES: usize = 128 << 20;
);
