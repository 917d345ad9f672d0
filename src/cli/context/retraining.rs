//! Runs trained again on this CPU and compared with their results.

use super::sweep_context::load_datasets;
use crate::cli::errors::CliError;
use crate::cli::messages::{Difference, Tolerance, diff_results};
use crate::data::DatasetCache;
use crate::plan::{Plan, RunId};
use crate::record::{Machine, RecordedSweep, RunResult, Store};
use crate::run::{CohortError, RerunResult, TensorExecutor, TensorMemory, rerun_unless_stopped};
use crate::train::StopRequest;
use burn::backend::Flex;
use std::path::Path;

/// The samples of probes are multiplied by these numbers, which differ from 1 in their last bits.
const PROBE_FACTORS: [f32; 3] = [
    1.0 + 2.0 * f32::EPSILON,
    1.0 - 2.0 * f32::EPSILON,
    1.0 + 4.0 * f32::EPSILON,
];

/// Trains runs of a sweep again.
pub(crate) struct Retraining<'a> {
    plan: &'a Plan,
    executor: TensorExecutor<Flex>,
    /// Whether the sweep was only ever trained on machines that are known to compute like this one.
    pub(crate) computes_alike: bool,
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
            computes_alike: computes_alike(store.folder()),
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
        let tolerance = if result.device == "cpu" && self.computes_alike {
            Tolerance::BitExact
        } else {
            Tolerance::Rounding
        };
        let rerun = rerun_unless_stopped(&self.executor, self.plan, run, stop)?;
        let mut differences = diff_results(result, &rerun, tolerance, &[]);
        if tolerance == Tolerance::Rounding && !differences.is_empty() {
            let probes = self.probes(run, stop)?;
            differences = diff_results(result, &rerun, tolerance, &probes);
        }
        Ok(RetrainedRun {
            differences,
            rerun,
            tolerance,
        })
    }

    /// The run, trained with other rounding errors: from samples that differ in their last bits. How far these trainings
    /// differ shows how far those of two processors may.
    fn probes(
        &self,
        run: RunId,
        stop: Option<&(dyn StopRequest + Sync)>,
    ) -> Result<Vec<RerunResult>, CohortError> {
        let train = |factor| {
            let executor = self.executor.with_scaled_samples(factor);
            rerun_unless_stopped(&executor, self.plan, run, stop)
        };
        PROBE_FACTORS.map(train).into_iter().collect()
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
fn computes_alike(folder: &Path) -> bool {
    let Ok(recorded) = RecordedSweep::read(folder) else {
        return true;
    };
    let current = Machine::current();
    let mut starts = recorded.invocations.iter();
    starts.all(|start| start.machine.computes_like(&current))
}
