//! Stochastic gradient descent, as `torch.optim.SGD`.

use crate::backend::{Backend, FusedRule, FusedStep};
use crate::optimizers::declaration::optimizer;
use crate::optimizers::per_member::PerMember;
use crate::optimizers::stacked_state::StackedState;
use crate::optimizers::step::{Step, StepCounter, TensorOptimizer};
use crate::optimizers::update::apply_update;
use crate::values::conflict::Conflict;
use crate::values::number::Fraction;
use burn::tensor::Tensor;

optimizer! {
    /// Stochastic gradient descent, with momentum if set (`torch.optim.SGD`).
    pub struct Sgd = "sgd" {
        /// Momentum.
        momentum, "momentum": Fraction = 0.0,
        /// Dampening of the momentum.
        dampening, "dampening": Fraction = 0.0,
        /// Use Nesterov's momentum; needs a momentum greater than 0 and a dampening of 0.
        nesterov, "nesterov": bool = false,
    }
}

impl Step for Sgd {
    fn check(&self) -> Result<(), Conflict> {
        if self.nesterov && (self.momentum == 0.0 || self.dampening > 0.0) {
            return Err(Conflict {
                keys: &[
                    "training.nesterov",
                    "training.momentum",
                    "training.dampening",
                ],
                message: "training.nesterov needs training.momentum greater than 0 and \
                          training.dampening 0"
                    .to_owned(),
                help: "set training.momentum, for example to 0.9, and remove training.dampening"
                    .to_owned(),
            });
        }
        Ok(())
    }

    fn is_effective(&self, key: &str) -> bool {
        key != "dampening" || self.momentum > 0.0
    }

    fn is_plain_descent(&self) -> bool {
        self.momentum == 0.0
    }

    fn lists(&self) -> Vec<bool> {
        vec![true; usize::from(self.momentum > 0.0)]
    }

    fn parts(&self) -> Vec<bool> {
        vec![self.momentum > 0.0, self.one_minus_dampening() < 1.0]
    }

    fn rule(&self) -> Option<FusedRule> {
        Some(match self.nesterov {
            _ if self.momentum == 0.0 => FusedRule::Descent,
            true => FusedRule::Nesterov,
            false => FusedRule::Momentum,
        })
    }

    fn fill(&self, step: &mut StepCounter, constants: &mut FusedStep) {
        constants.momentum = self.momentum as f32;
        constants.gradient_factor = if step.is_first {
            1.0
        } else {
            self.one_minus_dampening() as f32
        };
    }

    fn on_tensors<B: Backend>(
        members: &[Self],
        device: &B::Device,
    ) -> Box<dyn TensorOptimizer<B>> {
        Box::new(SgdOnTensors {
            momentum: PerMember::of(members, |m| m.momentum, device),
            one_minus_dampening: PerMember::of(members, Self::one_minus_dampening, device),
            nesterov: members[0].nesterov,
            velocities: Vec::new(),
        })
    }
}

impl Sgd {
    /// `1 − τ`. A member without momentum has no dampening, even if other members have momentum.
    fn one_minus_dampening(&self) -> f64 {
        match self.momentum {
            0.0 => 1.0,
            _ => 1.0 - self.dampening,
        }
    }
}

/// `v ← µ·v + (1−τ)·g` with the dampening τ (at first `v ← g`), then `w ← w − η·v`. Nesterov's form
/// steps by `g + µ·v` instead.
struct SgdOnTensors<B: Backend> {
    momentum: PerMember<B>,
    /// `1 − τ`
    one_minus_dampening: PerMember<B>,
    nesterov: bool,
    /// `v` of each parameter; empty without momentum and before the first step.
    velocities: Vec<Tensor<B, 3>>,
}

impl<B: Backend> SgdOnTensors<B> {
    fn directions(&mut self, gradients: Vec<Tensor<B, 3>>) -> Vec<Tensor<B, 3>> {
        if self.momentum.is_zero() {
            return gradients;
        }
        self.velocities = if self.velocities.is_empty() {
            gradients.clone()
        } else {
            std::mem::take(&mut self.velocities)
                .into_iter()
                .zip(&gradients)
                .map(|(velocity, gradient)| {
                    self.momentum.scale(velocity) + self.one_minus_dampening.scale(gradient.clone())
                })
                .collect()
        };
        if self.nesterov {
            gradients
                .into_iter()
                .zip(&self.velocities)
                .map(|(gradient, velocity)| gradient + self.momentum.scale(velocity.clone()))
                .collect()
        } else {
            self.velocities.clone()
        }
    }
}

impl<B: Backend> TensorOptimizer<B> for SgdOnTensors<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        let directions = self.directions(gradients);
        apply_update(parameters, directions, learning_rate)
    }

    fn stacked_state(&self) -> StackedState<B> {
        StackedState::from_lists(&[&self.velocities])
    }

    fn set_stacked_state(&mut self, mut state: StackedState<B>) {
        if !self.momentum.is_zero() {
            self.velocities = state.take_list(0);
        }
    }
}
