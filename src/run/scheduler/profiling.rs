//! The measurement of each trial alone, after all runs.

use super::dispatch::{DeviceSlot, Scheduler, in_one_thread};
use crate::metrics::Profile;
use crate::plan::{Plan, RunId};
use crate::record::{RecordError, Results};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How often each trial is measured; the fastest counts, for everything else only slows down.
const PROFILE_ROUNDS: usize = 3;

/// A finished run of each trial that has one, but no measurement of speed and memory yet; of the
/// trials whose first run is among `runs`, so that of several shares one has it.
pub fn unprofiled_trials(plan: &Plan, runs: &[RunId], results: &Results) -> Vec<RunId> {
    let finished = |trial: usize| {
        let mut runs = plan.runs_of(trial);
        runs.find(|&run| results.finished(run).is_some())
    };
    let firsts = runs.iter().filter(|run| (run.repeat, run.fold) == (0, 0));
    firsts
        .map(|run| run.trial)
        .filter(|trial| !results.profiles.contains_key(trial))
        .filter_map(finished)
        .collect()
}

impl Scheduler<'_> {
    /// Measures what is not measured yet, one trial after the other: now nothing else of this
    /// process uses the device.
    ///
    /// In rounds over all trials, so that what else the machine does for a while meets no trial
    /// alone.
    pub(crate) fn missing_profiles(
        &self,
        runs: &[RunId],
        results: &mut Results,
    ) -> Result<(), RecordError> {
        let open = unprofiled_trials(self.plan, runs, results);
        if open.is_empty() {
            return Ok(());
        }
        // Each trial on the same device, so that trials can be compared.
        let DeviceSlot {
            executor, device, ..
        } = &self.places[0];
        in_one_thread(|| {
            executor.prepare_thread();
            let mut profiles: Vec<Option<Profile>> = vec![None; open.len()];
            for round in 0..PROFILE_ROUNDS {
                for (done, (&run, best)) in open.iter().zip(&mut profiles).enumerate() {
                    if self.interrupt.asked() {
                        return Ok(());
                    }
                    let done = (round * open.len() + done) / PROFILE_ROUNDS;
                    self.progress.measuring(done, open.len());
                    // One that fails here is not measured; its results stand.
                    let profile =
                        catch_unwind(AssertUnwindSafe(|| executor.profile(self.plan, run)));
                    if let Ok(Some(profile)) = profile {
                        *best = Some(best.map_or(profile, |best| best.fastest(profile)));
                    }
                }
            }
            for (&run, profile) in open.iter().zip(profiles) {
                if let Some(profile) = profile {
                    let (trial, device) = (run.trial, device.clone());
                    self.store
                        .write_profile(self.plan, trial, &device, profile)?;
                    results.profiles.insert(trial, (profile, device));
                }
            }
            Ok(())
        })
    }
}
