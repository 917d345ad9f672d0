//! Who watches a cohort's training: its records.

use crate::metrics::{EpochMetrics, LayerValues};
use crate::model_io::Weights;
use crate::outcome::{Failure, Outcome};
use crate::plan::RunId;
use crate::record::{Checkpoint, RecordError, Recorder};
use crate::run::scheduler::dispatch::{DeviceSlot, Scheduler};
use crate::run::scheduler::finalize::EndedRun;
use crate::run::scheduler::resume::{Opened, place_kind};
use crate::run::scheduler::worker_state::WorkerState;
use crate::spec::{CheckpointInterval, KeepWeights};
use crate::train::{EpochAction, TrainingHost};
use crate::training_state::TrainingState;
use std::cell::OnceCell;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long an epoch may go on after somebody has asked to stop: at its end more can be saved.
const GRACE: Duration = Duration::from_secs(5);

/// Watches a cohort's training: records its epochs and ends, saves its states, and tells it when
/// to stop.
pub(crate) struct CohortRecorder<'a, 'plan> {
    schedule: &'a Scheduler<'a>,
    place: &'a DeviceSlot<'a>,
    work: &'a WorkerState<'plan>,
    started: Instant,
    members: Vec<Watched>,
    /// When states were last saved, or training began.
    saved: Instant,
    /// When it was first seen that somebody asked to stop.
    asked: OnceCell<Instant>,
    /// The first record that could not be written.
    error: Option<RecordError>,
}

/// A member of the cohort.
struct Watched {
    run: RunId,
    /// Its records, until it has ended.
    recorder: Option<Recorder>,
    /// Whether its end is on the disk.
    is_recorded: bool,
    epochs: Vec<EpochMetrics>,
    /// What it goes on from.
    state: Option<TrainingState>,
    /// The epoch of its checkpoint; 0 for none.
    saved: usize,
    /// Seconds that it had taken before it was stopped.
    before: f64,
    /// The weights of its final network, once they are told.
    weights: Option<Weights>,
}

impl<'a, 'plan> CohortRecorder<'a, 'plan> {
    /// Opens the records of a cohort.
    pub(crate) fn open(
        schedule: &'a Scheduler<'a>,
        place: &'a DeviceSlot<'a>,
        work: &'a WorkerState<'plan>,
        runs: &[RunId],
    ) -> Result<Self, RecordError> {
        let started = Instant::now();
        let opened = schedule.open(place, runs)?;
        for &run in runs {
            schedule.progress.run_started(&schedule.run_name(run));
        }
        let members = runs.iter().zip(opened);
        Ok(Self {
            schedule,
            place,
            work,
            started,
            members: members
                .map(|(&run, opened)| Watched::new(run, opened))
                .collect(),
            saved: started,
            asked: OnceCell::new(),
            error: None,
        })
    }

    /// The runs that have not ended, or whose end could not be recorded.
    pub(crate) fn left(&self) -> Vec<RunId> {
        let open = self.members.iter().filter(|member| !member.is_recorded);
        open.map(|member| member.run).collect()
    }

    /// The first record that could not be written.
    pub(crate) fn take_error(&mut self) -> Option<RecordError> {
        self.error.take()
    }

    /// All runs that have not ended fail with this message of a panic, from this place of the
    /// program.
    pub(crate) fn fail(&mut self, message: &str, place: Option<&str>) {
        for member in 0..self.members.len() {
            if self.members[member].recorder.is_some() {
                let failure = Failure::Crashed {
                    message: message.to_owned(),
                    epoch: Some(self.members[member].epochs.len() + 1),
                    place: place.map(str::to_owned),
                };
                self.on_run_end(member, Outcome::Failed(failure));
            }
        }
    }

    fn keep<T>(&mut self, written: Result<T, RecordError>) -> Option<T> {
        written
            .map_err(|error| self.error.get_or_insert(error))
            .ok()
    }

    /// A member's share of the cohort's seconds.
    fn seconds(&self, member: usize) -> f64 {
        let share = self.started.elapsed().as_secs_f64() / self.members.len() as f64;
        self.members[member].before + share
    }

    fn save(&mut self, member: usize, state: TrainingState) -> Result<(), RecordError> {
        let seconds = self.seconds(member);
        let identity = self.schedule.store.identity(self.members[member].run);
        let watched = &mut self.members[member];
        // What is on disk already need not be written again.
        let Some(recorder) = watched
            .recorder
            .as_mut()
            .filter(|_| watched.saved != state.epoch)
        else {
            return Ok(());
        };
        watched.saved = state.epoch;
        let checkpoint = Checkpoint {
            identity: identity.clone(),
            device: place_kind(&self.place.device).to_owned(),
            epochs: watched.epochs.clone(),
            seconds,
            events: recorder.mark()?,
            state,
        };
        recorder.save(&checkpoint)?;
        self.work.progress();
        Ok(())
    }
}

