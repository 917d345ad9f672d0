//! What an optimizer computes.

use super::declaration::Declaration;
use super::parameter_layout::ParameterLayout;
use super::per_member::PerMember;
use super::stacked_state::StackedState;
use crate::backend::{Backend, FusedRule, FusedStep};
use crate::values::conflict::Conflict;
use burn::tensor::Tensor;

/// How an optimizer applies weight decay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightDecay {
    /// As an L2 penalty: it adds `λ·w` to the gradient.
    Coupled,
    /// It multiplies the weight by `1 − η·λ` before the step (Loshchilov and Hutter 2019).
    Decoupled,
}

/// What an optimizer computes, given its settings.
pub(crate) trait Step: Declaration + Copy {
    /// How it applies weight decay.
    const WEIGHT_DECAY: WeightDecay = WeightDecay::Coupled;

    /// The weight decay if the sweep file sets none.
    const DEFAULT_WEIGHT_DECAY: f64 = 0.0;

    /// Whether its step depends on the number of steps taken.
    const COUNTS_STEPS: bool = false;

    /// Checks that the settings are valid together.
    ///
    /// # Errors
    /// Settings that contradict each other.
    fn check(&self) -> Result<(), Conflict> {
        Ok(())
    }

    /// Whether a key of this optimizer has an effect with these settings.
    fn is_effective(&self, _key: &str) -> bool {
        true
    }

    /// Whether the step is `w − η·g`, without a state.
    fn is_plain_descent(&self) -> bool {
        false
    }

    /// For each list of the state, which has one number per parameter, whether these settings need it.
    fn lists(&self) -> Vec<bool>;

    /// Whether each part of the step that settings can switch off is computed. Trials that differ in it take
    /// different times.
    fn parts(&self) -> Vec<bool> {
        self.lists()
    }

    /// The update rule of the kernels that computes this step; `None` if there is none, so that tensor
    /// operations compute it.
    fn rule(&self) -> Option<FusedRule> {
        None
    }

    /// Writes the constants of a step for the kernels; weight decay, penalties and clipping are set.
    fn fill(&self, _step: &mut StepCounter, _constants: &mut FusedStep) {}

    /// Floating-point operations of the matrix products of a step, given the rows and columns of the hidden weights.
    fn flop(&self, _hidden_weights: impl FnOnce() -> Vec<[usize; 2]>) -> f64 {
        0.0
    }

    /// [`StepCounter::carried`] after this number of steps.
    fn carried_after(&self, _steps: usize) -> f64 {
        1.0
    }

    /// The optimizer of members with these settings, whose flags are equal.
    fn on_tensors<B: Backend>(members: &[Self], device: &B::Device) -> Box<dyn TensorOptimizer<B>>;
}

/// The number of a step, for the constants of kernels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StepCounter {
    /// The number of the step, counted from 1.
    pub(crate) number: usize,
    /// Whether no member of the cohort has taken a step.
    pub(crate) is_first: bool,
    /// A number that an optimizer carries from step to step; 1 before the first.
    pub(crate) carried: f64,
}

/// An optimizer with its state, for all parameters of a cohort.
pub trait TensorOptimizer<B: Backend> {
    /// Tells which parameters are hidden weights, before the first step. Most optimizers treat all parameters alike.
    fn set_layout(&mut self, _layout: &ParameterLayout) {}

    /// Takes one step and returns the new parameters. All tensors are `[members, …, outputs]`.
    ///
    /// Takes parameters and gradients by value, so that they can be changed in place.
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>>;

    /// The state of all members.
    fn stacked_state(&self) -> StackedState<B>;

    /// Continues from the state of an optimizer with these settings. Lists that these settings do
    /// not need are ignored.
    fn set_stacked_state(&mut self, state: StackedState<B>);
}
