//! `tp-sweep diff`.

use crate::cli::arguments::DiffArguments;
use crate::cli::context::{
    SweepContext, class_names, custom_data_files, load_for_results, missing_results_error,
    open_store, refuse_overwriting_inputs, trial_by_name, write_output,
};
use crate::cli::errors::{CliError, RESULTS_MISSING, print_error, results_exit_code};
use crate::cli::messages::print;
use crate::data::DatasetCache;
use crate::plan::{Plan, RunId};
use crate::record::{Results, Store};
use crate::report::{RecordedTrial, diff_trials};

/// Prints how two trials of a sweep differ, or writes it to a file; returns the exit code: 3 if results
/// of them are missing, else 1 if runs of them failed, else 0.
///
/// # Errors
/// The sweep file is invalid, a trial does not exist, or the file cannot be written.
pub(crate) fn diff(arguments: &DiffArguments) -> Result<u8, CliError> {
    let context = load_for_results(&arguments.sweep, &arguments.runs)?;
    let inputs = arguments.sweep.sweep.iter().cloned();
    let inputs: Vec<_> = inputs.chain(custom_data_files(&context)).collect();
    refuse_overwriting_inputs(
        arguments.output.as_slice(),
        &inputs,
        "choose a different file with --output",
    )?;
    let SweepContext {
        sweep,
        plan,
        dataset_cache,
        ..
    } = context;
    let a = trial_by_name(&plan, &arguments.trial_a)?;
    let b = trial_by_name(&plan, &arguments.trial_b)?;
    if a == b {
        return Err(CliError::SameTrial(arguments.trial_a.clone()));
    }
    let store = open_store(&arguments.runs, &plan, &dataset_cache)?;
    // Of all trials: their variances moderate those of these two.
    let results = store.read(&plan);
    if results.runs.is_empty() {
        print_error(missing_results_error(&store, &plan));
        return Ok(RESULTS_MISSING);
    }
    let recorded = [a, b].map(|trial| read_trial(&dataset_cache, &store, &plan, &results, trial));
    let [first, second] = &recorded;
    let document = diff_trials(&sweep, &plan, &results, [first, second])?;
    match &arguments.output {
        Some(path) => {
            // There are no figures, so their folder does not matter.
            write_output(path, document.to_markdown("").as_bytes())?;
            print(&format!("{}\n", path.display()))?;
        }
        None => print(&document.to_text())?,
    }
    Ok(exit_code(&plan, &results, [a, b]))
}

/// Reads what the finished runs of a trial recorded about its validation samples.
fn read_trial(
    dataset_cache: &DatasetCache,
    store: &Store,
    plan: &Plan,
    results: &Results,
    trial: usize,
) -> RecordedTrial {
    let finished = |run: RunId| results.finished(run).map(|_| run);
    let runs = || plan.runs_of(trial).map(finished);
    RecordedTrial {
        trial,
        class_names: class_names(dataset_cache, &plan.trials[trial].config.data),
        classes: runs().map(|run| store.classification(plan, run?)).collect(),
        predictions: runs().map(|run| store.predictions(plan, run?)).collect(),
    }
}

fn exit_code(plan: &Plan, results: &Results, trials: [usize; 2]) -> u8 {
    let runs: Vec<RunId> = trials.into_iter().flat_map(|t| plan.runs_of(t)).collect();
    let is_complete = runs.iter().all(|run| results.runs.contains_key(run));
    let finished = runs.iter().filter_map(|run| results.finished(*run)).count();
    let failed = runs
        .iter()
        .filter(|run| results.runs.contains_key(run))
        .count()
        - finished;
    results_exit_code(is_complete, failed)
}
