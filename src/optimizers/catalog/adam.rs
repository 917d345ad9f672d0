//! Adam (Kingma and Ba 2015), as `torch.optim.Adam`.

use crate::backend::{Backend, FusedRule, FusedStep};
use crate::optimizers::declaration::optimizer;
use crate::optimizers::moments::{MomentSettings, Moments};
use crate::optimizers::per_member::PerMember;
use crate::optimizers::stacked_state::StackedState;
use crate::optimizers::step::{Step, StepCounter, TensorOptimizer};
use crate::optimizers::update::apply_update;
use crate::values::number::{Fraction, Positive};
use burn::tensor::Tensor;

optimizer! {
    /// Adam (Kingma and Ba 2015; `torch.optim.Adam`).
    pub struct Adam = "adam" {
        /// Decay of the mean of gradients.
        beta1, "beta1": Fraction = 0.9,
        /// Decay of the mean of squared gradients.
        beta2, "beta2": Fraction = 0.999,
        /// Term that avoids a division by zero.
        epsilon, "epsilon": Positive = 1e-8,
        /// Divide by the largest mean of squared gradients so far (Reddi et al. 2018).
        amsgrad, "amsgrad": bool = false,
    }
}

impl Adam {
    fn moments(self) -> MomentSettings {
        MomentSettings {
            beta1: self.beta1,
            beta2: self.beta2,
            epsilon: self.epsilon,
            amsgrad: self.amsgrad,
        }
    }
}

impl Step for Adam {
    const COUNTS_STEPS: bool = true;

    fn lists(&self) -> Vec<bool> {
        vec![true, true, self.amsgrad]
    }

    fn rule(&self) -> Option<FusedRule> {
        (!self.amsgrad).then_some(FusedRule::Adam)
    }

    fn fill(&self, step: &mut StepCounter, constants: &mut FusedStep) {
        self.moments().fill(step, constants);
    }

    fn on_tensors<B: Backend>(
        members: &[Self],
        device: &B::Device,
    ) -> Box<dyn TensorOptimizer<B>> {
        let settings: Vec<MomentSettings> = members.iter().map(|m| m.moments()).collect();
        Box::new(AdamOnTensors(Moments::new(&settings, device)))
    }
}

/// `w ← w − η/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε)`; with AMSGrad, `v` is the largest one so far.
pub(super) struct AdamOnTensors<B: Backend>(pub(super) Moments<B>);

impl<B: Backend> TensorOptimizer<B> for AdamOnTensors<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        let Self(moments) = self;
        moments.update(gradients);
        let betas = moments.beta1.iter().zip(&moments.steps);
        let mean_correction =
            moments.per_member(betas.map(|(beta, &steps)| 1.0 / (1.0 - beta.powi(steps))));
        let scaled = moments.scaled();
        let directions = scaled.map(|(mean, divisor)| mean_correction.scale(mean / divisor));
        apply_update(parameters, directions, learning_rate)
    }

    fn stacked_state(&self) -> StackedState<B> {
        self.0.stacked_state()
    }

    fn set_stacked_state(&mut self, mut state: StackedState<B>) {
        self.0.set_stacked_state(&mut state);
    }
}
