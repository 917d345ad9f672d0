//! Optimizers as kernels of whole steps have them: a rule, and the numbers of each step.

use crate::backend::{Backend, FusedRule, FusedStep};
use crate::spec::{Optimizer, Training};
use crate::train::optimizer::StateLists;

/// The rule of a member with these settings; nothing where it has bounds that need all gradients or weights
/// of a unit at once.
pub(super) fn of(training: &Training) -> Option<FusedRule> {
    if training.clip_norm.is_some() || training.max_norm.is_some() {
        return None;
    }
    Some(match training.optimizer {
        Optimizer::Sgd if training.momentum.get() == 0.0 => FusedRule::Descent,
        Optimizer::Sgd if training.nesterov => FusedRule::Nesterov,
        Optimizer::Sgd => FusedRule::Momentum,
        Optimizer::Adam | Optimizer::AdamW => FusedRule::Adam,
        Optimizer::NAdam => FusedRule::NAdam,
        Optimizer::RmsProp if training.centered => FusedRule::CenteredRmsProp,
        Optimizer::RmsProp => FusedRule::RmsProp,
        Optimizer::Adagrad => FusedRule::Adagrad,
    })
}

/// The numbers of all members, step by step.
pub(super) struct Numbers<'a> {
    members: Vec<Member<'a>>,
}

/// A member, and what its optimizer counts.
struct Member<'a> {
    training: &'a Training,
    /// Steps taken.
    steps: usize,
    /// ∏µ of NAdam.
    product: f64,
}

impl<'a> Numbers<'a> {
    /// Members with these settings, of which this is known.
    pub(super) fn new<B: Backend>(trainings: &[&'a Training], memory: &StateLists<B>) -> Self {
        let member = |(index, &training): (usize, &&'a Training)| Member {
            training,
            steps: memory.steps.get(index).copied().unwrap_or(0),
            product: memory.momentum_products.get(index).copied().unwrap_or(1.0),
        };
        Self {
            members: trainings.iter().enumerate().map(member).collect(),
        }
    }

    /// The numbers of the next step of each member, at these learning rates; `is_first` where no member has
    /// taken a step before.
    pub(super) fn step(&mut self, rates: &[f64], is_first: bool) -> Vec<FusedStep> {
        let members = self.members.iter_mut().zip(rates);
        members
            .map(|(member, &rate)| member.step(rate, is_first))
            .collect()
    }

    /// Writes into `memory` what was counted, where it is counted.
    pub(super) fn remember<B: Backend>(&self, memory: &mut StateLists<B>) {
        for (steps, member) in memory.steps.iter_mut().zip(&self.members) {
            *steps = member.steps;
        }
        for (product, member) in memory.momentum_products.iter_mut().zip(&self.members) {
            *product = member.product;
        }
    }
}

impl Member<'_> {
    /// Formulas are those of `train/optimizer`.
    fn step(&mut self, rate: f64, is_first: bool) -> FusedStep {
        let training = self.training;
        let taken = self.steps;
        self.steps += 1;
        let steps = self.steps as i32;
        let decay = training.weight_decay();
        let rule = of(training);
        // Plain descent and AdamW shrink the weight itself.
        let shrinks = rule == Some(FusedRule::Descent) || training.optimizer == Optimizer::AdamW;
        let [beta1, beta2] = [training.beta1.get(), training.beta2.get()];
        let [momentum, alpha] = [training.momentum.get(), training.alpha.get()];
        let mut numbers = FusedStep {
            rate: rate as f32,
            decay: if shrinks { 0.0 } else { decay as f32 },
            keep: if shrinks {
                (1.0 - rate * decay) as f32
            } else {
                1.0
            },
            l1: training.l1.get() as f32,
            clip: training
                .clip_value
                .map_or(f32::INFINITY, |clip| clip.get() as f32),
            epsilon: training.epsilon().max(f64::from(f32::MIN_POSITIVE)) as f32,
            ..FusedStep::default()
        };
        match training.optimizer {
            Optimizer::Sgd => {
                numbers.momentum = momentum as f32;
                numbers.share = match is_first {
                    true => 1.0,
                    false => (1.0 - training.dampening.get()) as f32,
                };
            }
            Optimizer::Adam | Optimizer::AdamW | Optimizer::NAdam => {
                numbers.momentum = beta1 as f32;
                numbers.share = (1.0 - beta1) as f32;
                numbers.decay2 = beta2 as f32;
                numbers.share2 = (1.0 - beta2) as f32;
                numbers.correction2 = (1.0 / (1.0 - beta2.powi(steps))).sqrt() as f32;
                numbers.correction = match training.optimizer {
                    Optimizer::NAdam => {
                        let momentum = |steps: i32| {
                            let decay = f64::from(steps) * training.momentum_decay.get();
                            beta1 * (1.0 - 0.5 * 0.96_f64.powf(decay))
                        };
                        let (now, next) = (momentum(steps), momentum(steps + 1));
                        self.product *= now;
                        numbers.of_gradient = ((1.0 - now) / (1.0 - self.product)) as f32;
                        (next / (1.0 - self.product * next)) as f32
                    }
                    _ => (1.0 / (1.0 - beta1.powi(steps))) as f32,
                };
            }
            Optimizer::RmsProp => {
                numbers.momentum = momentum as f32;
                numbers.decay2 = alpha as f32;
                numbers.share2 = (1.0 - alpha) as f32;
            }
            Optimizer::Adagrad => {
                let slowed = taken as f64 * training.learning_rate_decay.get();
                numbers.correction = (1.0 / (1.0 + slowed)) as f32;
            }
        }
        numbers
    }
}
