//! Records the training of a cohort.

use super::finalize::{EndedRun, finalize_run};
use super::resume::{OpenedRun, open_runs};
use super::wall_time::wall_time;
use crate::metrics::{EpochMetrics, LayerValues};
use crate::model_io::Weights;
use crate::outcome::{Failure, Outcome};
use crate::plan::RunId;
use crate::record::{Checkpoint, RecordError, Recorder};
use crate::run::context::{DeviceSlot, ExecutionContext};
use crate::run::sweep_state::SweepState;
use crate::spec::{CheckpointInterval, KeepWeights};
use crate::train::{EpochAction, TrainingHost};
use crate::training_state::TrainingState;
use std::cell::OnceCell;
use std::time::{Duration, Instant};

/// How long an epoch may go on after a request to stop: at its end a checkpoint can be saved.
const GRACE_PERIOD: Duration = Duration::from_secs(5);

/// Hosts the training of a cohort: records its epochs and results, saves its checkpoints, and decides
/// when it stops.
pub(crate) struct CohortRecorder<'a, 'plan> {
    context: &'a ExecutionContext<'a>,
    slot: &'a DeviceSlot<'a>,
    sweep_state: &'a SweepState<'plan>,
    started: Instant,
    members: Vec<RecordedMember>,
    /// When checkpoints were last saved, or training began.
    last_save: Instant,
    /// When the request to stop was first noticed.
    stop_noticed: OnceCell<Instant>,
    /// The first record that could not be written.
    error: Option<RecordError>,
}

/// A member of the cohort.
struct RecordedMember {
    run: RunId,
    /// Its open records, until it has ended.
    recorder: Option<Recorder>,
    /// Whether its result is on the disk.
    is_recorded: bool,
    epochs: Vec<EpochMetrics>,
    /// The state that it resumes from.
    state: Option<TrainingState>,
    /// The epoch of its checkpoint; 0 for none.
    saved_epoch: usize,
    /// The training time of earlier starts.
    earlier_seconds: f64,
    /// The weights of its final network, once they are known.
    weights: Option<Weights>,
}

impl<'a, 'plan> CohortRecorder<'a, 'plan> {
    /// Opens the records of a cohort.
    pub(crate) fn open(
        context: &'a ExecutionContext<'a>,
        slot: &'a DeviceSlot<'a>,
        sweep_state: &'a SweepState<'plan>,
        runs: &[RunId],
    ) -> Result<Self, RecordError> {
        let started = Instant::now();
        let opened = open_runs(context, slot, runs)?;
        for &run in runs {
            context.progress.run_started(&context.run_name(run));
        }
        let members = runs.iter().zip(opened);
        Ok(Self {
            context,
            slot,
            sweep_state,
            started,
            members: members
                .map(|(&run, opened)| RecordedMember::new(run, opened))
                .collect(),
            last_save: started,
            stop_noticed: OnceCell::new(),
            error: None,
        })
    }

    /// The runs that have not ended, or whose result could not be written.
    pub(crate) fn left(&self) -> Vec<RunId> {
        let open = self.members.iter().filter(|member| !member.is_recorded);
        open.map(|member| member.run).collect()
    }

    /// The first record that could not be written.
    pub(crate) fn take_error(&mut self) -> Option<RecordError> {
        self.error.take()
    }

    /// Records all runs that have not ended as failed, with the message and the source location of a
    /// panic.
    pub(crate) fn fail(&mut self, message: &str, location: Option<&str>) {
        for member in 0..self.members.len() {
            if self.members[member].recorder.is_some() {
                let failure = Failure::Crashed {
                    message: message.to_owned(),
                    epoch: Some(self.members[member].epochs.len() + 1),
                    location: location.map(str::to_owned),
                };
                self.on_run_end(member, Outcome::Failed(failure));
            }
        }
    }

    /// The value of a record that was written; keeps the first error.
    fn check<T>(&mut self, written: Result<T, RecordError>) -> Option<T> {
        written
            .map_err(|error| self.error.get_or_insert(error))
            .ok()
    }

    /// A member's training time: its share of the cohort's, and that of earlier starts.
    fn seconds(&self, member: usize) -> f64 {
        let share = self.started.elapsed().as_secs_f64() / self.members.len() as f64;
        self.members[member].earlier_seconds + share
    }

