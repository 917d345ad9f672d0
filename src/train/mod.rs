//! Training of one cohort: its step, its epochs, its ends.
//!
//! No files, and no clock but the one handed in: what happens is told to an [`TrainingHost`].

mod augment;
mod batches;
mod cohort;
mod completion;
mod evaluate;
mod fused;
mod groups;
mod loss_accumulator;
mod member;
mod optimizer;
mod per_member;
mod profile;
mod regularise;
mod restore;
mod sample_order;
mod schedule;
mod snapshot;
mod throughput;
mod uneven_folds;
mod watch;

pub use member::Member;
pub use optimizer::{Optimizer, OptimizerState, new as new_optimizer};
pub use per_member::PerMember;
pub use profile::{StepTime, profile};
pub use restore::is_compatible;
pub use schedule::{TrainingPosition, learning_rate};
pub use throughput::step_seconds;
pub use watch::Plateau;

use crate::backend::Backend;
use crate::data::DeviceDataset;
use crate::metrics::{EpochMetrics, LayerValues};
use crate::outcome::Outcome;
use crate::training_state::TrainingState;
use cohort::{Cohort, Epoch};
use completion::{LeavingMember, MemberCompletion, report_completions};
use evaluate::Predictions;
use restore::training_state;
use snapshot::Snapshot;

/// Who watches a training.
pub trait TrainingHost {
    /// Seconds since any fixed moment.
    fn elapsed(&self) -> f64;
    /// Whether to leave the training unfinished.
    fn should_stop(&self) -> bool;
    /// The member at this position has finished an epoch.
    fn on_epoch_end(&mut self, member: usize, metrics: &EpochMetrics);
    /// The member at this position has ended, and how: told once for each member.
    fn on_run_end(&mut self, member: usize, outcome: Outcome);
    /// Whether to be told of the layers' values at the end of this epoch, counted from 1.
    fn wants_layer_values(&self, _epoch: usize) -> bool {
        false
    }
    /// The layers of the member at this position at the end of an epoch, which is about to be
    /// told as finished.
    fn on_layer_values(&mut self, _member: usize, _epoch: usize, _layers: &[LayerValues]) {}
    /// Whether to be told of the final networks.
    fn wants_weights(&self) -> bool {
        false
    }
    /// All that training has changed of the final network of the member at this position, as plain
    /// numbers in the order of [`Network::member_state`](crate::model::Network::member_state).
    fn on_final_weights(&mut self, _member: usize, _state: Vec<Vec<f32>>) {}
    /// The state that the member at this position goes on from, which [`is_compatible`] it; nothing for one
    /// that starts. Either all members of a cohort go on, from the same epoch, or none does.
    fn resume_state(&mut self, _member: usize) -> Option<TrainingState> {
        None
    }
    /// Whether to be told of the members' states where training is left unfinished. In the middle
    /// of an epoch they are those of its beginning, which are kept for it.
    fn wants_checkpoints(&self) -> bool {
        false
    }
    /// The members in training have finished an epoch, counted from 1, which was not their last:
    /// what to do now.
    fn after_epoch(&mut self, _epoch: usize) -> EpochAction {
        EpochAction::Continue
    }
    /// The state of the member at this position, to go on from one day.
    fn on_checkpoint(&mut self, _member: usize, _state: TrainingState) {}
}

/// What to do between two epochs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EpochAction {
    /// Train on.
    Continue,
    /// Tell the states of all members in training, then train on.
    Checkpoint,
    /// Tell them, and leave the training unfinished.
    CheckpointAndStop,
}

/// The training was left unfinished, as its observer asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted;

