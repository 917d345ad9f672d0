//! Gradient descent and nothing else: what `torch.optim.SGD` is without a momentum.

use super::{Optimizer, StateLists};
use crate::backend::Backend;
use crate::model::StageGradient;
use crate::train::per_member::PerMember;
use burn::tensor::Tensor;

/// `w ← w − η·(g + λ·w)`, with the weight decay λ: folded into the product that makes the gradient
/// where the backend can, else as the optimizer does it.
pub(super) struct Descent<B: Backend> {
    pub(super) weight_decay: PerMember<B>,
    /// The same by gradients that are tensors.
    pub(super) by_gradient: Box<dyn Optimizer<B>>,
}

impl<B: Backend> Optimizer<B> for Descent<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        self.by_gradient.step(parameters, gradients, learning_rate)
    }

    fn descend(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<StageGradient<B>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        let rates = learning_rate.values();
        let decays = self.weight_decay.values().iter();
        let keep: Vec<f32> = rates
            .iter()
            .zip(decays)
            .map(|(rate, decay)| (1.0 - rate * decay) as f32)
            .collect();
        let rate: Vec<f32> = rates.iter().map(|&rate| rate as f32).collect();
        let mut parameters = parameters.into_iter();
        let mut next = || parameters.next().expect("two parameters for each gradient");
        let mut stepped = Vec::with_capacity(2 * gradients.len());
        for gradient in gradients {
            let own = [next(), next()];
            match gradient {
                StageGradient::Linear { input, output } if B::DESCENDS => {
                    stepped.extend(B::descend(own, input, output, &keep, &rate));
                }
                other => {
                    let gradients = other.values().into();
                    stepped.extend(self.step(own.into(), gradients, learning_rate));
                }
            }
        }
        stepped
    }

    fn memory(&self) -> StateLists<B> {
        self.by_gradient.memory()
    }

    fn set_memory(&mut self, memory: StateLists<B>) {
        self.by_gradient.set_memory(memory);
    }
}
