//! The members of a cohort.

use crate::data::{Normalisation, Partition};
use crate::random::Seed;
use crate::spec::Config;
use std::sync::Arc;

/// One run, as a member of a cohort.
#[derive(Clone, Debug)]
pub struct Member<'a> {
    /// Its trial's configuration.
    pub config: &'a Config,
    /// The key of its random numbers.
    pub seed: Seed,
    /// Its samples.
    pub partition: Arc<Partition>,
    /// Normalises batches; `None` if the samples on the device are normalised already.
    pub normalisation: Option<Arc<Normalisation>>,
}

/// Checks that the members can be stacked.
///
/// # Panics
/// If they cannot. The planner groups only runs of compatible shapes.
pub(super) fn assert_stackable(members: &[Member]) {
    assert!(!members.is_empty(), "a cohort has at least one member");
    let first = &members[0];
    let mut enclosing = first.config.stack_shape();
    for member in &members[1..] {
        let shape = member.config.stack_shape();
        enclosing = enclosing
            .enclosing(&shape)
            .expect("the members of a cohort have compatible shapes");
        assert_eq!(
            member.normalisation.is_some(),
            first.normalisation.is_some(),
            "either all members of a cohort normalise batches, or none does"
        );
    }
}
