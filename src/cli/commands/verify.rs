//! `tp-sweep verify`.

use crate::cli::arguments::VerifyArguments;
use crate::cli::context::{RetrainedRun, Retraining, SweepContext, load, open_store, sample_runs};
use crate::cli::errors::CliError;
use crate::cli::messages::{Tolerance, print, with_count};
use crate::metrics::{Part, Score};
use crate::record::RunResult;

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
    let count = arguments.sample as usize;
    let finished = plan.runs().filter(|run| results.finished(*run).is_some());
    let chosen = sample_runs(&store, finished, count, arguments.seed);
    if chosen.is_empty() {
        return Err(CliError::NoResults(store.folder().to_owned()));
    }
    let retraining = Retraining::new(&dataset_cache, &plan, &store, &chosen)?;
    let mut equal = 0;
    for &run in &chosen {
        let name = plan.folder(run).display().to_string();
        let Some(result) = results.finished(run) else {
            continue;
        };
        let retrained = retraining.compare(run, result, None);
        let reproduced = |retrained: &RetrainedRun| retrained.differences.is_empty();
        equal += usize::from(retrained.as_ref().is_ok_and(reproduced));
        let description = match retrained {
            Ok(retrained) => describe(result, &retrained),
            Err(error) => format!("cannot be trained again: {error}"),
        };
        print(&format!("{name}: {description}\n"))?;
    }
    let count = with_count(chosen.len(), "run");
    print(&format!("{equal} of {count} reproduced\n"))?;
    Ok(u8::from(equal < chosen.len()))
}

fn describe(result: &RunResult, retrained: &RetrainedRun) -> String {
    match (retrained.differences.as_slice(), retrained.tolerance) {
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