    fn save_checkpoint(&mut self, member: usize, state: TrainingState) -> Result<(), RecordError> {
        let seconds = self.seconds(member);
        let identity = self.context.store.run_hash(self.members[member].run);
        let member = &mut self.members[member];
        // Skips a state that is on the disk already.
        let Some(recorder) = member
            .recorder
            .as_mut()
            .filter(|_| member.saved_epoch != state.epoch)
        else {
            return Ok(());
        };
        member.saved_epoch = state.epoch;
        let checkpoint = Checkpoint {
            run_hash: identity.clone(),
            device: self.slot.kind().to_owned(),
            epochs: member.epochs.clone(),
            seconds,
            events: recorder.sync_position()?,
            state,
        };
        recorder.save_checkpoint(&checkpoint)?;
        self.sweep_state.mark_progress();
        Ok(())
    }
}

impl RecordedMember {
    fn new(run: RunId, opened: OpenedRun) -> Self {
        let new = Self {
            run,
            recorder: Some(opened.recorder),
            is_recorded: false,
            epochs: Vec::new(),
            state: None,
            saved_epoch: 0,
            earlier_seconds: 0.0,
            weights: None,
        };
        match opened.checkpoint {
            None => new,
            Some(checkpoint) => Self {
                saved_epoch: checkpoint.state.epoch,
                epochs: checkpoint.epochs,
                state: Some(checkpoint.state),
                earlier_seconds: checkpoint.seconds,
                ..new
            },
        }
    }
}

impl TrainingHost for CohortRecorder<'_, '_> {
    fn elapsed(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    fn should_stop(&self) -> bool {
        if self.error.is_some() {
            return true;
        }
        let should_stop = self.sweep_state.should_stop(self.context.interrupt);
        should_stop && {
            let since = self.stop_noticed.get_or_init(Instant::now);
            !self.wants_checkpoints() || since.elapsed() > GRACE_PERIOD
        }
    }

    fn on_epoch_end(&mut self, member: usize, metrics: &EpochMetrics) {
        // All open members are at the same epoch: the first one reports the progress.
        let mut open = self.members.iter().map(|one| one.recorder.is_some());
        let is_first = open.position(|is_open| is_open) == Some(member);
        let recorded = &mut self.members[member];
        recorded.epochs.push(metrics.clone());
        if is_first {
            let config = &self.context.plan.trials[recorded.run.trial].config;
            self.context.progress.epoch_ended(
                &self.context.run_name(recorded.run),
                metrics.epoch,
                config.training.epochs.get(),
            );
        }
        if let Some(recorder) = &mut recorded.recorder {
            let written = recorder.write_epoch(metrics, wall_time());
            self.check(written);
        }
    }

    fn on_run_end(&mut self, member: usize, outcome: Outcome) {
        let seconds = self.seconds(member);
        let cohort = self.members.len();
        let recorded = &mut self.members[member];
        // After an error, the run is left open and starts anew next time.
        let Some(recorder) = recorded.recorder.take_if(|_| self.error.is_none()) else {
            return;
        };
        let ended = EndedRun {
            run: recorded.run,
            outcome,
            epochs: std::mem::take(&mut recorded.epochs),
            seconds,
            cohort,
            recorder,
            weights: recorded.weights.take(),
        };
        let written = finalize_run(self.context, self.slot, self.sweep_state, ended);
        self.members[member].is_recorded = self.check(written).is_some();
    }

    fn wants_layer_values(&self, epoch: usize) -> bool {
        self.context
            .sweep
            .options
            .tensorboard
            .histograms
            .includes(epoch)
    }

    fn on_layer_values(&mut self, member: usize, epoch: usize, layers: &[LayerValues]) {
        if let Some(recorder) = &mut self.members[member].recorder {
            let written = recorder.write_layers(layers, epoch, wall_time());
            self.check(written);
        }
    }

    fn wants_weights(&self) -> bool {
        self.context.sweep.options.keep != KeepWeights::None
    }

    fn on_final_weights(&mut self, member: usize, state: Weights) {
        self.members[member].weights = Some(state);
    }

    fn resume_state(&mut self, member: usize) -> Option<TrainingState> {
        self.members[member].state.take()
    }

    fn wants_checkpoints(&self) -> bool {
        self.context.sweep.options.checkpoint != CheckpointInterval::None
    }

    fn after_epoch(&mut self, epoch: usize) -> EpochAction {
        if self.error.is_some() || self.sweep_state.should_stop(self.context.interrupt) {
            return EpochAction::CheckpointAndStop;
        }
        let is_due = match self.context.sweep.options.checkpoint {
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

    fn on_checkpoint(&mut self, member: usize, state: TrainingState) {
        if self.wants_checkpoints() && self.error.is_none() {
            let written = self.save_checkpoint(member, state);
            self.check(written);
        }
    }
}
