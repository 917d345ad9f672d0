//! Runs trained again on this CPU and compared with their results.

use super::sweep_context::load_datasets;
use crate::cli::errors::CliError;
use crate::cli::messages::{Difference, Tolerance, diff_results};
use crate::data::DatasetCache;
use crate::outcome::Outcome;
use crate::plan::{Plan, RunId};
use crate::record::{Machine, RecordedSweep, RunResult, Store};
use crate::run::{CohortError, RerunResult, TensorExecutor, TensorMemory, rerun_unless_stopped};
use crate::train::StopRequest;
use burn::backend::Flex;
use std::path::Path;

/// Trains runs of a sweep again.
pub(crate) struct Retraining<'a> {
    plan: &'a Plan,
    executor: TensorExecutor<Flex>,
    /// Whether the sweep was only ever trained on this kind of processor and system.
    pub(crate) is_same_processor: bool,
}

/// The result of training a run again.
pub(crate) struct RetrainedRun {
    pub(crate) rerun: RerunResult,
    pub(crate) tolerance: Tolerance,
    pub(crate) differences: Vec<Difference>,
}

impl<'a> Retraining<'a> {
    /// Loads the data of these runs.
    ///
    /// # Errors
    /// Data cannot be read.
    pub(crate) fn new(
        dataset_cache: &DatasetCache,
        plan: &'a Plan,
        store: &Store,
        runs: &[RunId],
    ) -> Result<Self, CliError> {
        let datasets = load_datasets(plan, dataset_cache, runs.iter().map(|run| run.trial))?;
        Ok(Self {
            plan,
            executor: TensorExecutor::new(datasets, &Default::default(), TensorMemory::Thread),
            is_same_processor: is_same_processor(store.folder()),
        })
    }

    /// Trains a run again and compares it with its result.
    ///
    /// # Errors
    /// It cannot be trained, or was stopped.
    pub(crate) fn compare(
        &self,
        run: RunId,
        result: &RunResult,
        stop: Option<&(dyn StopRequest + Sync)>,
    ) -> Result<RetrainedRun, CohortError> {
        let tolerance = if result.device == "cpu" && self.is_same_processor {
            Tolerance::BitExact
        } else {
            Tolerance::Rounding
        };
        let rerun = rerun_unless_stopped(&self.executor, self.plan, run, stop)?;
        Ok(RetrainedRun {
            differences: match (&result.failure, &rerun.outcome) {
                // It failed again: there are no scores to compare.
                (Some(_), Outcome::Failed(_)) => Vec::new(),
                _ => diff_results(result, &rerun, tolerance),
            },
            rerun,
            tolerance,
        })
    }
}

/// A pseudo-random sample of these runs, determined by the seed, in the order of the plan.
pub(crate) fn sample_runs(
    store: &Store,
    candidates: impl Iterator<Item = RunId>,
    count: usize,
    seed: u64,
) -> Vec<RunId> {
    let sampling_key = |run: &RunId| {
        let mut hasher = blake3::Hasher::new_derive_key("tp-sweep verify sample");
        hasher.update(&seed.to_le_bytes());
        hasher.update(store.run_hash(*run).to_string().as_bytes());
        *hasher.finalize().as_bytes()
    };
    let mut chosen: Vec<RunId> = candidates.collect();
    chosen.sort_by_cached_key(sampling_key);
    chosen.truncate(count);
    chosen.sort_unstable();
    chosen
}

/// Whether the sweep was only ever trained on machines that compute like this one.
fn is_same_processor(folder: &Path) -> bool {
    let Ok(recorded) = RecordedSweep::read(folder) else {
        return true;
    };
    let current = Machine::current();
    let mut starts = recorded.invocations.iter();
    starts.all(|start| start.machine.computes_like(&current))
}
