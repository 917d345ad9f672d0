//! Measures the speed and memory of each trial alone, after all runs.

use crate::metrics::Profile;
use crate::plan::{Plan, RunId};
use crate::record::{RecordError, Results};
use crate::run::context::{DeviceSlot, ExecutionContext};
use crate::run::thread_pool::in_single_thread_pool;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How often each trial is measured. The fastest measurement counts, because any disturbance only
/// slows training down.
const PROFILE_ROUNDS: usize = 3;

/// One finished run of each trial that has a finished run and no profile; only of trials whose first
/// run is among `runs`, so that exactly one shard profiles a trial.
pub fn unprofiled_trials(plan: &Plan, runs: &[RunId], results: &Results) -> Vec<RunId> {
    let finished_run = |trial: usize| {
        let mut runs_of_trial = plan.runs_of(trial);
        runs_of_trial.find(|&run| results.finished(run).is_some())
    };
    let first_runs = runs.iter().filter(|run| (run.repeat, run.fold) == (0, 0));
    first_runs
        .map(|run| run.trial)
        .filter(|trial| !results.profiles.contains_key(trial))
        .filter_map(finished_run)
        .collect()
}

/// Profiles the trials that have no profile, one after the other: nothing else of this process uses
/// the device now.
///
/// In rounds over all trials, so that a temporary load of the machine does not affect one trial only.
pub(super) fn profile_trials(
    context: &ExecutionContext,
    runs: &[RunId],
    results: &mut Results,
) -> Result<(), RecordError> {
    let plan = context.plan;
    let open = unprofiled_trials(plan, runs, results);
    if open.is_empty() {
        return Ok(());
    }
    // All trials on the same device, so that their profiles can be compared.
    let DeviceSlot {
        executor, device, ..
    } = &context.devices[0];
    in_single_thread_pool(|| {
        executor.prepare_thread();
        let mut profiles: Vec<Option<Profile>> = vec![None; open.len()];
        for round in 0..PROFILE_ROUNDS {
            for (index, (&run, fastest)) in open.iter().zip(&mut profiles).enumerate() {
                if context.interrupt.is_requested() {
                    return Ok(());
                }
                let done = (round * open.len() + index) / PROFILE_ROUNDS;
                context.progress.profiling(done, open.len());
                // A trial that panics here has no profile; its results are kept.
                let profile = catch_unwind(AssertUnwindSafe(|| executor.profile(plan, run)));
                if let Ok(Some(profile)) = profile {
                    *fastest = Some(fastest.map_or(profile, |best| best.fastest(profile)));
                }
            }
        }
        for (&run, profile) in open.iter().zip(profiles) {
            if let Some(profile) = profile {
                let (trial, device) = (run.trial, device.clone());
                context.store.write_profile(plan, trial, &device, profile)?;
                results.profiles.insert(trial, (profile, device));
            }
        }
        Ok(())
    })
}
