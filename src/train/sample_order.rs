//! Who sees which samples in which order.

use super::groups::groups;
use super::member::Member;
use crate::backend::Backend;
use crate::data::{DeviceNormalisation, DeviceSamples, Normalisation};
use std::sync::Arc;

/// The distinct orders of samples in a cohort, and whose they are.
///
/// The order of an epoch is keyed by seed, repeat and fold: members of equal seed and partition
/// see the same, and it is made once for all of them.
pub(super) struct Orders<'m, 'a> {
    /// One member for each distinct order.
    pub(super) distinct: Vec<&'m Member<'a>>,
    /// For each owner of batches the index of its order. One owner, where all members share one
    /// order; else each member is an owner.
    pub(super) owners: Vec<usize>,
}

/// What decides the order and the look of a member's samples.
struct SampleKey<'m, 'a>(&'m Member<'a>);

impl PartialEq for SampleKey<'_, '_> {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (self.0, other.0);
        let same_partition = Arc::ptr_eq(&a.partition, &b.partition) || a.partition == b.partition;
        a.seed == b.seed && same_partition && a.normalisation == b.normalisation
    }
}

impl<'m, 'a> Orders<'m, 'a> {
    pub(super) fn of(members: &'m [Member<'a>]) -> Self {
        let groups = groups(members.iter().map(SampleKey));
        let mut owners = vec![0; if groups.len() == 1 { 1 } else { members.len() }];
        if groups.len() > 1 {
            for (order, (_, places)) in groups.iter().enumerate() {
                places.iter().for_each(|&place| owners[place] = order);
            }
        }
        Self {
            distinct: groups
                .into_iter()
                .map(|(SampleKey(member), _)| member)
                .collect(),
            owners,
        }
    }

    /// One member for each owner of batches.
    pub(super) fn owners(&self) -> impl ExactSizeIterator<Item = &'m Member<'a>> + Clone {
        self.owners.iter().map(|&order| self.distinct[order])
    }

    /// The normalisation of each owner of `samples`; nothing where that is done already.
    pub(super) fn normalisation<B: Backend>(
        &self,
        samples: &DeviceSamples<B>,
    ) -> Option<DeviceNormalisation<B>> {
        let own = self.owners().map(|owner| owner.normalisation.as_deref());
        let own: Vec<&Normalisation> = own.collect::<Option<_>>()?;
        Some(DeviceNormalisation::new(
            &own,
            samples.features(),
            &samples.device(),
        ))
    }
}
