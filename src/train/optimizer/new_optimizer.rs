//! Builds the optimizer of a cohort from its members' settings.

use super::Optimizer;
use super::gradient_transform::{GradientTransform, WithGradientTransform};
use super::on_tensors::OnTensors;
use super::one_pass::OnePass;
use super::plain_sgd::PlainSgd;
use super::segmented::{Segment, Segmented};
use super::weight_decay::{CoupledDecay, DecoupledDecay};
use crate::backend::Backend;
use crate::optimizers::{self, OptimizerSettings, ParameterLayout, PerMember, WeightDecay};
use crate::spec::{StepKind, Training};
use crate::stages::segments;
use std::ops::Range;

/// The optimizer of members with these settings, which may use different kinds of optimizers.
///
/// Adjacent members of one kind are updated together. If all members are of one kind, no tensor is
/// split or concatenated.
pub fn new_optimizer<B: Backend>(
    members: &[&Training],
    layout: &ParameterLayout,
    device: &B::Device,
) -> Box<dyn Optimizer<B>> {
    let mut segments = segments(members.iter().map(|member| member.step_kind()));
    if segments.len() == 1 {
        return of_kind(segments.remove(0).0, members, layout, device);
    }
    let segment = |(kind, range): (StepKind, Range<usize>)| Segment {
        optimizer: of_kind(
            kind,
            &members[range.clone()],
            &layout.narrow_members(&range),
            device,
        ),
        members: range,
    };
    Box::new(Segmented(segments.into_iter().map(segment).collect()))
}

/// The optimizer of members that all use this kind.
pub(super) fn of_kind<B: Backend>(
    kind: StepKind,
    members: &[&Training],
    layout: &ParameterLayout,
    device: &B::Device,
) -> Box<dyn Optimizer<B>> {
    // The norm of all gradients is known only once all of them are.
    let clips_norm = members.iter().any(|member| member.clip_norm.is_some());
    if kind != StepKind::PlainSgd
        && let Some(inner) = OnePass::new(members, !clips_norm)
    {
        return match GradientTransform::new(members, device).filter(|_| clips_norm) {
            Some(transform) => Box::new(WithGradientTransform {
                transform,
                inner: Box::new(inner),
            }),
            None => Box::new(inner),
        };
    }
    on_tensors(kind, members, layout, device)
}

/// The optimizer of members that all use this kind, as one operation on tensors after the other.
pub(super) fn on_tensors<B: Backend>(
    kind: StepKind,
    members: &[&Training],
    layout: &ParameterLayout,
    device: &B::Device,
) -> Box<dyn Optimizer<B>> {
    let weight_decay = PerMember::of(members, |m| m.weight_decay(), device);
    let settings = members.iter().map(|member| member.optimizer_settings());
    let settings: Vec<OptimizerSettings> = settings.collect();
    let mut inner = optimizers::on_tensors(&settings, device);
    inner.set_layout(layout);
    let inner = OnTensors(inner);
    let inner: Box<dyn Optimizer<B>> = match settings[0].kind().weight_decay() {
        _ if weight_decay.is_zero() => Box::new(inner),
        WeightDecay::Decoupled => Box::new(DecoupledDecay {
            weight_decay: weight_decay.clone(),
            inner: Box::new(inner),
        }),
        WeightDecay::Coupled => Box::new(CoupledDecay {
            weight_decay: weight_decay.clone(),
            inner: Box::new(inner),
        }),
    };
    if kind == StepKind::PlainSgd {
        return Box::new(PlainSgd {
            weight_decay,
            gradient_step: inner,
        });
    }
    match GradientTransform::new(members, device) {
        Some(transform) => Box::new(WithGradientTransform { transform, inner }),
        None => inner,
    }
}
