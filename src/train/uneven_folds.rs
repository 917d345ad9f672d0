//! An epoch of members that have different numbers of training samples, as folds may have.

use super::cohort::Cohort;
use super::loss_accumulator::LossAccumulator;
use super::snapshot::Snapshot;
use super::{Interrupted, TrainingHost};
use crate::backend::Backend;
use crate::model::{padded, parameter_shapes, stack};
use burn::tensor::Tensor;

/// Mean loss and accuracy of each member, and the gradients of each one's last step.
type Trained<B> = (Vec<(f64, f64)>, Vec<Tensor<B, 3>>);

impl<B: Backend> Cohort<'_, B> {
    /// Trains an epoch: full batches together, then each group of members of equal number its
    /// last ones, as a cohort of its own. `groups` has the number of samples and the places of
    /// each.
    pub(super) fn unequal_epoch(
        &mut self,
        epoch: usize,
        groups: Vec<(usize, Vec<usize>)>,
        observer: &mut dyn TrainingHost,
    ) -> Result<Trained<B>, Interrupted> {
        let size = self.members[0].config.training.batch_size.get();
        let full = groups.iter().map(|(count, _)| count / size).min();
        let together = full.unwrap_or(0);
        let mut tally = LossAccumulator::new();
        let gradients = self.steps(epoch, 0..together, &mut tally, observer)?;
        let mut means = vec![(0.0, 0.0); self.members.len()];
        let mut last = vec![Vec::new(); self.members.len()];
        let mut snapshots: Vec<_> = self.snapshots().into_iter().map(Some).collect();
        let mut take = |place: usize| snapshots[place].take().expect("each place is in one group");
        let mut trained: Vec<(usize, Snapshot<B>)> = Vec::with_capacity(self.members.len());
        for (count, places) in groups {
            let mut tally = tally.of_members(&places);
            let batches = together..count.div_ceil(size);
            let own: Vec<_> = places.iter().map(|&place| take(place)).collect();
            if batches.is_empty() {
                for &place in &places {
                    last[place] = self.member_gradients(&gradients, place);
                }
                trained.extend(places.iter().copied().zip(own));
            } else {
                let members = places.iter().map(|&place| self.members[place].clone());
                let mut part = Cohort::of_snapshots(self.data, members.collect(), own);
                let gradients = part.steps(epoch, batches, &mut tally, observer)?;
                for (own, &place) in places.iter().enumerate() {
                    last[place] = part.member_gradients(&gradients, own);
                }
                trained.extend(places.iter().copied().zip(part.snapshots()));
            }
            for (&place, mean) in places.iter().zip(tally.means()) {
                means[place] = mean;
            }
        }
        trained.sort_by_key(|(place, _)| *place);
        let snapshots = trained.into_iter().map(|(_, snapshot)| snapshot).collect();
        let members = std::mem::take(&mut self.members);
        *self = Cohort::of_snapshots(self.data, members, snapshots);
        Ok((means, self.stacked_gradients(last)))
    }

    /// Gradients of each member in its own shape, as one stack for each parameter.
    fn stacked_gradients(&self, members: Vec<Vec<Tensor<B, 3>>>) -> Vec<Tensor<B, 3>> {
        let mut members: Vec<_> = members.into_iter().map(Vec::into_iter).collect();
        let shapes = parameter_shapes(self.model.stages());
        let stacked = shapes.into_iter().map(|shape| {
            let own = members.iter_mut().map(|gradients| {
                let gradient = gradients.next().expect("one for each parameter");
                padded(gradient, shape)
            });
            stack(own.collect())
        });
        stacked.collect()
    }
}
