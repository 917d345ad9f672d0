//! `tp-sweep verify`.

use crate::cli::arguments::VerifyArguments;
use crate::cli::context::{SweepContext, load, open_store};
use crate::cli::errors::CliError;
use crate::cli::messages::{Difference, Tolerance, diff_results, print, with_count};
use crate::data::{DatasetCache, DeviceDatasetKey};
use crate::plan::{Plan, RunId};
use crate::record::{Machine, RecordedSweep, Results, RunResult, Store};
use crate::run::{TensorExecutor, TensorMemory, rerun};
use burn::backend::Flex;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;

/// Trains a sample of the finished runs again, on this CPU, and says of each whether it gives what it
/// gave; the exit code: 0 where all do, 1 otherwise.
///
/// # Errors
/// A sweep file that is not valid, data that cannot be read, no finished run.
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
        let tolerance = match result.device == "cpu" && is_same_processor {
            true => Tolerance::BitExact,
            false => Tolerance::Rounding,
        };
        let differences =
            rerun(&executor, &plan, run).map(|again| diff_results(result, &again, tolerance));
        equal += usize::from(differences.as_ref().is_some_and(Vec::is_empty));
        print(&format!(
            "{name}: {}\n",
            describe(result, tolerance, differences.as_deref())
        ))?;
    }
    let count = with_count(chosen.len(), "run");
    print(&format!("{equal} of {count} gave the same again\n"))?;
    Ok(u8::from(equal < chosen.len()))
}

/// Finished runs, in the order of the plan: any may be chosen, and a seed always chooses the same.
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

/// Who trains these runs, with the data that they need.
fn executor(
    dataset_cache: &DatasetCache,
    plan: &Plan,
    runs: &[RunId],
) -> Result<TensorExecutor<Flex>, CliError> {
    let mut datasets = HashMap::new();
    for run in runs {
        let data = &plan.trials[run.trial].config.data;
        if let Entry::Vacant(entry) = datasets.entry(DeviceDatasetKey::of(data)) {
            entry.insert(dataset_cache.load(data)?);
        }
    }
    Ok(TensorExecutor::new(
        datasets,
        &Default::default(),
        TensorMemory::Thread,
    ))
}

/// Whether the sweep was only ever started on processors of this one's name: others, with other
/// vector units, round differently.
fn is_same_processor(folder: &Path) -> bool {
    let Ok(recorded) = RecordedSweep::read(folder) else {
        return true;
    };
    let own = Machine::current();
    let is_same = |host: &Machine| host.processor == own.processor && host.system == own.system;
    recorded
        .invocations
        .iter()
        .all(|start| is_same(&start.machine))
}

fn describe(
    result: &RunResult,
    tolerance: Tolerance,
    differences: Option<&[Difference]>,
) -> String {
    match (differences, tolerance) {
        (None, _) => "could not be trained again".to_owned(),
        (Some([]), Tolerance::BitExact) => format!(
            "equal to the last bit ({}, test accuracy {})",
            with_count(result.epochs.len(), "epoch"),
            result.test.map_or(f64::NAN, |test| test.accuracy),
        ),
        (Some([]), Tolerance::Rounding) => format!(
            "equal within rounding; it was trained on {}, or on another kind of CPU",
            result.device
        ),
        (Some([first, rest @ ..]), _) => {
            let more = match rest.len() {
                0 => String::new(),
                count => format!(", and {count} more"),
            };
            format!("differs: {first}{more}")
        }
    }
}