/// Trains the members of a cohort together, and tells the observer how each ended.
///
/// A member that has ended leaves the cohort, which goes on with the others: what becomes of one
/// does not depend on who is beside it.
///
/// # Errors
/// [`Interrupted`] where the observer asked for it: of the members that have not ended, nothing is
/// to be kept but the states that were told.
///
/// # Panics
/// When no shape holds all members: see [`StackShape`](crate::spec::StackShape). When members go on
/// from different epochs.
pub fn train<B: Backend>(
    data: &DeviceDataset<B>,
    members: &[Member],
    observer: &mut dyn TrainingHost,
) -> Result<(), Interrupted> {
    member::assert_stackable(members);
    let states = (0..members.len()).map(|member| observer.resume_state(member));
    let states: Option<Vec<TrainingState>> = states.collect();
    let done = finished_epochs(states.as_deref());
    let (mut ends, mut cohort): (Vec<Option<MemberCompletion<B>>>, _) = match states {
        None => {
            let ends = members
                .iter()
                .map(|member| Some(MemberCompletion::new(member)));
            (ends.collect(), Cohort::new(data, members.to_vec()))
        }
        Some(states) => {
            let device = data.train.device();
            let resumed = |(member, state)| Some(MemberCompletion::resumed(member, state, &device));
            let ends = members.iter().zip(&states).map(resumed).collect();
            (ends, Cohort::resumed(data, members.to_vec(), &states))
        }
    };
    // The positions of those that are in the cohort.
    let mut positions: Vec<usize> = (0..members.len()).collect();
    for epoch in done + 1.. {
        let before = observer.wants_checkpoints().then(|| cohort.snapshots());
        let trained = match cohort.epoch(epoch - 1, observer) {
            Ok(trained) => trained,
            Err(interrupted) => {
                if let Some(before) = before.filter(|_| epoch > 1) {
                    tell_states(epoch - 1, &positions, &before, &ends, observer);
                }
                return Err(interrupted);
            }
        };
        drop(before);
        let validation =
            Predictions::to_validation(&mut cohort.model, &data.train, &cohort.members);
        let metrics = epoch_metrics(&cohort, epoch, &trained, &validation);
        for (place, (&position, metrics)) in positions.iter().zip(&metrics).enumerate() {
            let end = in_training(&mut ends, position);
            if !is_finite(metrics) {
                end.diverged(epoch);
                continue;
            }
            if observer.wants_layer_values(epoch) {
                let layers = cohort.layer_values(&trained.gradients, place);
                observer.on_layer_values(position, epoch, &layers);
            }
            observer.on_epoch_end(position, metrics);
            cohort.epoch_finished(place, metrics);
            in_training(&mut ends, position).judge(&cohort, place, metrics);
        }
        let (staying, leaving): (Vec<_>, Vec<_>) = (0..positions.len())
            .partition(|&place| in_training(&mut ends, positions[place]).is_open());
        if !leaving.is_empty() {
            let mut scores = validation.evaluated(&leaving);
            let left = leaving.into_iter().map(|place| {
                let position = positions[place];
                let mut end = ends[position].take().expect("a member leaves once");
                end.leave(&cohort, place, scores[place].take());
                let member = &members[position];
                LeavingMember {
                    position,
                    member,
                    end,
                }
            });
            let left = left.collect();
            if staying.is_empty() {
                // What ends needs its memory.
                drop((cohort, trained, validation));
                report_completions(data, left, observer);
                return Ok(());
            }
            report_completions(data, left, observer);
            positions = staying.iter().map(|&place| positions[place]).collect();
            cohort = cohort.of_members(&staying);
        }
        let action = observer.after_epoch(epoch);
        if action != EpochAction::Continue {
            tell_states(epoch, &positions, &cohort.snapshots(), &ends, observer);
        }
        if action == EpochAction::CheckpointAndStop {
            return Err(Interrupted);
        }
    }
    unreachable!("the last member's end ends the loop")
}

/// The epochs that members have finished before they go on.
fn finished_epochs(states: Option<&[TrainingState]>) -> usize {
    let mut epochs = states.into_iter().flatten().map(|state| state.epoch);
    let first = epochs.next().unwrap_or(0);
    assert!(
        epochs.all(|other| other == first),
        "the members of a cohort go on from the same epoch"
    );
    first
}

/// How a member that is in training is ending.
fn in_training<B: Backend>(
    ends: &mut [Option<MemberCompletion<B>>],
    position: usize,
) -> &mut MemberCompletion<B> {
    ends[position]
        .as_mut()
        .expect("a member in training has not left")
}

/// Tells the states of the members in training, which have finished this epoch.
fn tell_states<B: Backend>(
    epoch: usize,
    positions: &[usize],
    snapshots: &[Snapshot<B>],
    ends: &[Option<MemberCompletion<B>>],
    observer: &mut dyn TrainingHost,
) {
    for (&position, snapshot) in positions.iter().zip(snapshots) {
        if let Some(end) = &ends[position] {
            observer.on_checkpoint(position, training_state(epoch, snapshot, end));
        }
    }
}

/// Whether training still has a meaning: loss, gradients and learning rate are numbers.
fn is_finite(metrics: &EpochMetrics) -> bool {
    let numbers = [metrics.train_loss, metrics.learning_rate];
    let all = numbers.iter().chain(&metrics.val_loss);
    all.chain(&metrics.gradient_norms).all(|n| n.is_finite())
}

/// What an epoch gave, for each member.
fn epoch_metrics<B: Backend>(
    cohort: &Cohort<B>,
    epoch: usize,
    trained: &Epoch<B>,
    validation: &Predictions<B>,
) -> Vec<EpochMetrics> {
    let validation = validation.means();
    let norms = cohort.gradient_norms(&trained.gradients);
    let of = |(place, gradient_norms): (usize, Vec<f64>)| {
        let (train_loss, train_accuracy) = trained.means[place];
        EpochMetrics {
            epoch,
            train_loss,
            train_accuracy,
            val_loss: validation[place].map(|(loss, _)| loss),
            val_accuracy: validation[place].map(|(_, accuracy)| accuracy),
            learning_rate: trained.rates[place],
            gradient_norms,
            seconds: trained.seconds / cohort.members.len() as f64,
        }
    };
    norms.into_iter().enumerate().map(of).collect()
}
