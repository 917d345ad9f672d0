//! Members as plain numbers, and members that go on from such.

use super::cohort::Cohort;
use super::completion::MemberCompletion;
use super::member::Member;
use super::optimizer::OptimizerState;
use super::snapshot::Snapshot;
use super::watch::Plateau;
use crate::backend::Backend;
use crate::data::DeviceDataset;
use crate::model::{parameter_shapes, state_shapes, values};
use crate::spec::{Config, Schedule};
use crate::training_state::{SavedOptimizer, TrainingState};
use burn::tensor::{Tensor, TensorData};

/// More lists than any optimizer has.
const MOST_LISTS: usize = 8;

/// Whether a run of this configuration can go on from a state: it has the tensors and memories of
/// such a run, and is of an epoch before its last.
pub fn is_compatible(config: &Config, state: &TrainingState) -> bool {
    let training = &config.training;
    let stages = config.stages();
    let network = state_shapes(&stages);
    let parameters = parameter_shapes(&stages);
    let is_plateau = matches!(training.schedule, Schedule::Plateau { .. });
    let restores = training.patience.is_some() && training.restore_best;
    let lists = &state.optimizer.lists;
    (1..training.epochs.get()).contains(&state.epoch)
        && state.best_epoch <= state.epoch
        && i32::try_from(state.optimizer.steps).is_ok()
        && state.plateau.is_some() == is_plateau
        && state.stopping.is_some() == training.patience.is_some()
        && has_shapes(&state.network, &network)
        && state
            .best
            .iter()
            .all(|best| restores && has_shapes(best, &network))
        && lists.len() <= MOST_LISTS
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
    /// A cohort of members that go on from these states.
    ///
    /// # Panics
    /// When a state does not fit its member.
    pub(super) fn resumed(
        data: &'a DeviceDataset<B>,
        members: Vec<Member<'a>>,
        states: &[TrainingState],
    ) -> Self {
        let device = data.train.device();
        let pairs = members.iter().zip(states);
        let snapshots = pairs.map(|(member, state)| snapshot(member.config, state, &device));
        let snapshots = snapshots.collect();
        Self::of_snapshots(data, members, snapshots)
    }
}

fn snapshot<B: Backend>(config: &Config, state: &TrainingState, device: &B::Device) -> Snapshot<B> {
    let stages = config.stages();
    let parameters = parameter_shapes(&stages);
    let lists = state.optimizer.lists.iter();
    Snapshot {
        network: tensors(&state.network, &state_shapes(&stages), device),
        optimizer: OptimizerState {
            steps: state.optimizer.steps,
            momentum_product: state.optimizer.momentum_product,
            lists: lists
                .map(|list| tensors(list, &parameters, device))
                .collect(),
        },
        plateau: state.plateau.map(Plateau::of_state),
    }
}

/// Tensors of these shapes, `[1, rows, columns]`.
pub(super) fn tensors<B: Backend>(
    numbers: &[Vec<f32>],
    shapes: &[[usize; 2]],
    device: &B::Device,
) -> Vec<Tensor<B, 3>> {
    let tensor = |(numbers, &[rows, columns]): (&Vec<f32>, &[usize; 2])| {
        Tensor::from_data(TensorData::new(numbers.clone(), [1, rows, columns]), device)
    };
    numbers.iter().zip(shapes).map(tensor).collect()
}

/// The numbers of tensors.
pub(super) fn numbers<B: Backend>(tensors: &[Tensor<B, 3>]) -> Vec<Vec<f32>> {
    tensors.iter().cloned().map(values).collect()
}

/// A member after an epoch, as plain numbers.
pub(super) fn training_state<B: Backend>(
    epoch: usize,
    snapshot: &Snapshot<B>,
    end: &MemberCompletion<B>,
) -> TrainingState {
    let optimizer = &snapshot.optimizer;
    TrainingState {
        epoch,
        network: numbers(&snapshot.network),
        optimizer: SavedOptimizer {
            steps: optimizer.steps,
            momentum_product: optimizer.momentum_product,
            lists: optimizer.lists.iter().map(|list| numbers(list)).collect(),
        },
        plateau: snapshot.plateau.as_ref().map(Plateau::state),
        stopping: end.stopping(),
        best_epoch: end.epoch(),
        best: end.kept(),
    }
}
