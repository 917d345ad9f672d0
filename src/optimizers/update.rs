//! Formulas that several optimizers share.

use super::per_member::PerMember;
use crate::backend::Backend;
use burn::tensor::Tensor;

/// `w − η·d` for each parameter `w` and its direction `d`.
pub(super) fn apply_update<B: Backend>(
    parameters: Vec<Tensor<B, 3>>,
    directions: impl IntoIterator<Item = Tensor<B, 3>>,
    learning_rate: &PerMember<B>,
) -> Vec<Tensor<B, 3>> {
    parameters
        .into_iter()
        .zip(directions)
        .map(|(parameter, direction)| parameter - learning_rate.scale(direction))
        .collect()
}

/// `β·mean + (1 − β)·value` for each parameter. The first mean is `(1 − β)·value`.
pub(super) fn update_moving_means<B: Backend>(
    means: &mut Vec<Tensor<B, 3>>,
    values: impl Iterator<Item = Tensor<B, 3>>,
    beta: &PerMember<B>,
    one_minus_beta: &PerMember<B>,
) {
    *means = if means.is_empty() {
        values.map(|value| one_minus_beta.scale(value)).collect()
    } else {
        std::mem::take(means)
            .into_iter()
            .zip(values)
            .map(|(mean, value)| beta.scale(mean) + one_minus_beta.scale(value))
            .collect()
    };
}

/// The squares of all gradients.
pub(super) fn squares<B: Backend>(
    gradients: &[Tensor<B, 3>],
) -> impl Iterator<Item = Tensor<B, 3>> {
    gradients
        .iter()
        .map(|gradient| gradient.clone() * gradient.clone())
}

/// The term ε that avoids division by zero, as it is used: at least the smallest normal float32. An ε that
/// rounds to 0 would give 0/0 for a parameter whose gradients have all been 0.
pub(super) fn usable_epsilon(epsilon: f64) -> f64 {
    epsilon.max(f64::from(f32::MIN_POSITIVE))
}
