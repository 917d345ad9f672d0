//! From which checkpoints the runs of a cohort continue, and when new ones are saved.

use crate::run::interrupt::Interrupt;
use crate::run::sweep_state::SweepState;
use crate::spec::CheckpointInterval;
use crate::train::{CheckpointPolicy, EpochAction};
use crate::training_state::TrainingState;
use std::time::Instant;

/// Saves checkpoints at the interval of the sweep file, and when the sweep is to stop.
pub(crate) struct SavePolicy<'a, 'plan> {
    interval: CheckpointInterval,
    interrupt: &'a Interrupt,
    sweep_state: &'a SweepState<'plan>,
    /// The state that each member resumes from.
    states: Vec<Option<TrainingState>>,
    /// When checkpoints were last saved, or training began.
    last_save: Instant,
}

impl<'a, 'plan> SavePolicy<'a, 'plan> {
    /// A policy for members that resume from these states.
    pub(crate) fn new(
        interval: CheckpointInterval,
        interrupt: &'a Interrupt,
        sweep_state: &'a SweepState<'plan>,
        states: Vec<Option<TrainingState>>,
    ) -> Self {
        Self {
            interval,
            interrupt,
            sweep_state,
            states,
            last_save: Instant::now(),
        }
    }
}

impl CheckpointPolicy for SavePolicy<'_, '_> {
    fn resume_state(&mut self, member: usize) -> Option<TrainingState> {
        self.states[member].take()
    }

    fn saves_when_stopped(&self) -> bool {
        self.interval != CheckpointInterval::None
    }

    fn after_epoch(&mut self, epoch: usize) -> EpochAction {
        if self.sweep_state.should_stop(self.interrupt) {
            return EpochAction::CheckpointAndStop;
        }
        let is_due = match self.interval {
            CheckpointInterval::None => false,
            CheckpointInterval::Epochs(count) => epoch.is_multiple_of(count.get()),
            CheckpointInterval::Seconds(count) => {
                self.last_save.elapsed().as_secs() >= count.get() as u64
            }
        };
        if is_due {
            self.last_save = Instant::now();
            EpochAction::Checkpoint
        } else {
            EpochAction::Continue
        }
    }
}
