//! Opens the records of runs, which start anew or resume from a checkpoint.

use super::run_metadata::run_metadata;
use super::wall_time::wall_time;
use crate::plan::RunId;
use crate::record::{Checkpoint, RecordError, Recorder, remove_best, remove_cv_scores};
use crate::run::context::{DeviceSlot, ExecutionContext};
use crate::train::is_compatible;

/// The open records of a run, and the checkpoint that it resumes from.
pub(crate) struct OpenedRun {
    pub(crate) recorder: Recorder,
    pub(crate) checkpoint: Option<Checkpoint>,
}

/// Opens the records of a cohort's runs: all resume from the same epoch, or all start anew.
pub(crate) fn open_runs(
    context: &ExecutionContext,
    slot: &DeviceSlot,
    runs: &[RunId],
) -> Result<Vec<OpenedRun>, RecordError> {
    for &run in runs {
        // The trial's records describe results that are about to be replaced.
        let trial_folder = context.store.trial_folder(context.plan, run.trial);
        remove_cv_scores(&trial_folder)?;
        remove_best(&trial_folder)?;
    }
    let checkpoints = runs
        .iter()
        .map(|&run| usable_checkpoint(context, run, slot.kind()));
    let checkpoints: Option<Vec<Checkpoint>> = checkpoints.collect();
    if let Some(checkpoints) = checkpoints.filter(|all| are_of_one_epoch(all))
        && let Some(opened) = resume(context, slot, runs, checkpoints)?
    {
        return Ok(opened);
    }
    let start = |&run: &RunId| {
        let folder = context.store.run_folder(context.plan, run);
        let recorder = Recorder::start(&folder, &run_metadata(context, slot, run), wall_time())?;
        Ok(OpenedRun {
            recorder,
            checkpoint: None,
        })
    };
    runs.iter().map(start).collect()
}

/// The checkpoint of a run, if devices of this kind can resume from it.
pub(crate) fn usable_checkpoint(
    context: &ExecutionContext,
    run: RunId,
    device_kind: &str,
) -> Option<Checkpoint> {
    let folder = context.store.run_folder(context.plan, run);
    let checkpoint = Checkpoint::read(&folder, context.store.run_hash(run))?;
    let config = &context.plan.trials[run.trial].config;
    let is_usable = checkpoint.device == device_kind && is_compatible(config, &checkpoint.state);
    is_usable.then_some(checkpoint)
}

/// The records of the runs at their checkpoints; `None` if those of a run cannot be continued.
fn resume(
    context: &ExecutionContext,
    slot: &DeviceSlot,
    runs: &[RunId],
    checkpoints: Vec<Checkpoint>,
) -> Result<Option<Vec<OpenedRun>>, RecordError> {
    let mut opened = Vec::with_capacity(runs.len());
    for (&run, checkpoint) in runs.iter().zip(checkpoints) {
        let folder = context.store.run_folder(context.plan, run);
        let metadata = run_metadata(context, slot, run);
        let recorder = Recorder::resume(&folder, &metadata, &checkpoint, wall_time())?;
        let Some(recorder) = recorder else {
            return Ok(None);
        };
        opened.push(OpenedRun {
            recorder,
            checkpoint: Some(checkpoint),
        });
    }
    Ok(Some(opened))
}

fn are_of_one_epoch(checkpoints: &[Checkpoint]) -> bool {
    let mut epochs = checkpoints.iter().map(|checkpoint| checkpoint.state.epoch);
    let first = epochs.next();
    epochs.all(|epoch| Some(epoch) == first)
}
