//! Records the training of a cohort.

use super::finalize::{EndedRun, finalize_run};
use super::resume::{OpenedRun, open_runs};
use super::wall_time::wall_time;
use crate::metrics::EpochMetrics;
use crate::model_io::Weights;
use crate::outcome::{Failure, Outcome};
use crate::plan::RunId;
use crate::record::{Checkpoint, RecordError, Recorder};
use crate::run::context::{DeviceSlot, ExecutionContext};
use crate::run::sweep_state::SweepState;
use crate::spec::{CheckpointInterval, KeepWeights};
use crate::train::{EventSink, Interrupted, TrainingEvent};
use crate::training_state::TrainingState;
use std::sync::Arc;
use std::time::Instant;

/// Records the training of a cohort: its epochs, results and checkpoints.
pub(crate) struct CohortRecorder<'a, 'plan> {
    context: &'a ExecutionContext<'a>,
    slot: &'a DeviceSlot<'a>,
    sweep_state: &'a SweepState<'plan>,
    started: Instant,
    members: Vec<RecordedMember>,
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
    weights: Option<Arc<Weights>>,
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
                if let Err(error) = self.end_run(member, Outcome::Failed(failure)) {
                    self.error = Some(error);
                    return;
                }
            }
        }
    }

    /// The state that each member resumes from.
    pub(crate) fn take_states(&mut self) -> Vec<Option<TrainingState>> {
        let members = self.members.iter_mut();
        members.map(|member| member.state.take()).collect()
    }

    /// A member's training time: its share of the cohort's, and that of earlier starts.
    fn seconds(&self, member: usize) -> f64 {
        let share = self.started.elapsed().as_secs_f64() / self.members.len() as f64;
        self.members[member].earlier_seconds + share
    }

    fn write(&mut self, event: TrainingEvent) -> Result<(), RecordError> {
        match event {
            TrainingEvent::LayerValues {
                member,
                epoch,
                layers,
            } => match &mut self.members[member].recorder {
                Some(recorder) => recorder.write_layers(&layers, epoch, wall_time()),
                None => Ok(()),
            },
            TrainingEvent::EpochEnd { member, metrics } => {
                let recorded = &mut self.members[member];
                let written = match &mut recorded.recorder {
                    Some(recorder) => recorder.write_epoch(&metrics, wall_time()),
                    None => Ok(()),
                };
                recorded.epochs.push(metrics);
                written
            }
            TrainingEvent::FinalWeights { member, weights } => {
                self.members[member].weights = Some(weights);
                Ok(())
            }
            TrainingEvent::RunEnd { member, outcome } => {
                self.end_run(member, Arc::unwrap_or_clone(outcome))
            }
            TrainingEvent::Checkpoint { member, state } => {
                if self.context.sweep.options.checkpoint == CheckpointInterval::None {
                    return Ok(());
                }
                self.save_checkpoint(member, Arc::unwrap_or_clone(state))
            }
        }
    }

    /// Records that a run has ended.
    fn end_run(&mut self, member: usize, outcome: Outcome) -> Result<(), RecordError> {
        let seconds = self.seconds(member);
        let cohort = self.members.len();
        let recorded = &mut self.members[member];
        let Some(recorder) = recorded.recorder.take() else {
            return Ok(());
        };
        let ended = EndedRun {
            run: recorded.run,
            outcome,
            epochs: std::mem::take(&mut recorded.epochs),
            seconds,
            cohort,
            recorder,
            weights: recorded.weights.take().map(Arc::unwrap_or_clone),
        };
        finalize_run(self.context, self.slot, self.sweep_state, ended)?;
        self.members[member].is_recorded = true;
        Ok(())
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

impl EventSink for CohortRecorder<'_, '_> {
    fn wants_layer_values(&self, epoch: usize) -> bool {
        let histograms = &self.context.sweep.options.tensorboard.histograms;
        histograms.includes(epoch)
    }

    fn wants_weights(&self) -> bool {
        self.context.sweep.options.keep != KeepWeights::None
    }

    /// Writes an event. If it cannot be written, the runs are left open and start anew next time.
    fn receive(&mut self, event: TrainingEvent) -> Result<(), Interrupted> {
        self.write(event).map_err(|error| {
            self.error.get_or_insert(error);
            Interrupted
        })
    }
}
