//! A ranked trial, compared with the limits of the rule.

use super::scores::are_comparable;
use crate::metrics::{Profile, Score};
use crate::plan::{Plan, ProfileShape, RunId};
use crate::record::{RankKey, RunResult, compensated_mean};
use crate::spec::{LimitMetric, ReportOptions, SelectionCost};

/// A ranked trial, and what the rule needs to know of it.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    /// The position of the trial in the plan.
    pub(crate) trial: usize,
    /// Its place in the order of the rule's metric.
    pub(super) rank_key: RankKey,
    /// The mean score by the rule's metric; NaN if it cannot be compared.
    pub(super) mean: f64,
    /// The textbook's standard error of the mean; NaN for a single split.
    pub(super) standard_error: f64,
    /// Whether it satisfies each of the limits; `None` if the metric was not measured.
    pub(super) satisfies: Vec<Option<bool>>,
    /// Whether it has no value for the score of each of the limits.
    pub(super) lacks_score: Vec<bool>,
    /// The cost that the rule minimises.
    pub(super) cost: Cost,
    /// The shape whose profile it will get, if something was not measured.
    shape: Option<ProfileShape>,
}

/// The cost that a rule minimises.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cost {
    /// The rule minimises none.
    Irrelevant,
    /// It was not measured.
    Unmeasured,
    /// The cost and its standard error.
    Known(f64, f64),
}

impl Candidate {
    /// A trial of the plan, given its results and its profile; `None` if it is not ranked.
    pub(crate) fn of<'a>(
        options: &ReportOptions,
        plan: &Plan,
        trial: usize,
        result: impl Fn(RunId) -> Option<&'a RunResult>,
        profile: Option<&Profile>,
    ) -> Option<Self> {
        let metric = options.best_by();
        let rank_key = RankKey::of(plan, trial, metric, &result).filter(RankKey::is_ranked)?;
        let rule = &options.select;
        let runs: Vec<&RunResult> = plan.runs_of(trial).filter_map(result).collect();
        let parameters = plan.trials[trial].config.parameters() as f64;
        let mean = |score: Score| -> Option<f64> {
            let values = runs.iter().map(|run| run.validation_score(score));
            Some(compensated_mean(&values.collect::<Option<Vec<f64>>>()?))
        };
        let measured = |metric: LimitMetric| match metric {
            LimitMetric::Parameters => Some(parameters),
            LimitMetric::SecondsPerEpoch => Some(profile?.seconds_per_epoch),
            LimitMetric::PeakMemory => Some(profile?.peak_bytes? as f64),
            // An undefined score will not become defined: it satisfies no limit. Neither does one that an earlier
            // version has not measured, since the results do not tell them apart.
            LimitMetric::Score(score) => Some(mean(score).unwrap_or(f64::NAN)),
        };
        let limits = rule.limits.iter();
        let satisfies: Vec<Option<bool>> = limits
            .map(|limit| Some(limit.is_satisfied_by(measured(limit.metric)?)))
            .collect();
        let limits = rule.limits.iter();
        let lacks_score = limits.map(
            |limit| matches!(limit.metric, LimitMetric::Score(score) if mean(score).is_none()),
        );
        let cost = match (rule.one_standard_error, profile) {
            (None, _) => Cost::Irrelevant,
            (Some(SelectionCost::Parameters), _) => Cost::Known(parameters, 0.0),
            (Some(SelectionCost::Seconds), None) => Cost::Unmeasured,
            (Some(SelectionCost::Seconds), Some(profile)) => {
                Cost::Known(profile.seconds_per_epoch, profile.standard_error())
            }
        };
        let is_measured = cost != Cost::Unmeasured && !satisfies.contains(&None);
        let [mean, standard_error] = match rule.one_standard_error {
            Some(_) => {
                let scores = runs.iter().filter_map(|run| run.validation_score(metric));
                mean_and_error(&scores.collect::<Vec<f64>>())
            }
            // The order of the rank keys decides.
            None => [f64::NAN; 2],
        };
        Some(Self {
            trial,
            rank_key,
            mean,
            standard_error,
            satisfies,
            lacks_score: lacks_score.collect(),
            cost,
            shape: (!is_measured).then(|| ProfileShape::of(&plan.trials[trial].config)),
        })
    }

    /// Whether it satisfies all limits; `None` if that depends on something that was not measured.
    pub(crate) fn is_within_limits(&self) -> Option<bool> {
        if self.satisfies.contains(&Some(false)) {
            Some(false)
        } else {
            (!self.satisfies.contains(&None)).then_some(true)
        }
    }

    /// Whether `other` can never be chosen, because this one would be chosen instead, whatever the
    /// missing measurements and results. This one is better and no more expensive, and it is within
    /// the limits whenever the other one is. Trials of one shape get one profile.
    pub(crate) fn precludes(&self, other: &Self) -> bool {
        // First, since it is cheap: a sweep compares each trial with many.
        if self.rank_key >= other.rank_key {
            return false;
        }
        let shares_profile = self.shape.is_some() && self.shape == other.shape;
        let is_within = match (self.is_within_limits(), other.is_within_limits()) {
            (_, Some(false)) | (Some(true), _) => true,
            (None, None) => shares_profile && self.lacks_only_what_is_missing_in(other),
            _ => false,
        };
        let is_no_more_expensive = match (self.cost, other.cost) {
            (Cost::Irrelevant, _) => true,
            (Cost::Unmeasured, Cost::Unmeasured) => shares_profile,
            // A larger error of the cost widens the tolerance within which a cost counts as low.
            (Cost::Known(cost, error), Cost::Known(other_cost, other_error)) => {
                cost <= other_cost && error >= other_error
            }
            _ => false,
        };
        is_within && is_no_more_expensive
    }

    /// Whether it satisfies every limit whose metric was measured for it or for the other one.
    fn lacks_only_what_is_missing_in(&self, other: &Self) -> bool {
        let mut pairs = self.satisfies.iter().zip(&other.satisfies);
        pairs.all(|(own, others)| *own == Some(true) || (own.is_none() && others.is_none()))
    }
}

/// The mean of scores and its textbook standard error; NaN where they cannot be compared.
fn mean_and_error(scores: &[f64]) -> [f64; 2] {
    if !are_comparable(scores) {
        return [f64::NAN; 2];
    }
    match statistics::interval(scores, 0.0, 0.95) {
        // The mean of the ranking, so that equal means tie in both.
        Some(interval) => [compensated_mean(scores), interval.standard_error],
        None => [f64::NAN; 2],
    }
}
