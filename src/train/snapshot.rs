//! A cohort taken apart into its members, and made again from some of them.

use super::cohort::Cohort;
use super::member::Member;
use super::optimizer::OptimizerState;
use super::watch::Plateau;
use crate::backend::Backend;
use crate::data::DeviceDataset;
use crate::model::{Network, parameter_shapes};
use burn::tensor::Tensor;

/// All that training changes of one member: what it goes on from, in whatever cohort.
///
/// Tensors have the member's own shape, without padding, and share memory with the cohort that
/// they are taken from.
#[derive(Clone, Debug)]
pub struct Snapshot<B: Backend> {
    /// Parameters, then running statistics, as [`Network::member_state`] has them.
    pub network: Vec<Tensor<B, 3>>,
    /// What the optimizer remembers.
    pub optimizer: OptimizerState<B>,
    /// The schedule `plateau`, where it is the one.
    pub plateau: Option<Plateau>,
}

impl<'a, B: Backend> Cohort<'a, B> {
    /// The state of each member between two steps.
    pub(super) fn snapshots(&self) -> Vec<Snapshot<B>> {
        let snapshot = |place| Snapshot {
            network: self.model.member_state(place),
            optimizer: self
                .optimizer
                .state(place)
                .trimmed(&parameter_shapes(self.model.member_stages(place))),
            plateau: self.plateaus[place].clone(),
        };
        (0..self.members.len()).map(snapshot).collect()
    }

    /// A cohort of members that go on from these states.
    pub(super) fn of_snapshots(
        data: &'a DeviceDataset<B>,
        members: Vec<Member<'a>>,
        snapshots: Vec<Snapshot<B>>,
    ) -> Self {
        let (mut networks, mut optimizers, mut plateaus) = (Vec::new(), Vec::new(), Vec::new());
        for snapshot in snapshots {
            networks.push(snapshot.network);
            optimizers.push(snapshot.optimizer);
            plateaus.push(snapshot.plateau);
        }
        let stages = members.iter().map(|member| member.config.stages());
        let mut cohort = Self::with_model(
            data,
            Network::of_states(stages.collect(), networks),
            members,
        );
        let shapes = parameter_shapes(cohort.model.stages());
        let padded = optimizers.into_iter().map(|state| state.padded(&shapes));
        cohort.optimizer.restore(padded.collect());
        cohort.plateaus = plateaus;
        cohort
    }

    /// The cohort of the members at these places, which goes on without the others.
    #[must_use]
    pub(super) fn of_members(self, places: &[usize]) -> Self {
        let mut snapshots: Vec<_> = self.snapshots().into_iter().map(Some).collect();
        let own = places.iter().map(|&place| {
            let snapshot = snapshots[place].take();
            (
                self.members[place].clone(),
                snapshot.expect("each place stands once"),
            )
        });
        let (members, snapshots) = own.unzip();
        Self::of_snapshots(self.data, members, snapshots)
    }
}
