//! Measures the speed and memory of each shape of trials alone, after all runs.

use super::profile_rounds::ProfileRounds;
use crate::plan::{Plan, RunId};
use crate::record::{Machine, ProfileConditions, Program, RecordError, Results, TrialProfile};
use crate::run::context::{DeviceSlot, ExecutionContext};
use crate::run::thread_pool::in_single_thread_pool;
use std::collections::{HashMap, HashSet};
use std::time::Instant;

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

/// Gives each trial without a profile that of its shape. Shapes that were not measured under the
/// same conditions before are measured now, one after the other: nothing else of this process uses
/// the device.
pub(super) fn profile_trials(
    context: &ExecutionContext,
    runs: &[RunId],
    results: &mut Results,
) -> Result<(), RecordError> {
    let open = unprofiled_trials(context.plan, runs, results);
    if open.is_empty() {
        return Ok(());
    }
    // All shapes on the same device, so that their profiles can be compared.
    let slot = &context.devices[0];
    let conditions = current_conditions(&slot.device);
    let mut profiles = results.profiles.clone();
    if context.shard.is_some() {
        profiles.extend(profiles_of_other_shards(context, &open, &conditions));
    }
    let mut shapes = Vec::new();
    for (known, trials) in known_profiles(context.plan, &open, &profiles, &conditions) {
        match known {
            Some(profile) => write_profiles(context, results, &trials, &profile)?,
            None => shapes.push(OpenShape {
                trials,
                rounds: ProfileRounds::default(),
            }),
        }
    }
    if shapes.is_empty() {
        return Ok(());
    }
    in_single_thread_pool(|| measure(context, slot, &conditions, shapes, results))
}

/// The conditions of a measurement by this process.
fn current_conditions(device: &str) -> ProfileConditions {
    let program = Program::current();
    ProfileConditions {
        device: device.to_owned(),
        program: Some(
            format!("{} {}", program.version, program.commit)
                .trim()
                .to_owned(),
        ),
        processor: Machine::current().kind_of_processor(),
    }
}

/// For each shape of these runs, a profile that another shard has written under these conditions for
/// a trial of its own, if there is one. Shards that end at the same time measure their shapes each.
fn profiles_of_other_shards(
    context: &ExecutionContext,
    open: &[RunId],
    conditions: &ProfileConditions,
) -> Vec<(usize, TrialProfile)> {
    let (plan, store) = (context.plan, context.store);
    let is_open: HashSet<usize> = open.iter().map(|run| run.trial).collect();
    let written = |group: &Vec<usize>| {
        let mut others = group.iter().filter(|trial| !is_open.contains(trial));
        others.find_map(|&trial| {
            let profile = store.profile(plan, trial)?;
            (profile.conditions == *conditions).then_some((trial, profile))
        })
    };
    let groups = plan.profile_groups(0..plan.trials.len()).into_iter();
    groups
        .filter(|group| group.iter().any(|trial| is_open.contains(trial)))
        .filter_map(|group| written(&group))
        .collect()
}

/// For each shape of these runs, the profile that one of its trials already has under these
/// conditions, and the runs.
fn known_profiles(
    plan: &Plan,
    open: &[RunId],
    profiles: &HashMap<usize, TrialProfile>,
    conditions: &ProfileConditions,
) -> Vec<(Option<TrialProfile>, Vec<RunId>)> {
    let is_known = |trial: &usize| {
        let profile = profiles.get(trial);
        profile.is_some_and(|profile| profile.conditions == *conditions)
    };
    let mut known: Vec<usize> = profiles.keys().copied().filter(is_known).collect();
    // The first one counts, whatever the order of the map.
    known.sort_unstable();
    let trials = known
        .iter()
        .copied()
        .chain(open.iter().map(|run| run.trial));
    let groups = plan.profile_groups(trials).into_iter();
    let runs_of: HashMap<usize, RunId> = open.iter().map(|&run| (run.trial, run)).collect();
    let of_group = |group: Vec<usize>| {
        let known = group.iter().copied().find(is_known);
        let runs = group.iter().filter_map(|trial| runs_of.get(trial).copied());
        let runs = runs.collect();
        (known.map(|trial| profiles[&trial].clone()), runs)
    };
    let groups = groups.map(of_group);
    groups
        .filter(|(_, runs): &(_, Vec<RunId>)| !runs.is_empty())
        .collect()
}

/// A shape that is being measured.
struct OpenShape {
    /// A finished run of each of its trials. The first one is measured.
    trials: Vec<RunId>,
    rounds: ProfileRounds,
}

/// Measures these shapes, and writes the profile of each as soon as it is complete.
///
/// In rounds over all shapes, so that a temporary load of the machine does not affect one shape only,
/// and so that the spread between rounds includes the load.
fn measure(
    context: &ExecutionContext,
    slot: &DeviceSlot,
    conditions: &ProfileConditions,
    mut shapes: Vec<OpenShape>,
    results: &mut Results,
) -> Result<(), RecordError> {
    let plan = context.plan;
    slot.executor.prepare_thread();
    while shapes.iter().any(|shape| !shape.rounds.is_done()) {
        for index in 0..shapes.len() {
            if shapes[index].rounds.is_done() {
                continue;
            }
            if context.interrupt.is_requested() {
                return Ok(());
            }
            let done: f64 = shapes.iter().map(|shape| shape.rounds.progress()).sum();
            // The conversion truncates.
            context.progress.profiling(done as usize, shapes.len());
            let shape = &mut shapes[index];
            let run = shape.trials[0];
            let started = Instant::now();
            let profile = slot.executor.profile(plan, run);
            let seconds = started.elapsed().as_secs_f64();
            if let Err(error) = &profile {
                // It is not measured again; the results of its trials are kept.
                let trial = &plan.trials[run.trial].name;
                context.progress.profile_failed(trial, &error.to_string());
            }
            shape.rounds.add(profile.ok().flatten(), seconds);
            if let Some(profile) = shape.rounds.profile().filter(|_| shape.rounds.is_done()) {
                let profile = TrialProfile {
                    conditions: conditions.clone(),
                    measured_trial: Some(plan.trials[run.trial].name.clone()),
                    profile,
                };
                write_profiles(context, results, &shape.trials, &profile)?;
            }
        }
    }
    Ok(())
}

/// Writes the profile of a shape for the trials of these runs.
fn write_profiles(
    context: &ExecutionContext,
    results: &mut Results,
    runs: &[RunId],
    profile: &TrialProfile,
) -> Result<(), RecordError> {
    for run in runs {
        context
            .store
            .write_profile(context.plan, run.trial, profile)?;
        results.profiles.insert(run.trial, profile.clone());
    }
    Ok(())
}
