//! The operations that training needs of a burn backend.

use super::activation_kernels::ActivationKernels;
use super::batch_norm::{self, NormedBatch};
use super::cross_entropy::CrossEntropy;
use super::fused::{FusedStart, FusedTraining};
use super::image_kernels::ImageKernels;
use super::noise::{self, NoiseKey};
use super::one_pass::OnePassUpdates;
use burn::backend::{Autodiff, Flex};
use burn::tensor::backend::Backend as BurnBackend;
use burn::tensor::{DType, Int, Tensor, TensorData, activation};

/// A burn backend on which models are trained.
///
/// Each operation has a default implementation in burn's tensor operations. A backend overrides those
/// for which it has a faster one. Tests compare both with each other and with autodiff.
pub trait Backend: BurnBackend {
    /// Whether [`sgd_step`](Self::sgd_step) is faster than computing the gradient and then taking the step.
    const FUSES_SGD: bool = false;

    /// Whether samples of bytes are stored as bytes on the device, and scaled by
    /// [`select_scaled`](Self::select_scaled) whenever they are read.
    const STORES_BYTES: bool = false;

    /// The maximum size of a tensor on every device of this backend. Larger data sets are split.
    const MAX_TENSOR_BYTES: usize = usize::MAX;

    /// Whether [`fused_training`](Self::fused_training) has kernels.
    const HAS_FUSED_STEPS: bool = false;

    /// Starts a training by kernels of whole steps; `None` if the backend has none, or the device lacks memory.
    fn fused_training(_start: FusedStart<Self>) -> Option<Box<dyn FusedTraining<Self>>> {
        None
    }

