//! Trains a run again whose weights were not kept.

use super::describe::percent;
use crate::cli::context::load_datasets;
use crate::cli::errors::{CliError, ExportError};
use crate::cli::messages::warn;
use crate::data::DatasetCache;
use crate::metrics::{Score, Scores};
use crate::model_io::Weights;
use crate::outcome::Outcome;
use crate::plan::{Plan, RunId};
use crate::record::RunResult;
use crate::run::{Device, PRECISION, TensorExecutor, TensorMemory, rerun};
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
    let failed = |reason: String| ExportError::RetrainingFailed {
        run: name.clone(),
        reason,
    };
    let again = rerun(&executor, plan, run).map_err(|error| failed(error.to_string()))?;
    let (finished, weights) = match (again.outcome, again.weights) {
        (Outcome::Finished(finished), Some(weights)) => (finished, weights),
        (Outcome::Failed(failure), _) => return Err(failed(failure.to_string()).into()),
        (Outcome::Finished(_), None) => {
            return Err(failed("training returned no weights".to_owned()).into());
        }
    };
    let validation = finished.validation.map(|(validation, _)| validation);
    let test = finished.test.0;
    let agree = |again: Option<&Scores>, recorded: Option<&Scores>| match (again, recorded) {
        (Some(again), Some(recorded)) => again.agrees_with(recorded),
        (again, recorded) => again.is_none() && recorded.is_none(),
    };
    if agree(validation.as_ref(), result.validation.as_ref())
        && agree(Some(&test), result.test.as_ref())
    {
        return Ok(weights);
    }
    let accuracy = |scores: &Scores| {
        scores
            .get(Score::ACCURACY)
            .map_or_else(String::new, percent)
    };
    warn(&format!(
        "{} was trained on {}; trained again on this CPU, the result differs: the test accuracy is {} \
         (was {})",
        name.display(),
        result.device,
        accuracy(&test),
        result.test.as_ref().map_or_else(String::new, accuracy),
    ));
    // The description must match these weights.
    result.validation = validation;
    result.test = Some(test);
    result.final_epoch = Some(finished.epoch);
    result.device = Device::Cpu.to_string();
    result.precision = PRECISION.to_owned();
    Ok(weights)
}
