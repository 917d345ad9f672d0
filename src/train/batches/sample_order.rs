//! Which members see which samples in which order.

use crate::backend::Backend;
use crate::data::{DeviceNormalisation, DeviceSamples, Normalisation};
use crate::train::grouping::group_by_key;
use crate::train::member::Member;
use std::sync::Arc;

/// The distinct orders of samples in a cohort, and the members that use them.
///
/// Seed, repeat and fold determine the order of an epoch. Members of equal seed and partition have
/// the same order, which is made once for all of them.
pub(in crate::train) struct SampleOrders<'m, 'a> {
    /// One member for each distinct order.
    pub(super) distinct: Vec<&'m Member<'a>>,
    /// For each owner of batches, the index of its order. If all members share one order, there is a
    /// single owner; otherwise, each member is an owner.
    pub(super) owners: Vec<usize>,
}

/// Compares all that determines the order and the values of a member's samples.
struct SampleKey<'m, 'a>(&'m Member<'a>);

impl PartialEq for SampleKey<'_, '_> {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (self.0, other.0);
        let same_partition = Arc::ptr_eq(&a.partition, &b.partition) || a.partition == b.partition;
        a.seed == b.seed && same_partition && a.normalisation == b.normalisation
    }
}

impl<'m, 'a> SampleOrders<'m, 'a> {
    pub(in crate::train) fn of(members: &'m [Member<'a>]) -> Self {
        let groups = group_by_key(members.iter().map(SampleKey));
        let mut owners = vec![0; if groups.len() == 1 { 1 } else { members.len() }];
        if groups.len() > 1 {
            for (order, (_, positions)) in groups.iter().enumerate() {
                positions
                    .iter()
                    .for_each(|&position| owners[position] = order);
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
    pub(in crate::train) fn owners(&self) -> impl ExactSizeIterator<Item = &'m Member<'a>> + Clone {
        self.owners.iter().map(|&order| self.distinct[order])
    }

    /// The normalisation of each owner; `None` if `samples` are normalised already.
    pub(in crate::train) fn normalisation<B: Backend>(
        &self,
        samples: &DeviceSamples<B>,
    ) -> Option<DeviceNormalisation<B>> {
        let normalisations = self.owners().map(|owner| owner.normalisation.as_deref());
        let normalisations: Vec<&Normalisation> = normalisations.collect::<Option<_>>()?;
        Some(DeviceNormalisation::new(
            &normalisations,
            samples.features(),
            &samples.device(),
        ))
    }
}
