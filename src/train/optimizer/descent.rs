//! Gradient descent and nothing else: what `torch.optim.SGD` is without a momentum.

use super::{Optimizer, OptimizerState, descended};
use crate::backend::Backend;
use crate::model::StageGradient;
use crate::spec::Training;
use crate::train::per_member::PerMember;
use burn::tensor::Tensor;

/// `w ← w − η·(g + λ·w)`, with the weight decay λ.
pub(super) struct Descent<B: Backend> {
    weight_decay: PerMember<B>,
}

impl<B: Backend> Descent<B> {
    /// Members of [`Stepping::Descent`](crate::spec::Stepping::Descent).
    pub(super) fn new(members: &[&Training], device: &B::Device) -> Self {
        Self {
            weight_decay: PerMember::of(members, |m| m.weight_decay(), device),
        }
    }
}

impl<B: Backend> Optimizer<B> for Descent<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        if self.weight_decay.is_zero() {
            return descended(parameters, gradients, learning_rate);
        }
        let decay = |(gradient, parameter): (Tensor<B, 3>, &Tensor<B, 3>)| {
            gradient + self.weight_decay.scale(parameter.clone())
        };
        let directions: Vec<_> = gradients.into_iter().zip(&parameters).map(decay).collect();
        descended(parameters, directions, learning_rate)
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

    /// It knows nothing but its settings.
    fn state(&self, _member: usize) -> OptimizerState<B> {
        OptimizerState::of(0, &[])
    }

    fn restore(&mut self, _states: Vec<OptimizerState<B>>) {}
}
