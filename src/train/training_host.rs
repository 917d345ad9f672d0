//! What training asks of its caller, and reports to it.

use crate::metrics::{EpochMetrics, LayerValues};
use crate::outcome::Outcome;
use crate::training_state::TrainingState;

/// The caller of a training: it provides the clock, decides when to stop and what to save, and
/// receives the results.
///
/// `member` is always the index of a member in the list that [`train`](super::train) was given.
/// Methods named `on_…` receive results; `wants_…` decides whether they are computed.
pub trait TrainingHost {
    /// Seconds since a fixed moment.
    fn elapsed(&self) -> f64;
    /// Whether to leave the training unfinished. Called before each step.
    fn should_stop(&self) -> bool;
    /// The member has finished an epoch.
    fn on_epoch_end(&mut self, member: usize, metrics: &EpochMetrics);
    /// The member's run has ended. Called once for each member.
    fn on_run_end(&mut self, member: usize, outcome: Outcome);
    /// Whether to call [`on_layer_values`](Self::on_layer_values) at the end of this epoch, counted
    /// from 1.
    fn wants_layer_values(&self, _epoch: usize) -> bool {
        false
    }
    /// The weights and gradients of the member's layers at the end of an epoch. Called just before
    /// [`on_epoch_end`](Self::on_epoch_end).
    fn on_layer_values(&mut self, _member: usize, _epoch: usize, _layers: &[LayerValues]) {}
    /// Whether to call [`on_final_weights`](Self::on_final_weights).
    fn wants_weights(&self) -> bool {
        false
    }
    /// The parameters and running statistics of the member's final network, in the order of
    /// [`Network::member_state`](crate::model::Network::member_state).
    fn on_final_weights(&mut self, _member: usize, _state: Vec<Vec<f32>>) {}
    /// The state that the member continues from; `None` for a new run. The state must be
    /// [compatible](super::is_compatible) with the member. Either all members of a cohort continue
    /// from the same epoch, or none does.
    fn resume_state(&mut self, _member: usize) -> Option<TrainingState> {
        None
    }
    /// Whether to call [`on_checkpoint`](Self::on_checkpoint) when training is left unfinished. In
    /// the middle of an epoch, the states are those of the epoch's start, which are kept until its
    /// end.
    fn wants_checkpoints(&self) -> bool {
        false
    }
    /// What to do after this epoch, counted from 1, unless it was the last of all members.
    fn after_epoch(&mut self, _epoch: usize) -> EpochAction {
        EpochAction::Continue
    }
    /// The state of the member between two epochs, from which a later training can continue.
    fn on_checkpoint(&mut self, _member: usize, _state: TrainingState) {}
}

/// What to do between two epochs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EpochAction {
    /// Continue the training.
    Continue,
    /// Report the states of all members in training, then continue.
    Checkpoint,
    /// Report the states of all members in training, then leave the training unfinished.
    CheckpointAndStop,
}

/// The training was left unfinished because the host asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted;
