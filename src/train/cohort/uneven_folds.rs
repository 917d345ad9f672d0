//! An epoch of members that have different numbers of training samples, because folds may differ in
//! size.

use super::snapshot::Snapshot;
use super::state::Cohort;
use crate::backend::Backend;
use crate::model::{concat_members, padded, parameter_shapes};
use crate::train::evaluation::LossAccumulator;
use crate::train::training_host::{Interrupted, TrainingHost};
use burn::tensor::Tensor;

/// For each member, the mean loss and accuracy, and the gradients of its last step.
type Trained<B> = (Vec<(f64, f64)>, Vec<Tensor<B, 3>>);

impl<B: Backend> Cohort<'_, B> {
    /// Trains an epoch: full batches together, then the last ones of each group as a separate
    /// cohort. `groups` has the number of samples and the places of the members that have it.
    pub(super) fn uneven_epoch(
        &mut self,
        epoch: usize,
        groups: Vec<(usize, Vec<usize>)>,
        host: &mut dyn TrainingHost,
    ) -> Result<Trained<B>, Interrupted> {
        let batch_size = self.members[0].config.training.batch_size.get();
        let full_batches = groups.iter().map(|(samples, _)| samples / batch_size).min();
        let shared_batches = full_batches.unwrap_or(0);
        let mut losses = LossAccumulator::new();
        let gradients = self.steps(epoch, 0..shared_batches, &mut losses, host)?;
        let mut means = vec![(0.0, 0.0); self.members.len()];
        let mut last_gradients = vec![Vec::new(); self.members.len()];
        let mut snapshots: Vec<_> = self.snapshots().into_iter().map(Some).collect();
        let mut take = |place: usize| snapshots[place].take().expect("each place is in one group");
        let mut trained: Vec<(usize, Snapshot<B>)> = Vec::with_capacity(self.members.len());
        for (samples, places) in groups {
            let mut group_losses = losses.select_members(&places);
            let batches = shared_batches..samples.div_ceil(batch_size);
            let group_snapshots: Vec<_> = places.iter().map(|&place| take(place)).collect();
            if batches.is_empty() {
                for &place in &places {
                    last_gradients[place] = self.member_gradients(&gradients, place);
                }
                trained.extend(places.iter().copied().zip(group_snapshots));
            } else {
                let members = places.iter().map(|&place| self.members[place].clone());
                let mut group =
                    Cohort::from_snapshots(self.data, members.collect(), group_snapshots);
                let group_gradients = group.steps(epoch, batches, &mut group_losses, host)?;
                for (index, &place) in places.iter().enumerate() {
                    last_gradients[place] = group.member_gradients(&group_gradients, index);
                }
                trained.extend(places.iter().copied().zip(group.snapshots()));
            }
            for (&place, mean) in places.iter().zip(group_losses.means()) {
                means[place] = mean;
            }
        }
        trained.sort_by_key(|(place, _)| *place);
        let snapshots = trained.into_iter().map(|(_, snapshot)| snapshot).collect();
        let members = std::mem::take(&mut self.members);
        *self = Cohort::from_snapshots(self.data, members, snapshots);
        Ok((means, self.stacked_gradients(last_gradients)))
    }

    /// Stacks the gradients of each member, which have the member's own shape: one tensor for each
    /// parameter.
    fn stacked_gradients(&self, members: Vec<Vec<Tensor<B, 3>>>) -> Vec<Tensor<B, 3>> {
        let mut members: Vec<_> = members.into_iter().map(Vec::into_iter).collect();
        let shapes = parameter_shapes(self.model.stages());
        let stacked = shapes.into_iter().map(|shape| {
            let gradients = members.iter_mut().map(|gradients| {
                let gradient = gradients.next().expect("one for each parameter");
                padded(gradient, shape)
            });
            concat_members(gradients.collect())
        });
        stacked.collect()
    }
}
