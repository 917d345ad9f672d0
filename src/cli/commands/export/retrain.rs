//! Trains a run again whose weights were not kept.

use super::describe::percent;
use crate::cli::context::load_datasets;
use crate::cli::errors::{CliError, ExportError};
use crate::cli::messages::warn;
use crate::data::DatasetCache;
use crate::model_io::Weights;
use crate::outcome::Outcome;
use crate::plan::{Plan, RunId};
use crate::record::RunResult;
use crate::run::{Device, PRECISION, RerunResult, TensorExecutor, TensorMemory, rerun};
use burn::backend::Flex;

/// Trains a run again on the CPU and returns its weights; updates `result` to match them.
pub(super) fn retrain(
    dataset_cache: &DatasetCache,
    plan: &Plan,
    run: RunId,
    result: &mut RunResult,
) -> Result<Weights, CliError> {
    let datasets = load_datasets(plan, dataset_cache, [run.trial])?;
    let executor = TensorExecutor::<Flex>::new(datasets, &Default::default(), TensorMemory::Thread);
    let name = plan.folder(run);
    let Some(RerunResult {
        outcome: Outcome::Finished(finished),
        weights: Some(weights),
        ..
    }) = rerun(&executor, plan, run)
    else {
        return Err(ExportError::RetrainingFailed(name).into());
    };
    let validation = finished.validation.map(|(validation, _)| validation);
    if (validation, Some(finished.test.0)) == (result.validation, result.test) {
        return Ok(weights);
    }
    warn(&format!(
        "{} was trained on {}; trained again on this CPU, the result differs: the test accuracy is {} \
         (was {})",
        name.display(),
        result.device,
        percent(finished.test.0.accuracy),
        result
            .test
            .map_or_else(String::new, |test| percent(test.accuracy)),
    ));
    // The description must match these weights.
    result.validation = validation;
    result.test = Some(finished.test.0);
    result.final_epoch = Some(finished.epoch);
    result.device = Device::Cpu.to_string();
    result.precision = PRECISION.to_owned();
    Ok(weights)
}
