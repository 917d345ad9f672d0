//! Adam (Kingma and Ba 2015), as `torch.optim.Adam`.

use super::Optimizer;
use super::moments::Moments;
use super::state::StackedState;
use super::update::apply_update;
use crate::backend::Backend;
use crate::spec::Training;
use crate::train::per_member::PerMember;
use burn::tensor::Tensor;

/// `w ← w − η/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε)`.
pub(super) struct Adam<B: Backend>(Moments<B>);

impl<B: Backend> Adam<B> {
    /// For members with these settings.
    pub(super) fn new(members: &[&Training], device: &B::Device) -> Self {
        Self(Moments::new(members, device))
    }
}

impl<B: Backend> Optimizer<B> for Adam<B> {
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
