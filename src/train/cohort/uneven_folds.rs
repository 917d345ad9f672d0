//! An epoch of members that have different numbers of training samples, because folds may differ in
//! size.

use super::snapshot::Snapshot;
use super::state::Cohort;
use crate::backend::Backend;
use crate::metrics::Scores;
use crate::model::{padded, parameter_shapes};
use crate::stages::concat_members;
use crate::train::evaluation::LossAccumulator;
use crate::train::events::Interrupted;
use crate::train::training_host::TrainingHost;
use burn::tensor::Tensor;

/// For each member, the mean loss and accuracy, and the gradients of its last step.
type Trained<B> = (Vec<Scores>, Vec<Tensor<B, 3>>);

impl<B: Backend> Cohort<'_, B> {
    /// Trains an epoch: full batches together, then the last ones of each group as a separate
    /// cohort. `groups` has the number of samples and the members that have it.
    pub(super) fn uneven_epoch(
        &mut self,
        epoch: usize,
        groups: Vec<(usize, Vec<usize>)>,
        host: &TrainingHost<'_>,
    ) -> Result<Trained<B>, Interrupted> {
        let batch_size = self.members[0].config.training.batch_size.get();
        let full_batches = groups.iter().map(|(samples, _)| samples / batch_size).min();
        let shared_batches = full_batches.unwrap_or(0);
        let mut losses = LossAccumulator::new();
        let gradients = self.steps(epoch, 0..shared_batches, &mut losses, host)?;
        let mut scores = vec![Scores::default(); self.members.len()];
        let mut last_gradients = vec![Vec::new(); self.members.len()];
        let mut snapshots: Vec<_> = self.snapshots().into_iter().map(Some).collect();
        let mut take = |member: usize| {
            snapshots[member]
                .take()
                .expect("each member is in one group")
        };
        let mut trained: Vec<(usize, Snapshot<B>)> = Vec::with_capacity(self.members.len());
        for (samples, members) in groups {
            let mut group_losses = losses.select_members(&members);
            let batches = shared_batches..samples.div_ceil(batch_size);
            let group_snapshots: Vec<_> = members.iter().map(|&member| take(member)).collect();
            if batches.is_empty() {
                for &member in &members {
                    last_gradients[member] = self.member_gradients(&gradients, member);
                }
                trained.extend(members.iter().copied().zip(group_snapshots));
            } else {
                let group_members = members.iter().map(|&member| self.members[member].clone());
                let mut group =
                    Cohort::from_snapshots(self.data, group_members.collect(), group_snapshots);
                let group_gradients = group.steps(epoch, batches, &mut group_losses, host)?;
                for (index_in_group, &member) in members.iter().enumerate() {
                    last_gradients[member] =
                        group.member_gradients(&group_gradients, index_in_group);
                }
                trained.extend(members.iter().copied().zip(group.snapshots()));
            }
            for (&member, of_member) in members.iter().zip(group_losses.scores()) {
                scores[member] = of_member;
            }
        }
        trained.sort_by_key(|(member, _)| *member);
        let snapshots = trained.into_iter().map(|(_, snapshot)| snapshot).collect();
        let members = std::mem::take(&mut self.members);
        *self = Cohort::from_snapshots(self.data, members, snapshots);
        Ok((scores, self.stacked_gradients(last_gradients)))
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
