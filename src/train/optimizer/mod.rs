//! How weights follow their gradients.

mod adagrad;
mod adam;
mod moments;
mod nadam;
mod rmsprop;
mod sgd;

use super::per_member::PerMember;
use crate::backend::Backend;
use crate::spec::{self, Training};
use burn::tensor::Tensor;

/// The state of one optimizer over all parameters of a cohort.
pub trait Optimizer<B: Backend> {
    /// One step: the parameters after it. All tensors are `[members, …, outputs]`.
    ///
    /// Parameters and gradients are handed over whole, so that they can be changed in place.
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>>;
}

/// The optimizer of members whose kind of optimizer is the same.
pub fn new<B: Backend>(members: &[&Training], device: &B::Device) -> Box<dyn Optimizer<B>> {
    let weight_decay = PerMember::of(members, |m| m.weight_decay(), device);
    let inner: Box<dyn Optimizer<B>> = match members[0].optimizer {
        spec::Optimizer::Sgd => Box::new(sgd::Sgd::new(members, device)),
        spec::Optimizer::Adam | spec::Optimizer::AdamW => {
            Box::new(adam::Adam::new(members, device))
        }
        spec::Optimizer::RmsProp => Box::new(rmsprop::RmsProp::new(members, device)),
        spec::Optimizer::Adagrad => Box::new(adagrad::Adagrad::new(members, device)),
        spec::Optimizer::NAdam => Box::new(nadam::NAdam::new(members, device)),
    };
    match members[0].optimizer {
        _ if weight_decay.is_zero() => inner,
        spec::Optimizer::AdamW => Box::new(DecoupledDecay {
            weight_decay,
            inner,
        }),
        _ => Box::new(CoupledDecay {
            weight_decay,
            inner,
        }),
    }
}

/// Weight decay as an L2 penalty has it: `g + λ·w` in the place of the gradient.
struct CoupledDecay<B: Backend> {
    weight_decay: PerMember<B>,
    inner: Box<dyn Optimizer<B>>,
}

impl<B: Backend> Optimizer<B> for CoupledDecay<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        let gradients = gradients
            .into_iter()
            .zip(&parameters)
            .map(|(gradient, parameter)| gradient + self.weight_decay.scale(parameter.clone()))
            .collect();
        self.inner.step(parameters, gradients, learning_rate)
    }
}

/// Weight decay apart from the gradient (Loshchilov and Hutter 2019): `w ← w − η·λ·w` first.
struct DecoupledDecay<B: Backend> {
    weight_decay: PerMember<B>,
    inner: Box<dyn Optimizer<B>>,
}

impl<B: Backend> Optimizer<B> for DecoupledDecay<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        let decayed = parameters
            .into_iter()
            .map(|parameter| {
                let decay = self.weight_decay.scale(parameter.clone());
                parameter - learning_rate.scale(decay)
            })
            .collect();
        self.inner.step(decayed, gradients, learning_rate)
    }
}

/// `w − η·d` for each parameter and its direction.
fn descended<B: Backend>(
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

/// `β·mean + (1 − β)·value` for each parameter; with no mean yet, from a mean of 0.
fn moving_means<B: Backend>(
    means: &mut Vec<Tensor<B, 3>>,
    values: impl Iterator<Item = Tensor<B, 3>>,
    decay: &PerMember<B>,
    share: &PerMember<B>,
) {
    *means = match means.is_empty() {
        true => values.map(|value| share.scale(value)).collect(),
        false => std::mem::take(means)
            .into_iter()
            .zip(values)
            .map(|(mean, value)| decay.scale(mean) + share.scale(value))
            .collect(),
    };
}

/// The squares of all gradients.
fn squares<B: Backend>(gradients: &[Tensor<B, 3>]) -> impl Iterator<Item = Tensor<B, 3>> {
    gradients
        .iter()
        .map(|gradient| gradient.clone() * gradient.clone())
}
