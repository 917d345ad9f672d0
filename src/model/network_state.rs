//! All that training changes of networks, taken apart by member and put together again.

use super::init::{self, Fans};
use super::network::Network;
use super::operation::Operation;
use super::padding::{padded, parameter_shapes, state_shapes, trimmed};
use super::segments::stack;
use crate::backend::Backend;
use crate::random::Seed;
use crate::spec::{Config, Stage, enclosing_stages};
use burn::tensor::{Tensor, TensorData};

impl<B: Backend> Network<B> {
    /// Networks of these stages, one list for each member, in the states that
    /// [`Network::member_state`] gave. A member that is narrower than the widest is padded.
    ///
    /// # Panics
    /// Without a member, when no model holds all, or when the states are of other stages.
    pub fn of_states(own: Vec<Vec<Stage>>, states: Vec<Vec<Tensor<B, 3>>>) -> Self {
        let held = own[1..].iter().fold(own[0].clone(), |held, own| {
            enclosing_stages(&held, own).expect("members of one cohort are of compatible shapes")
        });
        let shapes = state_shapes(&held);
        let mut states: Vec<_> = states.into_iter().map(Vec::into_iter).collect();
        let stacked = shapes.iter().map(|&shape| {
            let own = states.iter_mut().map(|state| {
                let tensor = state.next().expect("a state has all of its stages'");
                padded(tensor, shape)
            });
            stack(own.collect())
        });
        let mut parameters: Vec<_> = stacked.collect();
        let statistics = parameters.split_off(parameter_shapes(&held).len());
        let mut network = Self::stacked(held, own, parameters);
        network.set_statistics(statistics);
        network
    }

    /// All that training changes: parameters, then running statistics. `[members, rows, columns]`
    pub fn state(&self) -> Vec<Tensor<B, 3>> {
        let mut state = self.parameters.clone();
        state.extend(self.statistics());
        state
    }

    /// The running mean and variance of each batch norm: `[members, 1, units]` each.
    pub fn statistics(&self) -> Vec<Tensor<B, 3>> {
        let of = |stage: &Operation<B>| match stage {
            Operation::BatchNorm(norm) => vec![norm.mean.clone(), norm.variance.clone()],
            _ => Vec::new(),
        };
        self.stages.iter().flat_map(of).collect()
    }

    /// Replaces the [`statistics`](Self::statistics).
    ///
    /// # Panics
    /// If there are fewer than two for each batch norm.
    pub fn set_statistics(&mut self, statistics: Vec<Tensor<B, 3>>) {
        let mut statistics = statistics.into_iter();
        for stage in &mut self.stages {
            if let Operation::BatchNorm(norm) = stage {
                let mut next = || statistics.next().expect("two for each batch norm");
                (norm.mean, norm.variance) = (next(), next());
            }
        }
        assert!(statistics.next().is_none(), "two for each batch norm");
    }

    /// The state of one member in its own shape: each `[1, rows, columns]`.
    pub fn member_state(&self, member: usize) -> Vec<Tensor<B, 3>> {
        self.state()
            .into_iter()
            .zip(state_shapes(&self.own[member]))
            .map(|(tensor, shape)| trimmed(tensor.narrow(0, member, 1), shape))
            .collect()
    }

    /// The networks of some of the members, in the order of `members`.
    ///
    /// # Panics
    /// Without a member.
    #[must_use]
    pub fn of_members(&self, members: &[usize]) -> Self {
        let own = members.iter().map(|&member| self.own[member].clone());
        let states = members.iter().map(|&member| self.member_state(member));
        Self::of_states(own.collect(), states.collect())
    }
}

/// The state of one member before its training.
pub(super) fn initial_state<B: Backend>(
    config: &Config,
    seed: Seed,
    stages: &[Stage],
    device: &B::Device,
) -> Vec<Tensor<B, 3>> {
    let mut parameters = Vec::new();
    let mut statistics = Vec::new();
    let mut layers = 0;
    for &stage in stages {
        if let Some(fans) = Fans::of(stage) {
            let [weight, bias] = init::layer(config, seed, layers, fans);
            let weight = TensorData::new(weight, [1, fans.inputs, fans.outputs]);
            let bias = TensorData::new(bias, [1, 1, fans.outputs]);
            parameters.push(Tensor::from_data(weight, device));
            parameters.push(Tensor::from_data(bias, device));
            layers += 1;
        }
        let (units, is_batch) = match stage {
            Stage::BatchNorm { units, .. } => (units, true),
            Stage::LayerNorm { features } => (features, false),
            _ => continue,
        };
        let constant = [
            Tensor::ones([1, 1, units], device),
            Tensor::zeros([1, 1, units], device),
        ];
        parameters.extend(constant.clone());
        if is_batch {
            let [ones, zeros] = constant;
            statistics.extend([zeros, ones]);
        }
    }
    parameters.extend(statistics);
    parameters
}
