//! Bounds that some members of a cohort have.

use crate::backend::Backend;
use crate::optimizers::PerMember;
use crate::spec::{Positive, Training};

/// A bound with one value per member, infinite for members without one; `None` if no member has it.
pub(super) fn bounds<B: Backend>(
    members: &[&Training],
    get: fn(&Training) -> Option<Positive>,
    device: &B::Device,
) -> Option<PerMember<B>> {
    let of = |member: &&Training| get(member).map_or(f64::INFINITY, Positive::get);
    let any = members.iter().any(|member| get(member).is_some());
    any.then(|| PerMember::of(members, of, device))
}
