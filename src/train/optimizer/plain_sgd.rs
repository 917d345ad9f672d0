//! Plain gradient descent: `torch.optim.SGD` without momentum.

use super::Optimizer;
use crate::backend::Backend;
use crate::optimizers::{PerMember, StackedState};
use crate::stages::StageGradient;
use burn::tensor::Tensor;

/// `w ← w − η·(g + λ·w)`, with the weight decay λ. If the backend can, gradient and step of a dense
/// layer are one product; otherwise `gradient_step` takes the step.
pub(super) struct PlainSgd<B: Backend> {
    pub(super) weight_decay: PerMember<B>,
    /// The same step for gradients that are tensors.
    pub(super) gradient_step: Box<dyn Optimizer<B>>,
}

impl<B: Backend> Optimizer<B> for PlainSgd<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        self.gradient_step
            .step(parameters, gradients, learning_rate)
    }

    fn step_stages(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<StageGradient<B>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        let rates = learning_rate.values();
        let decays = self.weight_decay.values().iter();
        let weight_factors: Vec<f32> = rates
            .iter()
            .zip(decays)
            .map(|(rate, decay)| (1.0 - rate * decay) as f32)
            .collect();
        let learning_rates: Vec<f32> = rates.iter().map(|&rate| rate as f32).collect();
        let mut parameters = parameters.into_iter();
        let mut stepped = Vec::with_capacity(parameters.len());
        for gradient in gradients {
            let of_stage = parameters.by_ref();
            match gradient {
                StageGradient::Linear { input, output } if B::FUSES_SGD => {
                    let mut next = || of_stage.next().expect("a weight and a bias");
                    stepped.extend(B::sgd_step(
                        [next(), next()],
                        input,
                        output,
                        &weight_factors,
                        &learning_rates,
                    ));
                }
                gradient => {
                    let gradients = gradient.values().into_vec();
                    let of_stage = of_stage.take(gradients.len()).collect();
                    stepped.extend(self.step(of_stage, gradients, learning_rate));
                }
            }
        }
        stepped
    }

    fn stacked_state(&self) -> StackedState<B> {
        self.gradient_step.stacked_state()
    }

    fn set_stacked_state(&mut self, state: StackedState<B>) {
        self.gradient_step.set_stacked_state(state);
    }
}
