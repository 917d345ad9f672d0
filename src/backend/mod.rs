//! A burn backend, with the operations of its own that training needs.
//!
//! Each has a form in burn's tensor operations, which serves every backend; a backend that can do
//! better overrides it. Both forms are held against each other and against autodiff.

#[cfg(test)]
mod equivalence_tests;
mod flex;
mod fused;
#[cfg(feature = "gpu")]
mod gpu;
mod noise;
#[cfg(feature = "gpu")]
mod packed;

pub use fused::{
    Activation as FusedActivation, Batch as FusedBatch, Epoch as FusedEpoch, FeatureTable,
    FusedEnd, FusedStart, FusedState, FusedTraining, Layer as FusedLayer, Model as FusedModel,
    Rule as FusedRule, Step as FusedStep,
};
pub use noise::NoiseKey;

use burn::backend::{Autodiff, Flex};
use burn::tensor::{DType, Int, Tensor, TensorData, TensorPrimitive, activation};

/// A burn backend that models are trained on.
pub trait Backend: burn::tensor::backend::Backend {
    /// Whether [`descend`](Self::descend) is quicker than a gradient and a step of its own.
    const DESCENDS: bool = false;

    /// Whether samples of bytes stay bytes on the device, to be scaled by
    /// [`select_scaled`](Self::select_scaled) whenever they are read.
    const KEEPS_BYTES: bool = false;

    /// The most bytes that one tensor can take on every device of this backend. Data sets are cut up where
    /// they are larger.
    const MAX_TENSOR_BYTES: usize = usize::MAX;

    /// Whether [`fused`](Self::fused) has kernels.
    const FUSES: bool = false;

    /// Trains whole steps by a few kernels, where the backend has them and the device has room.
    fn fused(_start: FusedStart<Self>) -> Option<Box<dyn FusedTraining<Self>>> {
        None
    }

    /// The maximum number of bytes of device memory in use at any product of `work` or at its end, minus those in
    /// use before. A backend that does not count memory returns `None` without running `work`.
    fn peak_bytes(_device: &Self::Device, _work: &mut dyn FnMut()) -> Option<u64> {
        None
    }

    /// Samples of bytes (`[samples, features]`) as [`select_scaled`](Self::select_scaled) reads them.
    fn byte_table(bytes: &[u8], features: usize, device: &Self::Device) -> Tensor<Self, 2, Int> {
        let shape = [bytes.len() / features.max(1), features];
        let data = TensorData::new(bytes.to_vec(), shape);
        Tensor::from_data(data, (device, DType::U8))
    }

    /// The rows of `bytes` (`[samples, features]`, made by [`byte_table`](Self::byte_table)) at these
    /// positions, each byte times its column's scale plus its column's shift (both `[1, features]`).
    fn select_scaled(
        bytes: &Tensor<Self, 2, Int>,
        positions: &Tensor<Self, 1, Int>,
        scale: &Tensor<Self, 2>,
        shift: &Tensor<Self, 2>,
    ) -> Tensor<Self, 2> {
        let rows = bytes.clone().select(0, positions.clone()).float();
        rows * scale.clone() + shift.clone()
    }

    /// `left · right` of each member: `[members, rows, columns]`.
    ///
    /// `left` is `[members or 1, rows, inner]`, `right` `[members or 1, inner, columns]`: one that
    /// has a single member is shared by all of the other. All arithmetic is float32, never TF32.
    fn product(left: Tensor<Self, 3>, right: Tensor<Self, 3>) -> Tensor<Self, 3> {
        left.matmul(right)
    }

    /// `input · weight + bias` of each member: `[members, rows, outputs]`.
    ///
    /// `input` is `[members, rows, inputs]`, or `[1, rows, inputs]` where members share it;
    /// `weight` is `[members, inputs, outputs]`, `bias` `[members, 1, outputs]`.
    fn dense(
        input: Tensor<Self, 3>,
        weight: &Tensor<Self, 3>,
        bias: &Tensor<Self, 3>,
    ) -> Tensor<Self, 3> {
        Self::product(input, weight.clone()) + bias.clone()
    }

    /// The gradient of what went into a rectifier, given what came out and its gradient; 0 where
    /// nothing came out.
    fn relu_gradient(output: Tensor<Self, 3>, gradient: Tensor<Self, 3>) -> Tensor<Self, 3> {
        let [output, gradient] = [output, gradient].map(|t| t.into_primitive().tensor());
        Tensor::from_primitive(TensorPrimitive::Float(Self::relu_backward(
            output, gradient,
        )))
    }

    /// The sums over the rows of each member: `[members, rows, columns]` to
    /// `[members, 1, columns]`.
    fn sum_rows(tensor: Tensor<Self, 3>) -> Tensor<Self, 3> {
        tensor.sum_dim(1)
    }

    /// Cross-entropy of a batch: its gradient, and its sums.
    ///
    /// `logits` is `[members, batch, classes]`; `targets` are unit vectors of the same shape, or
    /// `[1, batch, classes]` where members share them; the gradient is taken against `aims`, which
    /// are the targets or a smoothed form of them.
    fn cross_entropy(
        logits: Tensor<Self, 3>,
        targets: Tensor<Self, 3>,
        aims: Tensor<Self, 3>,
    ) -> CrossEntropy<Self> {
        let [members, batch, _] = logits.dims();
        let right = logits
            .clone()
            .argmax(2)
            .equal(targets.clone().argmax(2).expand([members, batch, 1]));
        let log_likelihood = activation::log_softmax(logits, 2);
        let losses = (log_likelihood.clone() * targets).sum_dim(2).neg();
        CrossEntropy {
            gradient: (log_likelihood.exp() - aims).mul_scalar(1.0 / batch as f64),
            sums: Tensor::cat(vec![losses.sum_dim(1), right.float().sum_dim(1)], 2),
        }
    }

