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

/// Whether all members see the same samples in the same order, so that batches are shared.
pub(super) fn share_batches(members: &[Member]) -> bool {
    members.iter().all(|member| {
        member.seed == members[0].seed
            && member.partition == members[0].partition
            && member.normalisation == members[0].normalisation
    })
}

/// Checks that the members can be one stacked program.
///
/// # Panics
/// When they cannot: the planner groups only runs of equal shape.
pub(super) fn assert_stackable(members: &[Member]) {
    let shape = |member: &Member| {
        let (config, training) = (member.config, &member.config.training);
        (
            (config.data.set, config.data.shift, config.data.flip),
            config.stages(),
            (training.epochs, training.batch_size),
            (training.optimizer, training.nesterov, training.centered),
            member.partition.train.len(),
            member.partition.validation.len(),
            member.normalisation.is_some(),
        )
    };
    assert!(!members.is_empty(), "a cohort has at least one member");
    assert!(
        members.iter().all(|m| shape(m) == shape(&members[0])),
        "the members of a cohort have equal shapes"
    );
}
