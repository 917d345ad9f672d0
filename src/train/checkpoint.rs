//! The state of members as plain numbers, and cohorts that continue from such states.

use super::cohort::{Cohort, Snapshot};
use super::completion::MemberCompletion;
use super::member::Member;
use super::optimizer::OptimizerState;
use super::schedule::Plateau;
use crate::backend::Backend;
use crate::data::DeviceDataset;
use crate::model::{all_values, parameter_shapes, state_shapes, state_tensors};
use crate::spec::{Config, Schedule};
use crate::training_state::{SavedOptimizer, TrainingState};

/// No optimizer has more lists.
const MAX_LISTS: usize = 8;

/// Whether a run of this configuration can continue from a state: the state has the tensors and the
/// optional parts of such a run, and its epoch is before the run's last.
pub fn is_compatible(config: &Config, state: &TrainingState) -> bool {
    let training = &config.training;
    let stages = config.stages();
    let network = state_shapes(&stages);
    let parameters = parameter_shapes(&stages);
    let has_plateau = matches!(training.schedule, Schedule::Plateau { .. });
    let restores_best = training.patience.is_some() && training.restore_best;
    let lists = &state.optimizer.lists;
    (1..training.epochs.get()).contains(&state.epoch)
        && state.best_epoch <= state.epoch
        && i32::try_from(state.optimizer.steps).is_ok()
        && state.plateau.is_some() == has_plateau
        && state.stopping.is_some() == training.patience.is_some()
        && has_shapes(&state.network, &network)
        && state
            .best
            .iter()
            .all(|best| restores_best && has_shapes(best, &network))
        && lists.len() <= MAX_LISTS
        && lists
            .iter()
            .all(|list| list.is_empty() || has_shapes(list, &parameters))
}

fn has_shapes(tensors: &[Vec<f32>], shapes: &[[usize; 2]]) -> bool {
    let pairs = tensors.iter().zip(shapes);
    tensors.len() == shapes.len()
        && pairs.fold(true, |all, (tensor, [rows, columns])| {
            all && tensor.len() == rows * columns
        })
}

impl<'a, B: Backend> Cohort<'a, B> {
    /// A cohort of members that continue from these states.
    ///
    /// # Panics
    /// If a state is not [compatible](is_compatible) with its member.
    pub(super) fn resumed(
        data: &'a DeviceDataset<B>,
        members: Vec<Member<'a>>,
        states: &[TrainingState],
    ) -> Self {
        let device = data.train.device();
        let pairs = members.iter().zip(states);
        let snapshots = pairs.map(|(member, state)| snapshot(member.config, state, &device));
        let snapshots = snapshots.collect();
        Self::from_snapshots(data, members, snapshots)
    }
}

fn snapshot<B: Backend>(config: &Config, state: &TrainingState, device: &B::Device) -> Snapshot<B> {
    let stages = config.stages();
    let parameters = parameter_shapes(&stages);
    let lists = state.optimizer.lists.iter();
    Snapshot {
        network: state_tensors(
            state.network.iter().cloned(),
            &state_shapes(&stages),
            device,
        ),
        optimizer: OptimizerState {
            steps: state.optimizer.steps,
            lists: lists
                .map(|list| state_tensors(list.iter().cloned(), &parameters, device))
                .collect(),
        },
        plateau: state.plateau.map(Plateau::from_state),
    }
}

/// The state of a member after an epoch.
pub(super) fn training_state<B: Backend>(
    epoch: usize,
    snapshot: &Snapshot<B>,
    completion: &MemberCompletion<B>,
) -> TrainingState {
    let optimizer = &snapshot.optimizer;
    TrainingState {
        epoch,
        network: all_values(&snapshot.network),
        optimizer: SavedOptimizer {
            steps: optimizer.steps,
            lists: optimizer
                .lists
                .iter()
                .map(|list| all_values(list))
                .collect(),
        },
        plateau: snapshot.plateau.as_ref().map(Plateau::state),
        stopping: completion.early_stopping(),
        best_epoch: completion.best_epoch(),
        best: completion.best_state(),
    }
}
