//! How weights follow their gradients.

mod adam;
mod sgd;

use super::per_member::PerMember;
use crate::spec::{self, Training};
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

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
    match members[0].optimizer {
        spec::Optimizer::Sgd => Box::new(sgd::Sgd::new(members, device)),
        spec::Optimizer::Adam => Box::new(adam::Adam::new(members, device)),
    }
}
