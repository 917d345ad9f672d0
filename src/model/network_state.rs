//! Builds networks from the states of their members, and returns these states.

use super::initial_state::initial_state;
use super::network::Network;
use super::padding::{padded, parameter_shapes, state_shapes, trimmed};
use crate::backend::Backend;
use crate::random::Seed;
use crate::spec::{Config, enclosing_stages};
use crate::stages::{Operation, Stage, concat_members};
use burn::tensor::Tensor;

impl<B: Backend> Network<B> {
    /// Networks of these configurations, with their initial weights.
    ///
    /// # Panics
    /// If there is no configuration, the number of seeds differs, or the members cannot be stacked.
    pub fn new(configs: &[&Config], seeds: &[Seed], device: &B::Device) -> Self {
        assert_eq!(configs.len(), seeds.len(), "one seed for each member");
        let member_stages: Vec<_> = configs.iter().map(|config| config.stages()).collect();
        let members = configs.iter().zip(seeds).zip(&member_stages);
        let states = members
            .map(|((config, &seed), stages)| initial_state(config, seed, stages, device))
            .collect();
        Self::from_states(member_stages, states)
    }

    /// Networks of these stages, one list per member, in states from [`Network::member_state`].
    /// Narrower members are padded to the widest.
    ///
    /// # Panics
    /// If there is no member, the members cannot be stacked, or a state does not match its stages.
    pub fn from_states(member_stages: Vec<Vec<Stage>>, states: Vec<Vec<Tensor<B, 3>>>) -> Self {
        let first = member_stages[0].clone();
        let enclosing = member_stages[1..].iter().fold(first, |enclosing, stages| {
            enclosing_stages(&enclosing, stages)
                .expect("members of one cohort are of compatible shapes")
        });
        let shapes = state_shapes(&enclosing);
        let mut states: Vec<_> = states.into_iter().map(Vec::into_iter).collect();
        let stacked = shapes.iter().map(|&shape| {
            let of_members = states.iter_mut().map(|state| {
                let tensor = state.next().expect("a state has the tensors of its stages");
                padded(tensor, shape)
            });
            concat_members(of_members.collect())
        });
        let mut parameters: Vec<_> = stacked.collect();
        let statistics = parameters.split_off(parameter_shapes(&enclosing).len());
        let mut network = Self::stacked(enclosing, member_stages, parameters);
        network.set_statistics(statistics);
        network
    }

    /// Everything that training changes: parameters, then running statistics. Each tensor is
    /// `[members, rows, columns]`.
    pub fn state(&self) -> Vec<Tensor<B, 3>> {
        let mut state = self.parameters.clone();
        state.extend(self.statistics());
        state
    }

    /// The running statistics of each stage that has some: `[members, rows, columns]` each.
    pub fn statistics(&self) -> Vec<Tensor<B, 3>> {
        let stages = self.stages.iter();
        stages
            .flat_map(|stage| stage.operation.statistics())
            .collect()
    }

    /// Replaces the [`statistics`](Self::statistics).
    ///
    /// # Panics
    /// If their number is not that of the stages.
    pub fn set_statistics(&mut self, statistics: Vec<Tensor<B, 3>>) {
        let mut statistics = statistics.into_iter();
        for (stage, shapes) in self.stages.iter_mut().zip(&self.enclosing) {
            let count = shapes.statistic_shapes().count();
            let of_stage: Vec<_> = statistics.by_ref().take(count).collect();
            assert_eq!(of_stage.len(), count, "the statistics of the stages");
            stage.operation.set_statistics(of_stage);
        }
        assert!(statistics.next().is_none(), "the statistics of the stages");
    }

    /// The state of one member in its own shape. Each tensor is `[1, rows, columns]`.
    pub fn member_state(&self, member: usize) -> Vec<Tensor<B, 3>> {
        self.state()
            .into_iter()
            .zip(state_shapes(&self.member_stages[member]))
            .map(|(tensor, shape)| trimmed(tensor.narrow(0, member, 1), shape))
            .collect()
    }

    /// The networks of these members, in this order.
    ///
    /// # Panics
    /// If `members` is empty.
    #[must_use]
    pub fn select_members(&self, members: &[usize]) -> Self {
        let stages = members
            .iter()
            .map(|&member| self.member_stages[member].clone());
        let states = members.iter().map(|&member| self.member_state(member));
        Self::from_states(stages.collect(), states.collect())
    }
}