    /// The factors of dropout: 0 where a member drops a value, which it does at its rate, else
    /// 1/(1 − rate). `[members, rows, columns]`
    ///
    /// What is dropped is told by a member's key and the place alone: rows and columns beside it
    /// change nothing, and a higher rate drops all that a lower one does.
    fn dropout_factors(
        keys: &[NoiseKey],
        rates: &[f32],
        [rows, columns]: [usize; 2],
        device: &Self::Device,
    ) -> Tensor<Self, 3> {
        let members = keys.len();
        let integers = |values: Vec<u32>, shape: [usize; 3]| {
            let data = TensorData::new(values, shape);
            Tensor::<Self, 3, Int>::from_data(data, (device, DType::U32))
        };
        let places = |count: usize, factor: u32| {
            let numbers = 0..count as u32;
            numbers.map(|number| number.wrapping_mul(factor)).collect()
        };
        let key = |part: usize| keys.iter().map(|key| key[part]).collect();
        let mixed = |mut number: Tensor<Self, 3, Int>| {
            let squared = |number: Tensor<Self, 3, Int>| {
                let doubled = number.clone() + number.clone();
                number * doubled.add_scalar(1)
            };
            for _ in 0..noise::ROUNDS {
                let product = squared(number);
                let low = product.clone().mul_scalar(1_u32 << 16);
                // A sum and quotients in the place of a rotation: fused, bit operations are not.
                number = (product.div_scalar(1_u32 << 16) + low).add_scalar(noise::BETWEEN);
            }
            squared(number)
        };
        let of_row =
            integers(places(rows, noise::ROW), [1, rows, 1]) + integers(key(0), [members, 1, 1]);
        let of_row = mixed(of_row) + integers(key(1), [members, 1, 1]);
        let bits = mixed(integers(places(columns, noise::COLUMN), [1, 1, columns]) + of_row);
        let thresholds = rates.iter().map(|&rate| noise::threshold(rate)).collect();
        let shape = [members, rows, columns];
        let dropped = bits.lower(integers(thresholds, [members, 1, 1]).expand(shape));
        let kept = rates
            .iter()
            .map(|rate| 1.0 / (1.0 - rate))
            .collect::<Vec<f32>>();
        let kept = Tensor::<Self, 3>::from_data(TensorData::new(kept, [members, 1, 1]), device);
        kept.expand(shape).mask_fill(dropped, 0.0)
    }

    /// One step of plain gradient descent of a dense layer, without its gradients in between:
    /// `weight ← keep·weight − rate·inputᵀ·gradient`, and so the bias by the sums of `gradient`.
    ///
    /// Shapes are those of [`dense`](Self::dense), `gradient` that of its output; `keep` and
    /// `rate` have a number for each member.
    fn descend(
        [weight, bias]: [Tensor<Self, 3>; 2],
        input: Tensor<Self, 3>,
        gradient: Tensor<Self, 3>,
        keep: &[f32],
        rate: &[f32],
    ) -> [Tensor<Self, 3>; 2] {
        let device = weight.device();
        let each = |values: &[f32]| {
            let data = TensorData::new(values.to_vec(), [values.len(), 1, 1]);
            Tensor::<Self, 3>::from_data(data, &device)
        };
        let (keep, rate) = (each(keep), each(rate));
        let of_bias = Self::sum_rows(gradient.clone());
        let of_weight = Self::product(input.swap_dims(1, 2), gradient);
        [
            weight * keep.clone() - of_weight * rate.clone(),
            bias * keep - of_bias * rate,
        ]
    }
}

/// What [`Backend::cross_entropy`] makes of a batch.
pub struct CrossEntropy<B: Backend> {
    /// The gradient of the mean over the batch: `(softmax(logits) − aims) / batch`.
    pub gradient: Tensor<B, 3>,
    /// Of each member the sum of the losses against the targets, and the number of samples whose
    /// highest logit is that of their class: `[members, 1, 2]`.
    pub sums: Tensor<B, 3>,
}

/// The operations of a GPU backend.
#[cfg(feature = "gpu")]
macro_rules! gpu_backend {
    ($backend:ty $(, $item:item)*) => {
        impl Backend for $backend {
            const FUSES: bool = true;
            $($item)*

            fn fused(start: FusedStart<Self>) -> Option<Box<dyn FusedTraining<Self>>> {
                gpu::fused(start)
            }

            fn peak_bytes(device: &Self::Device, work: &mut dyn FnMut()) -> Option<u64> {
                gpu::peak_bytes(std::marker::PhantomData::<Self>, device, work)
            }

            fn byte_table(
                bytes: &[u8],
                features: usize,
                device: &Self::Device,
            ) -> Tensor<Self, 2, Int> {
                packed::words(bytes, features, device)
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

// Floats: a batch is an index-select for steps that are taken operation by operation.
#[cfg(feature = "cuda")]
gpu_backend!(burn::backend::Cuda);

#[cfg(feature = "wgpu")]
gpu_backend!(
    burn::backend::Wgpu,
    // All of MNIST, as floats, is larger than what is guaranteed.
    const KEEPS_BYTES: bool = true;,
    /// What WebGPU guarantees (`maxStorageBufferBindingSize`), and all that Mesa's lavapipe has.
    const MAX_TENSOR_BYTES: usize = 128 << 20;
);

/// For comparison with autodiff.
impl Backend for Autodiff<Flex> {}
