//! How weights follow their gradients.

mod adagrad;
mod adam;
mod descent;
mod moments;
mod nadam;
mod regularised;
mod rmsprop;
mod segmented;
mod sgd;
mod state;

pub use state::OptimizerState;
pub(super) use state::StateLists;

use super::per_member::PerMember;
use super::regularise::GradientRules;
use crate::backend::Backend;
use crate::model::{StageGradient, segments};
use crate::spec::{self, StepKind, Training};
use burn::tensor::Tensor;
use descent::Descent;
use regularised::Regularised;
use segmented::{Segment, Segmented};

/// The state of one optimizer over all parameters of a cohort.
pub trait Optimizer<B: Backend> {
    /// One step: the parameters after it. All tensors are `[members, …, outputs]`.
    ///
    /// Parameters and gradients are handed over whole, so that they can be changed in place.
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>>;

    /// One step by the gradients of stages, which an optimizer may not need as tensors.
    fn descend(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<StageGradient<B>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        let gradients = gradients.into_iter().flat_map(StageGradient::values);
        self.step(parameters, gradients.collect(), learning_rate)
    }

    /// What it knows of all members.
    fn memory(&self) -> StateLists<B>;

    /// Goes on from what an optimizer of these settings knew; lists that these settings do not need are
    /// ignored.
    fn set_memory(&mut self, memory: StateLists<B>);

    /// What it knows of the member at this position.
    fn state(&self, member: usize) -> OptimizerState<B> {
        self.memory().member(member)
    }

    /// Goes on from what another optimizer of these settings knew of each member, in the order of
    /// the members. Either all have taken a step, or none has.
    fn restore(&mut self, states: Vec<OptimizerState<B>>) {
        self.set_memory(StateLists::of_states(&states));
    }
}

/// The optimizer of members with these settings, whose kinds may differ.
///
/// Adjacent members of one kind are stepped together. Where all are of one kind, nothing is cut
/// apart or put together.
pub fn new<B: Backend>(members: &[&Training], device: &B::Device) -> Box<dyn Optimizer<B>> {
    let mut segments = segments(members.iter().map(|member| member.step_kind()));
    if segments.len() == 1 {
        return of_stepping(segments.remove(0).0, members, device);
    }
    let segment = |(stepping, members_of): (StepKind, std::ops::Range<usize>)| Segment {
        optimizer: of_stepping(stepping, &members[members_of.clone()], device),
        members: members_of,
    };
    Box::new(Segmented(segments.into_iter().map(segment).collect()))
}

/// The optimizer of members that are stepped alike.
fn of_stepping<B: Backend>(
    stepping: StepKind,
    members: &[&Training],
    device: &B::Device,
) -> Box<dyn Optimizer<B>> {
    let (optimizer, nesterov, centered) = match stepping {
        StepKind::PlainSgd => (spec::Optimizer::Sgd, false, false),
        StepKind::Optimizer {
            optimizer,
            nesterov,
            centered,
            ..
        } => (optimizer, nesterov, centered),
    };
    let weight_decay = PerMember::of(members, |m| m.weight_decay(), device);
    let inner: Box<dyn Optimizer<B>> = match optimizer {
        spec::Optimizer::Sgd => Box::new(sgd::Sgd::new(nesterov, members, device)),
        spec::Optimizer::Adam | spec::Optimizer::AdamW => {
            Box::new(adam::Adam::new(members, device))
        }
        spec::Optimizer::RmsProp => Box::new(rmsprop::RmsProp::new(centered, members, device)),
        spec::Optimizer::Adagrad => Box::new(adagrad::Adagrad::new(members, device)),
        spec::Optimizer::NAdam => Box::new(nadam::NAdam::new(members, device)),
    };
    let inner: Box<dyn Optimizer<B>> = match optimizer {
        _ if weight_decay.is_zero() => inner,
        spec::Optimizer::AdamW => Box::new(DecoupledDecay {
            weight_decay: weight_decay.clone(),
            inner,
        }),
        _ => Box::new(CoupledDecay {
            weight_decay: weight_decay.clone(),
            inner,
        }),
    };
    if stepping == StepKind::PlainSgd {
        return Box::new(Descent {
            weight_decay,
            by_gradient: inner,
        });
    }
    match GradientRules::new(members, device) {
        Some(rules) => Box::new(Regularised { rules, inner }),
        None => inner,
    }
}

/// The term against division by zero of each member. One that is 0 in single precision would make
/// 0/0 of a parameter whose gradients have all been 0.
fn epsilon<B: Backend>(members: &[&Training], device: &B::Device) -> PerMember<B> {
    let smallest = f64::from(f32::MIN_POSITIVE);
    PerMember::of(members, |m| m.epsilon().max(smallest), device)
}

/// Weight decay as an L2 penalty has it: `g + λ·w` in the place of the gradient.
struct CoupledDecay<B: Backend> {
    weight_decay: PerMember<B>,
    inner: Box<dyn Optimizer<B>>,
}

impl<B: Backend> Optimizer<B> for CoupledDecay<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        let gradients = gradients
            .into_iter()
            .zip(&parameters)
            .map(|(gradient, parameter)| gradient + self.weight_decay.scale(parameter.clone()))
            .collect();
        self.inner.step(parameters, gradients, learning_rate)
    }

    fn memory(&self) -> StateLists<B> {
        self.inner.memory()
    }

    fn set_memory(&mut self, memory: StateLists<B>) {
        self.inner.set_memory(memory);
    }
}

/// Weight decay apart from the gradient (Loshchilov and Hutter 2019): `w ← w − η·λ·w` first.
struct DecoupledDecay<B: Backend> {
    weight_decay: PerMember<B>,
    inner: Box<dyn Optimizer<B>>,
}

impl<B: Backend> Optimizer<B> for DecoupledDecay<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        let decayed = parameters
            .into_iter()
            .map(|parameter| {
                let decay = self.weight_decay.scale(parameter.clone());
                parameter - learning_rate.scale(decay)
            })
            .collect();
        self.inner.step(decayed, gradients, learning_rate)
    }

    fn memory(&self) -> StateLists<B> {
        self.inner.memory()
    }

    fn set_memory(&mut self, memory: StateLists<B>) {
        self.inner.set_memory(memory);
    }
}

/// `w − η·d` for each parameter and its direction.
fn descended<B: Backend>(
    parameters: Vec<Tensor<B, 3>>,
    directions: impl IntoIterator<Item = Tensor<B, 3>>,
    learning_rate: &PerMember<B>,
) -> Vec<Tensor<B, 3>> {
    parameters
        .into_iter()
        .zip(directions)
        .map(|(parameter, direction)| parameter - learning_rate.scale(direction))
        .collect()
}

/// `β·mean + (1 − β)·value` for each parameter; with no mean yet, from a mean of 0.
fn moving_means<B: Backend>(
    means: &mut Vec<Tensor<B, 3>>,
    values: impl Iterator<Item = Tensor<B, 3>>,
    decay: &PerMember<B>,
    share: &PerMember<B>,
) {
    *means = match means.is_empty() {
        true => values.map(|value| share.scale(value)).collect(),
        false => std::mem::take(means)
            .into_iter()
            .zip(values)
            .map(|(mean, value)| decay.scale(mean) + share.scale(value))
            .collect(),
    };
}

/// The squares of all gradients.
fn squares<B: Backend>(gradients: &[Tensor<B, 3>]) -> impl Iterator<Item = Tensor<B, 3>> {
    gradients
        .iter()
        .map(|gradient| gradient.clone() * gradient.clone())
}
