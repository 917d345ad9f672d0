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
    /// What its random numbers are keyed by.
    pub seed: Seed,
    /// Its samples.
    pub partition: Arc<Partition>,
    /// What its samples are still to be normalised by; nothing where that is done on the device.
    pub normalisation: Option<Arc<Normalisation>>,
}

/// Checks that the members can be one stacked program.
///
/// # Panics
/// When they cannot: the planner groups only runs whose shapes are compatible.
pub(super) fn assert_stackable(members: &[Member]) {
    assert!(!members.is_empty(), "a cohort has at least one member");
    let first = &members[0];
    let mut held = first.config.stack_shape();
    for member in &members[1..] {
        let own = member.config.stack_shape();
        held = held
            .enclosing(&own)
            .expect("the members of a cohort have compatible shapes");
        assert_eq!(
            member.normalisation.is_some(),
            first.normalisation.is_some(),
            "the members of a cohort read data of one form"
        );
    }
}
