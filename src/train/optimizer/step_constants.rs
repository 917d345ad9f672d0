//! Describes optimizers to kernels: an update rule, and the constants of each step.

use super::state::StackedState;
use crate::backend::{Backend, FusedRule, FusedStep};
use crate::spec::{Optimizer, StepKind, Training};

/// The update rule of a member with these settings.
pub(in crate::train) fn update_rule(training: &Training) -> FusedRule {
    match training.optimizer {
        Optimizer::Sgd if training.momentum.get() == 0.0 => FusedRule::Descent,
        Optimizer::Sgd if training.nesterov => FusedRule::Nesterov,
        Optimizer::Sgd => FusedRule::Momentum,
        Optimizer::Adam | Optimizer::AdamW => FusedRule::Adam,
        Optimizer::NAdam => FusedRule::NAdam,
        Optimizer::RmsProp if training.centered => FusedRule::CenteredRmsProp,
        Optimizer::RmsProp => FusedRule::RmsProp,
        Optimizer::Adagrad => FusedRule::Adagrad,
    }
}

/// Computes the constants of each step, for all members.
pub(in crate::train) struct StepConstants {
    members: Vec<MemberConstants>,
}

/// A member's settings, and the counters of its optimizer.
struct MemberConstants {
    training: Training,
    /// Steps taken.
    steps: usize,
    /// ∏µ of NAdam.
    product: f64,
}

impl StepConstants {
    /// For members with these settings that have not taken a step.
    pub(in crate::train) fn new(trainings: Vec<Training>) -> Self {
        let member = |training| MemberConstants {
            training,
            steps: 0,
            product: 1.0,
        };
        Self {
            members: trainings.into_iter().map(member).collect(),
        }
    }

    /// Continues from the counters of this state.
    pub(in crate::train) fn restore<B: Backend>(&mut self, state: &StackedState<B>) {
        for (index, member) in self.members.iter_mut().enumerate() {
            member.steps = state.steps.get(index).copied().unwrap_or(0);
            member.product = state.momentum_products.get(index).copied().unwrap_or(1.0);
        }
    }

    /// The constants of the next step of each member, at these learning rates. `is_first` is true if no member
    /// has taken a step.
    pub(in crate::train) fn step(&mut self, rates: &[f64], is_first: bool) -> Vec<FusedStep> {
        let members = self.members.iter_mut().zip(rates);
        members
            .map(|(member, &rate)| member.step(rate, is_first))
            .collect()
    }

    /// The number of steps that each member has taken.
    pub(super) fn steps(&self) -> Vec<usize> {
        self.members.iter().map(|member| member.steps).collect()
    }

    /// The product of each member's momenta, which NAdam needs.
    pub(super) fn momentum_products(&self) -> Vec<f64> {
        self.members.iter().map(|member| member.product).collect()
    }

    /// Writes the counters into `state`, if its optimizers have them.
    pub(in crate::train) fn save_counters<B: Backend>(&self, state: &mut StackedState<B>) {
        for (steps, member) in state.steps.iter_mut().zip(&self.members) {
            *steps = member.steps;
        }
        for (product, member) in state.momentum_products.iter_mut().zip(&self.members) {
            *product = member.product;
        }
    }
}

impl MemberConstants {
    /// The formulas are those of the optimizers on tensors.
    fn step(&mut self, rate: f64, is_first: bool) -> FusedStep {
        let taken = self.steps;
        self.steps += 1;
        let steps = self.steps as i32;
        let training = &self.training;
        let [beta1, beta2] = [training.beta1.get(), training.beta2.get()];
        let [momentum, alpha] = [training.momentum.get(), training.alpha.get()];
        let mut constants = FusedStep {
            learning_rate: rate as f32,
            l1: training.l1.get() as f32,
            clip: training
                .clip_value
                .map_or(f32::INFINITY, |clip| clip.get() as f32),
            epsilon: training.epsilon().max(f64::from(f32::MIN_POSITIVE)) as f32,
            ..with_decay(training, rate)
        };
        match training.optimizer {
            Optimizer::Sgd => {
                constants.momentum = momentum as f32;
                // A member without momentum has no dampening, even if other members have momentum.
                constants.gradient_factor = if is_first || momentum == 0.0 {
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

/// The constants of the weight decay; the others are 0.
fn with_decay(training: &Training, rate: f64) -> FusedStep {
    let decay = training.weight_decay();
    // Plain SGD decays the weight itself: its step is a product that is added to the weight.
    let decays_weight =
        training.optimizer == Optimizer::AdamW || training.step_kind() == StepKind::PlainSgd;
    if decays_weight {
        FusedStep {
            weight_factor: (1.0 - rate * decay) as f32,
            ..FusedStep::default()
        }
    } else {
        FusedStep {
            weight_factor: 1.0,
            weight_decay: decay as f32,
            ..FusedStep::default()
        }
    }
}
