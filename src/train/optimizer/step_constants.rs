//! The constants of each step, for kernels.

use crate::backend::{Backend, FusedStep};
use crate::optimizers::{OptimizerSettings, StackedState, StepCounter, WeightDecay};
use crate::spec::{StepKind, Training};

/// Computes the constants of each step, for all members.
pub(in crate::train) struct StepConstants {
    members: Vec<MemberConstants>,
}

/// A member's settings, and the counters of its optimizer.
struct MemberConstants {
    training: Training,
    optimizer: OptimizerSettings,
    /// Steps taken.
    steps: usize,
    /// [`StepCounter::carried`] after these steps.
    carried: f64,
}

impl StepConstants {
    /// For members with these settings that have not taken a step.
    pub(in crate::train) fn new(trainings: Vec<Training>) -> Self {
        let member = |training: Training| MemberConstants {
            optimizer: training.optimizer_settings(),
            training,
            steps: 0,
            carried: 1.0,
        };
        Self {
            members: trainings.into_iter().map(member).collect(),
        }
    }

    /// Continues from the counters of this state.
    pub(in crate::train) fn restore<B: Backend>(&mut self, state: &StackedState<B>) {
        for (index, member) in self.members.iter_mut().enumerate() {
            member.steps = state.steps.get(index).copied().unwrap_or(0);
            member.carried = member.optimizer.carried_after(member.steps);
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

    /// The number of steps that each member has taken; none if their optimizer does not count them.
    pub(super) fn steps(&self) -> Vec<usize> {
        let members = self.members.iter();
        let counting = members.filter(|member| member.optimizer.kind().counts_steps());
        counting.map(|member| member.steps).collect()
    }

    /// Writes the counters into `state`, if its optimizers have them.
    pub(in crate::train) fn save_counters<B: Backend>(&self, state: &mut StackedState<B>) {
        for (steps, member) in state.steps.iter_mut().zip(&self.members) {
            *steps = member.steps;
        }
    }
}

impl MemberConstants {
    /// The formulas are those of the optimizers on tensors.
    fn step(&mut self, rate: f64, is_first: bool) -> FusedStep {
        self.steps += 1;
        let training = &self.training;
        let mut constants = FusedStep {
            learning_rate: rate as f32,
            l1: training.l1.get() as f32,
            clip: training
                .clip_value
                .map_or(f32::INFINITY, |clip| clip.get() as f32),
            ..with_decay(training, rate)
        };
        let mut counter = StepCounter {
            number: self.steps,
            is_first,
            carried: self.carried,
        };
        self.optimizer.fill(&mut counter, &mut constants);
        self.carried = counter.carried;
        constants
    }
}

/// The constants of the weight decay; the others are 0.
fn with_decay(training: &Training, rate: f64) -> FusedStep {
    let decay = training.weight_decay();
    // Plain SGD decays the weight itself: its step is a product that is added to the weight.
    let decays_weight = training.optimizer.weight_decay() == WeightDecay::Decoupled
        || training.step_kind() == StepKind::PlainSgd;
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