impl Watched {
    fn new(run: RunId, opened: Opened) -> Self {
        let new = Self {
            run,
            recorder: Some(opened.recorder),
            is_recorded: false,
            epochs: Vec::new(),
            state: None,
            saved: 0,
            before: 0.0,
            weights: None,
        };
        match opened.checkpoint {
            None => new,
            Some(checkpoint) => Self {
                saved: checkpoint.state.epoch,
                epochs: checkpoint.epochs,
                state: Some(checkpoint.state),
                before: checkpoint.seconds,
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
        let asked = self.schedule.is_stopping(self.work);
        asked && {
            let since = self.asked.get_or_init(Instant::now);
            !self.wants_checkpoints() || since.elapsed() > GRACE
        }
    }

    fn on_epoch_end(&mut self, member: usize, metrics: &EpochMetrics) {
        // Those in training are at the same epoch: the first speaks for all.
        let mut open = self.members.iter().map(|one| one.recorder.is_some());
        let is_first = open.position(|is_open| is_open) == Some(member);
        let watched = &mut self.members[member];
        watched.epochs.push(metrics.clone());
        if is_first {
            let config = &self.schedule.plan.trials[watched.run.trial].config;
            self.schedule.progress.epoch_ended(
                &self.schedule.run_name(watched.run),
                metrics.epoch,
                config.training.epochs.get(),
            );
        }
        if let Some(recorder) = &mut watched.recorder {
            let written = recorder.epoch(metrics, wall_time());
            self.keep(written);
        }
    }

    fn on_run_end(&mut self, member: usize, outcome: Outcome) {
        let seconds = self.seconds(member);
        let cohort = self.members.len();
        let watched = &mut self.members[member];
        // Where records cannot be written, a run that ends is one to do again.
        let Some(recorder) = watched.recorder.take_if(|_| self.error.is_none()) else {
            return;
        };
        let ended = EndedRun {
            run: watched.run,
            outcome,
            epochs: std::mem::take(&mut watched.epochs),
            seconds,
            cohort,
            recorder,
            weights: watched.weights.take(),
        };
        let written = self.schedule.end(self.place, self.work, ended);
        self.members[member].is_recorded = self.keep(written).is_some();
    }

    fn wants_layer_values(&self, epoch: usize) -> bool {
        let histograms = self.schedule.sweep.tensorboard.histograms;
        histograms.is_some_and(|every| epoch == 1 || epoch.is_multiple_of(every))
    }

    fn on_layer_values(&mut self, member: usize, epoch: usize, layers: &[LayerValues]) {
        if let Some(recorder) = &mut self.members[member].recorder {
            let written = recorder.layers(layers, epoch, wall_time());
            self.keep(written);
        }
    }

    fn wants_weights(&self) -> bool {
        self.schedule.sweep.keep != KeepWeights::None
    }

    fn on_final_weights(&mut self, member: usize, state: Weights) {
        self.members[member].weights = Some(state);
    }

    fn resume_state(&mut self, member: usize) -> Option<TrainingState> {
        self.members[member].state.take()
    }

    fn wants_checkpoints(&self) -> bool {
        self.schedule.sweep.checkpoint != CheckpointInterval::None
    }

    fn after_epoch(&mut self, epoch: usize) -> EpochAction {
        if self.error.is_some() || self.schedule.is_stopping(self.work) {
            return EpochAction::CheckpointAndStop;
        }
        let is_due = match self.schedule.sweep.checkpoint {
            CheckpointInterval::None => false,
            CheckpointInterval::Epochs(count) => epoch.is_multiple_of(count.get()),
            CheckpointInterval::Seconds(count) => {
                self.saved.elapsed().as_secs() >= count.get() as u64
            }
        };
        match is_due {
            true => {
                self.saved = Instant::now();
                EpochAction::Checkpoint
            }
            false => EpochAction::Continue,
        }
    }

    fn on_checkpoint(&mut self, member: usize, state: TrainingState) {
        if self.wants_checkpoints() && self.error.is_none() {
            let written = self.save(member, state);
            self.keep(written);
        }
    }
}

/// Seconds since 1970.
pub(crate) fn wall_time() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |elapsed| elapsed.as_secs_f64())
}