    /// Optimizer steps in one pass; `None` if the backend is as fast with one operation after the other.
    fn one_pass_updates() -> Option<&'static dyn OnePassUpdates<Self>> {
        None
    }

    /// Activation functions in one pass; `None` if separate tensor operations are as fast.
    fn activation_kernels() -> Option<&'static dyn ActivationKernels<Self>> {
        None
    }

    /// Kernels for images; `None` if the backend is as fast with matrix products of patches.
    fn image_kernels() -> Option<&'static dyn ImageKernels<Self>> {
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

    /// Selects the rows of `bytes` (`[samples, features]`, made by [`byte_table`](Self::byte_table)) at these
    /// positions, and multiplies each byte by its column's scale, then adds its column's shift (both
    /// `[1, features]`).
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
    /// `left` is `[members or 1, rows, inner]`, `right` is `[members or 1, inner, columns]`. An operand
    /// with a single member is shared by all members. All arithmetic is float32, never TF32.
    fn product(left: Tensor<Self, 3>, right: Tensor<Self, 3>) -> Tensor<Self, 3> {
        left.matmul(right)
    }

    /// `input · weight + bias` of each member: `[members, rows, outputs]`.
    ///
    /// `input` is `[members, rows, inputs]`, or `[1, rows, inputs]` if members share it;
    /// `weight` is `[members, inputs, outputs]`, `bias` `[members, 1, outputs]`.
    fn dense(
        input: Tensor<Self, 3>,
        weight: &Tensor<Self, 3>,
        bias: &Tensor<Self, 3>,
    ) -> Tensor<Self, 3> {
        Self::product(input, weight.clone()) + bias.clone()
    }

    /// `left_weight · left + right_weight · right`, of tensors with the same shape.
    fn weighted_sum(
        left: Tensor<Self, 3>,
        left_weight: f64,
        right: Tensor<Self, 3>,
        right_weight: f64,
    ) -> Tensor<Self, 3> {
        left.mul_scalar(left_weight) + right.mul_scalar(right_weight)
    }

    /// The sums over the rows of each member: `[members, rows, columns]` to
    /// `[members, 1, columns]`.
    fn sum_rows(tensor: Tensor<Self, 3>) -> Tensor<Self, 3> {
        tensor.sum_dim(1)
    }

    /// Batch norm over the rows of each member: `[members, rows, units]`; `weight` and `bias` are
    /// `[members, 1, units]`.
    fn batch_norm(
        rows: Tensor<Self, 3>,
        weight: &Tensor<Self, 3>,
        bias: &Tensor<Self, 3>,
        epsilon: f64,
    ) -> NormedBatch<Self> {
        batch_norm::forward(rows, weight, bias, epsilon, Self::sum_rows)
    }

    /// The gradients of the rows, the weight and the bias of [`batch_norm`](Self::batch_norm), given that of
    /// its output and [`NormedBatch::cache`].
    fn batch_norm_gradient(
        gradient: Tensor<Self, 3>,
        cache: Vec<Tensor<Self, 3>>,
        weight: &Tensor<Self, 3>,
    ) -> (Tensor<Self, 3>, [Tensor<Self, 3>; 2]) {
        batch_norm::backward(gradient, cache, weight, Self::sum_rows)
    }

    /// The cross-entropy of a batch: its gradient and its sums.
    ///
    /// `logits` is `[members, batch, classes]`; `targets` are unit vectors of the same shape, or
    /// `[1, batch, classes]` if members share them. The gradient is computed for `smoothed_targets`, which equal
    /// the targets without label smoothing.
    fn cross_entropy(
        logits: Tensor<Self, 3>,
        targets: Tensor<Self, 3>,
        smoothed_targets: Tensor<Self, 3>,
    ) -> CrossEntropy<Self> {
        let [members, batch, _] = logits.dims();
        let correct = logits
            .clone()
            .argmax(2)
            .equal(targets.clone().argmax(2).expand([members, batch, 1]));
        let log_likelihood = activation::log_softmax(logits, 2);
        let losses = (log_likelihood.clone() * targets).sum_dim(2).neg();
        CrossEntropy {
            gradient: (log_likelihood.exp() - smoothed_targets).mul_scalar(1.0 / batch as f64),
            sums: Tensor::cat(vec![losses.sum_dim(1), correct.float().sum_dim(1)], 2),
        }
    }

    /// The factors of dropout: 0 for dropped values, which a member drops at its rate, otherwise
    /// 1/(1 − rate). `[members, rows, columns]`
    ///
    /// The member's key and the value's row and column alone determine whether a value is dropped. The
    /// shape of the tensor has no influence, and a higher rate drops all values that a lower one drops.
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
        let multiples = |count: usize, multiplier: u32| {
            let indices = 0..count as u32;
            indices
                .map(|index| index.wrapping_mul(multiplier))
                .collect()
        };
        let key = |part: usize| keys.iter().map(|key| key[part]).collect();
        let mix = |mut number: Tensor<Self, 3, Int>| {
            let bijection = |number: Tensor<Self, 3, Int>| {
                let doubled = number.clone() + number.clone();
                number * doubled.add_scalar(1)
            };
            for _ in 0..noise::ROUNDS {
                let product = bijection(number);
                let low = product.clone().mul_scalar(1_u32 << 16);
                // A sum and quotients instead of a rotation: burn fuses them, but not bit operations.
                number = (product.div_scalar(1_u32 << 16) + low).add_scalar(noise::ROUND_CONSTANT);
            }
            bijection(number)
        };
        let row_input = integers(multiples(rows, noise::ROW_MULTIPLIER), [1, rows, 1])
            + integers(key(0), [members, 1, 1]);
        let row_state = mix(row_input) + integers(key(1), [members, 1, 1]);
        let bits = mix(integers(
            multiples(columns, noise::COLUMN_MULTIPLIER),
            [1, 1, columns],
        ) + row_state);
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

    /// One step of plain SGD of a dense layer, without storing its gradients:
    /// `weight ← weight_factor·weight − learning_rate·inputᵀ·gradient`. The bias likewise, with the sums
    /// of `gradient` over its rows.
    ///
    /// Shapes are those of [`dense`](Self::dense); `gradient` is that of the output. `weight_factors` and
    /// `learning_rates` have one value per member.
    fn sgd_step(
        [weight, bias]: [Tensor<Self, 3>; 2],
        input: Tensor<Self, 3>,
        gradient: Tensor<Self, 3>,
        weight_factors: &[f32],
        learning_rates: &[f32],
    ) -> [Tensor<Self, 3>; 2] {
        let device = weight.device();
        let per_member = |values: &[f32]| {
            let data = TensorData::new(values.to_vec(), [values.len(), 1, 1]);
            Tensor::<Self, 3>::from_data(data, &device)
        };
        let (factor, rate) = (per_member(weight_factors), per_member(learning_rates));
        let bias_gradient = Self::sum_rows(gradient.clone());
        let weight_gradient = Self::product(input.swap_dims(1, 2), gradient);
        [
            weight * factor.clone() - weight_gradient * rate.clone(),
            bias * factor - bias_gradient * rate,
        ]
    }
}

/// The default implementations, for comparison with autodiff.
impl Backend for Autodiff<Flex> {}
