//! The progress of a cohort's epochs.

use crate::plan::RunId;
use crate::run::context::ExecutionContext;
use crate::train::{EventSink, Interrupted, TrainingEvent};

/// Reports the epochs of a cohort as progress. All members in training are at the same epoch, so only the first one is
/// reported.
pub(crate) struct ProgressSink<'a> {
    context: &'a ExecutionContext<'a>,
    runs: &'a [RunId],
    has_ended: Vec<bool>,
}

impl<'a> ProgressSink<'a> {
    pub(crate) fn new(context: &'a ExecutionContext<'a>, runs: &'a [RunId]) -> Self {
        Self {
            context,
            runs,
            has_ended: vec![false; runs.len()],
        }
    }
}

impl EventSink for ProgressSink<'_> {
    fn receive(&mut self, event: TrainingEvent) -> Result<(), Interrupted> {
        match event {
            TrainingEvent::RunEnd { member, .. } => self.has_ended[member] = true,
            TrainingEvent::EpochEnd { member, metrics } => {
                let first = self.has_ended.iter().position(|has_ended| !has_ended);
                if first == Some(member) {
                    let run = self.runs[member];
                    let config = &self.context.plan.trials[run.trial].config;
                    let epochs = config.training.epochs.get();
                    let name = self.context.run_name(run);
                    let progress = self.context.progress;
                    progress.epoch_ended(&name, metrics.epoch, epochs);
                }
            }
            TrainingEvent::LayerValues { .. }
            | TrainingEvent::FinalWeights { .. }
            | TrainingEvent::Checkpoint { .. } => {}
        }
        Ok(())
    }
}
