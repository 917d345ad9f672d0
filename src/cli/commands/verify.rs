//! `tp-sweep verify`.

use crate::cli::arguments::VerifyArguments;
use crate::cli::context::{SweepContext, load, load_datasets, open_store};
use crate::cli::errors::CliError;
use crate::cli::messages::{Difference, Tolerance, diff_results, print, with_count};
use crate::data::DatasetCache;
use crate::metrics::{Part, Score};
use crate::plan::{Plan, RunId};
use crate::record::{Machine, RecordedSweep, Results, RunResult, Store};
use crate::run::{TensorExecutor, TensorMemory, rerun};
use burn::backend::Flex;
use std::path::Path;

/// Trains a sample of the finished runs again on this CPU and compares the results; returns the exit
/// code: 0 if all agree, 1 otherwise.
///
/// # Errors
/// The sweep file is invalid, data cannot be read, or no run has finished.
pub(crate) fn verify(arguments: &VerifyArguments) -> Result<u8, CliError> {
    let SweepContext {
        plan,
        dataset_cache,
        ..
    } = load(&arguments.sweep)?;
    let store = open_store(&arguments.runs, &plan, &dataset_cache)?;
    let results = store.read(&plan);
    let chosen = sample_runs(&store, &plan, &results, arguments);
    if chosen.is_empty() {
        return Err(CliError::NoResults(store.folder().to_owned()));
    }
    let executor = executor(&dataset_cache, &plan, &chosen)?;
    let is_same_processor = is_same_processor(store.folder());
    let mut equal = 0;
    for &run in &chosen {
        let name = plan.folder(run).display().to_string();
        let Some(result) = results.finished(run) else {
            continue;
        };
        let tolerance = if result.device == "cpu" && is_same_processor {
            Tolerance::BitExact
        } else {
            Tolerance::Rounding
        };
        let differences =
            rerun(&executor, &plan, run).map(|again| diff_results(result, &again, tolerance));
        equal += usize::from(differences.as_ref().is_ok_and(Vec::is_empty));
        let description = match differences {
            Ok(differences) => describe(result, tolerance, &differences),
            Err(error) => format!("cannot be trained again: {error}"),
        };
        print(&format!("{name}: {description}\n"))?;
    }
    let count = with_count(chosen.len(), "run");
    print(&format!("{equal} of {count} reproduced\n"))?;
    Ok(u8::from(equal < chosen.len()))
}

/// A pseudo-random sample of the finished runs, determined by the seed, in the order of the plan.
fn sample_runs(
    store: &Store,
    plan: &Plan,
    results: &Results,
    arguments: &VerifyArguments,
) -> Vec<RunId> {
    let sampling_key = |run: &RunId| {
        let mut hasher = blake3::Hasher::new_derive_key("tp-sweep verify sample");
        hasher.update(&arguments.seed.to_le_bytes());
        hasher.update(store.run_hash(*run).to_string().as_bytes());
        *hasher.finalize().as_bytes()
    };
    let finished = plan.runs().filter(|run| results.finished(*run).is_some());
    let mut chosen: Vec<RunId> = finished.collect();
    chosen.sort_by_cached_key(sampling_key);
    chosen.truncate(arguments.sample as usize);
    chosen.sort_unstable();
    chosen
}

/// An executor with the data of these runs.
fn executor(
    dataset_cache: &DatasetCache,
    plan: &Plan,
    runs: &[RunId],
) -> Result<TensorExecutor<Flex>, CliError> {
    let datasets = load_datasets(plan, dataset_cache, runs.iter().map(|run| run.trial))?;
    Ok(TensorExecutor::new(
        datasets,
        &Default::default(),
        TensorMemory::Thread,
    ))
}

/// Whether the sweep was only ever trained on this kind of processor and system: processors with
/// different vector units round differently.
fn is_same_processor(folder: &Path) -> bool {
    let Ok(recorded) = RecordedSweep::read(folder) else {
        return true;
    };
    let current = Machine::current();
    let is_same =
        |host: &Machine| host.processor == current.processor && host.system == current.system;
    recorded
        .invocations
        .iter()
        .all(|start| is_same(&start.machine))
}

fn describe(result: &RunResult, tolerance: Tolerance, differences: &[Difference]) -> String {
    match (differences, tolerance) {
        ([], Tolerance::BitExact) => format!(
            "bit-identical ({}, test accuracy {})",
            with_count(result.epochs.len(), "epoch"),
            result
                .score(Part::Test.score(Score::ACCURACY))
                .unwrap_or(f64::NAN),
        ),
        ([], Tolerance::Rounding) => format!(
            "equal within rounding; trained on {} or on a different kind of CPU",
            result.device
        ),
        ([first, rest @ ..], _) => {
            let more = match rest.len() {
                0 => String::new(),
                count => format!(", and {count} more"),
            };
            format!("differs: {first}{more}")
        }
    }
}
