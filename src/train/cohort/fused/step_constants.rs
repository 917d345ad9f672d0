//! Describes optimizers to the kernels of whole steps: an update rule, and the constants of each step.

use crate::backend::{Backend, FusedRule, FusedStep};
use crate::spec::{Optimizer, Training};
use crate::train::optimizer::StackedState;

/// The update rule of a member with these settings; `None` for bounds that depend on all gradients, or on
/// all weights of a unit.
pub(super) fn update_rule(training: &Training) -> Option<FusedRule> {
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

/// Computes the constants of each step, for all members.
pub(super) struct StepConstants<'a> {
    members: Vec<MemberConstants<'a>>,
}

/// A member's settings, and the counters of its optimizer.
struct MemberConstants<'a> {
    training: &'a Training,
    /// Steps taken.
    steps: usize,
    /// ∏µ of NAdam.
    product: f64,
}

impl<'a> StepConstants<'a> {
    /// For members with these settings that continue from this state.
    pub(super) fn new<B: Backend>(trainings: &[&'a Training], state: &StackedState<B>) -> Self {
        let member = |(index, &training): (usize, &&'a Training)| MemberConstants {
            training,
            steps: state.steps.get(index).copied().unwrap_or(0),
            product: state.momentum_products.get(index).copied().unwrap_or(1.0),
        };
        Self {
            members: trainings.iter().enumerate().map(member).collect(),
        }
    }

    /// The constants of the next step of each member, at these learning rates. `is_first` is true if no member
    /// has taken a step.
    pub(super) fn step(&mut self, rates: &[f64], is_first: bool) -> Vec<FusedStep> {
        let members = self.members.iter_mut().zip(rates);
        members
            .map(|(member, &rate)| member.step(rate, is_first))
            .collect()
    }

    /// Writes the counters into `state`, if its optimizers have them.
    pub(super) fn save_counters<B: Backend>(&self, state: &mut StackedState<B>) {
        for (steps, member) in state.steps.iter_mut().zip(&self.members) {
            *steps = member.steps;
        }
        for (product, member) in state.momentum_products.iter_mut().zip(&self.members) {
            *product = member.product;
        }
    }
}

impl MemberConstants<'_> {
    /// The formulas are those of `train/optimizer`.
    fn step(&mut self, rate: f64, is_first: bool) -> FusedStep {
        let training = self.training;
        let taken = self.steps;
        self.steps += 1;
        let steps = self.steps as i32;
        let decay = training.weight_decay();
        let rule = update_rule(training);
        // Plain SGD and AdamW decay the weight itself.
        let decays_weight =
            rule == Some(FusedRule::Descent) || training.optimizer == Optimizer::AdamW;
        let [beta1, beta2] = [training.beta1.get(), training.beta2.get()];
        let [momentum, alpha] = [training.momentum.get(), training.alpha.get()];
        let mut constants = FusedStep {
            learning_rate: rate as f32,
            weight_decay: if decays_weight { 0.0 } else { decay as f32 },
            weight_factor: if decays_weight {
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
                constants.momentum = momentum as f32;
                constants.gradient_factor = if is_first {
                    1.0
                } else {
                    (1.0 - training.dampening.get()) as f32
                };
            }
            Optimizer::Adam | Optimizer::AdamW | Optimizer::NAdam => {
                constants.momentum = beta1 as f32;
                constants.gradient_factor = (1.0 - beta1) as f32;
                constants.square_decay = beta2 as f32;
                constants.square_factor = (1.0 - beta2) as f32;
                constants.square_correction = (1.0 / (1.0 - beta2.powi(steps))).sqrt() as f32;
                constants.correction = match training.optimizer {
                    Optimizer::NAdam => {
                        let momentum = |steps: i32| {
                            let decay = f64::from(steps) * training.momentum_decay.get();
                            beta1 * (1.0 - 0.5 * 0.96_f64.powf(decay))
                        };
                        let (current, next) = (momentum(steps), momentum(steps + 1));
                        self.product *= current;
                        constants.nadam_gradient_factor =
                            ((1.0 - current) / (1.0 - self.product)) as f32;
                        (next / (1.0 - self.product * next)) as f32
                    }
                    _ => (1.0 / (1.0 - beta1.powi(steps))) as f32,
                };
            }
            Optimizer::RmsProp => {
                constants.momentum = momentum as f32;
                constants.square_decay = alpha as f32;
                constants.square_factor = (1.0 - alpha) as f32;
            }
            Optimizer::Adagrad => {
                let slowdown = taken as f64 * training.learning_rate_decay.get();
                constants.correction = (1.0 / (1.0 + slowdown)) as f32;
            }
        }
        constants
    }
}
