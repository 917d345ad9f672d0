//! What training asks its caller for: the time, whether to stop, and which states to save.

use crate::training_state::TrainingState;
use std::time::Instant;

/// A clock.
pub trait Clock {
    /// Seconds since a fixed moment.
    fn elapsed(&self) -> f64;
}

impl Clock for Instant {
    fn elapsed(&self) -> f64 {
        Instant::elapsed(self).as_secs_f64()
    }
}

/// A request to stop.
pub trait StopRequest {
    /// Whether to leave the training unfinished. Asked before each step.
    fn is_requested(&self) -> bool;
}

/// Decides which states training resumes from, and which it reports.
pub trait CheckpointPolicy {
    /// The state that the member continues from; `None` for a new run. The state must be
    /// [compatible](super::is_compatible) with the member. Either all members of a cohort continue
    /// from the same epoch, or none does.
    fn resume_state(&mut self, member: usize) -> Option<TrainingState>;

    /// Whether the states are reported when training is left unfinished. In the middle of an epoch, they are those of
    /// the epoch's start, which are kept until its end.
    fn saves_when_stopped(&self) -> bool;

    /// What to do after this epoch, counted from 1, unless it was the last of all members.
    fn after_epoch(&mut self, epoch: usize) -> EpochAction;
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
