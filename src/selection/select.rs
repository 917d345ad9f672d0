//! The choice of a trial.

use super::candidate::{Candidate, Cost};
use crate::plan::Plan;
use crate::record::{Results, RunResult, compensated_mean};
use crate::spec::{RankBy, ReportOptions};
use statistics::Direction;

/// The chosen trial, and what led to the choice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    /// The position of the chosen trial in the plan.
    pub(crate) chosen: Option<usize>,
    /// Its mean score by the metric of the rule.
    pub(crate) chosen_score: Option<f64>,
    /// The number of ranked trials.
    pub(crate) ranked: usize,
    /// The number of ranked trials within all limits.
    pub(crate) within_limits: usize,
    /// The number of ranked trials that may be within all limits, but lack a measurement.
    pub(crate) unmeasured: usize,
    /// For each limit, the number of ranked trials that do not satisfy it.
    pub(crate) excluded: Vec<usize>,
    /// For each limit, the number of trials of `unmeasured` that lack its metric.
    pub(crate) missing: Vec<usize>,
    /// For each trial of the plan, whether it is within all limits; `None` if it is not ranked or
    /// lacks a measurement.
    pub(crate) is_within_limits: Vec<Option<bool>>,
    /// Whether the cost of a trial within all limits, which the rule minimises, was not measured.
    pub(crate) lacks_cost: bool,
    /// Whether further results and measurements cannot change the choice.
    pub(crate) is_final: bool,
}

/// Chooses a trial by the rule of the sweep file.
///
/// The rule chooses among the ranked trials within all limits: the best of them, or the cheapest
/// within one standard error of the best of them. A trial without a measurement that a limit or the
/// cost needs is never chosen.
pub(crate) fn select(options: &ReportOptions, plan: &Plan, results: &Results) -> Selection {
    let limits = options.select.limits.len();
    let mut selection = Selection {
        excluded: vec![0; limits],
        missing: vec![0; limits],
        is_within_limits: vec![None; plan.trials.len()],
        ..Selection::default()
    };
    let result = |run| results.runs.get(&run);
    let candidate = |trial| {
        let profile = results.profiles.get(&trial).map(|profile| &profile.profile);
        Candidate::of(options, plan, trial, result, profile)
    };
    let mut within: Vec<Candidate> = Vec::new();
    for candidate in (0..plan.trials.len()).filter_map(candidate) {
        let is_within = candidate.is_within_limits();
        selection.ranked += 1;
        selection.is_within_limits[candidate.trial] = is_within;
        selection.lacks_cost |= candidate.cost == Cost::Unmeasured && is_within != Some(false);
        for (limit, satisfied) in candidate.satisfies.iter().enumerate() {
            selection.excluded[limit] += usize::from(*satisfied == Some(false));
            selection.missing[limit] += usize::from(satisfied.is_none() && is_within.is_none());
        }
        match is_within {
            Some(true) => within.push(candidate),
            Some(false) => {}
            None => selection.unmeasured += 1,
        }
    }
    selection.within_limits = within.len();
    within.sort_by_key(|candidate| candidate.rank_key);
    selection.chosen = choose(options, &within).map(|candidate| candidate.trial);
    selection.chosen_score = selection.chosen.and_then(|trial| {
        let runs = plan.runs_of(trial).filter_map(result);
        let scores = runs.map(|run| run.validation_score(options.best_by()));
        scores
            .collect::<Option<Vec<f64>>>()
            .map(|scores| compensated_mean(&scores))
    });
    let is_complete = || {
        let mut runs = plan.runs();
        runs.all(|run| result(run).is_some_and(|result: &RunResult| !result.should_retry()))
    };
    selection.is_final = selection.unmeasured == 0 && !selection.lacks_cost && is_complete();
    selection
}

/// Chooses one of the candidates within the limits, the best first.
fn choose<'a>(options: &ReportOptions, within: &'a [Candidate]) -> Option<&'a Candidate> {
    if options.select.one_standard_error.is_none() {
        return within.first();
    }
    let direction = match options.best_by() {
        RankBy::Accuracy => Direction::Maximise,
        RankBy::Loss => Direction::Minimise,
    };
    let candidate = |candidate: &Candidate| {
        let (cost, cost_error) = match candidate.cost {
            Cost::Known(cost, error) => (cost, error),
            Cost::Irrelevant | Cost::Unmeasured => (f64::NAN, 0.0),
        };
        statistics::Candidate {
            mean: candidate.mean,
            standard_error: candidate.standard_error,
            cost,
            cost_error,
        }
    };
    let candidates: Vec<statistics::Candidate> = within.iter().map(candidate).collect();
    let choice = statistics::one_standard_error(&candidates, direction)?;
    Some(&within[choice.chosen])
}
