//! Lion (Chen et al. 2023, algorithm 2).

use crate::backend::Backend;
use crate::optimizers::declaration::optimizer;
use crate::optimizers::per_member::PerMember;
use crate::optimizers::stacked_state::StackedState;
use crate::optimizers::step::{Step, TensorOptimizer, WeightDecay};
use crate::optimizers::update::{apply_update, update_moving_means};
use crate::values::number::Fraction;
use burn::tensor::Tensor;

optimizer! {
    /// Steps of one size in the direction of the sign of a mean of gradients, with decoupled weight decay (Chen et
    /// al. 2023). Its usual learning rate is a tenth of Adam's.
    pub struct Lion = "lion" {
        /// Weight of the mean of gradients, against the new gradient, in the direction of a step.
        beta1, "beta1": Fraction = 0.9,
        /// Decay of the mean of gradients that is kept for the next step.
        beta2, "beta2": Fraction = 0.99,
    }
}

impl Step for Lion {
    const WEIGHT_DECAY: WeightDecay = WeightDecay::Decoupled;

    fn lists(&self) -> Vec<bool> {
        vec![true]
    }

    fn on_tensors<B: Backend>(
        members: &[Self],
        device: &B::Device,
    ) -> Box<dyn TensorOptimizer<B>> {
        Box::new(LionOnTensors {
            beta1: PerMember::of(members, |m| m.beta1, device),
            one_minus_beta1: PerMember::of(members, |m| 1.0 - m.beta1, device),
            beta2: PerMember::of(members, |m| m.beta2, device),
            one_minus_beta2: PerMember::of(members, |m| 1.0 - m.beta2, device),
            means: Vec::new(),
        })
    }
}

/// `w ← w − η·sign(β₁·m + (1−β₁)·g)`, then `m ← β₂·m + (1−β₂)·g`.
struct LionOnTensors<B: Backend> {
    beta1: PerMember<B>,
    one_minus_beta1: PerMember<B>,
    beta2: PerMember<B>,
    one_minus_beta2: PerMember<B>,
    /// `m` of each parameter; empty before the first step.
    means: Vec<Tensor<B, 3>>,
}

impl<B: Backend> TensorOptimizer<B> for LionOnTensors<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        let mut directions = self.means.clone();
        let of_step = gradients.iter().cloned();
        update_moving_means(&mut directions, of_step, &self.beta1, &self.one_minus_beta1);
        let gradients = gradients.into_iter();
        update_moving_means(&mut self.means, gradients, &self.beta2, &self.one_minus_beta2);
        // Not every device keeps NaN as the sign of NaN; a run that diverges must show it.
        let signs = directions
            .into_iter()
            .map(|mean| mean.clone().sign() + (mean.clone() - mean));
        apply_update(parameters, signs, learning_rate)
    }

    fn stacked_state(&self) -> StackedState<B> {
        StackedState::from_lists(&[&self.means])
    }

    fn set_stacked_state(&mut self, mut state: StackedState<B>) {
        self.means = state.take_list(0);
    }
}
