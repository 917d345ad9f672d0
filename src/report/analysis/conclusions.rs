//! Conclusions from a ranking: intervals, comparisons with the best trial, the choice of a trial.

use super::pareto_front::pareto_front;
use crate::metrics::Score;
use crate::plan::{Plan, Trial};
use crate::record::Results;
use crate::report::results::trial_frame::{score_column, trial_positions};
use crate::selection::{Selection, are_comparable, select};
use crate::spec::{ColumnSettings, Config, DataSource, Split, Sweep, Validation};
use polars::prelude::*;
use statistics::{Direction, Interval};

/// The confidence of intervals: 95 %.
pub(crate) const CONFIDENCE: f64 = 0.95;

/// The conclusions about the trials of a sweep; lists have one entry for each trial of the plan.
#[derive(Clone, Debug)]
pub(crate) struct Analysis {
    /// The score on each split, of ranked trials.
    pub(crate) scores: Vec<Option<Vec<f64>>>,
    /// The mean score and its interval, for two or more splits.
    pub(crate) intervals: Vec<Option<Interval>>,
    /// The corrected p value of the difference from the best, for trials on the same splits.
    pub(crate) p_values_vs_best: Vec<Option<f64>>,
    /// A summary of these comparisons.
    pub(crate) comparison: ComparisonSummary,
    /// The ranked trials, the best first.
    pub(crate) ranked: Vec<usize>,
    /// The trial that is ranked first.
    pub(crate) best: Option<usize>,
    /// The trial that the sweep file's rule chooses.
    pub(crate) chosen: Option<usize>,
    /// How it was chosen.
    pub(crate) selection: Selection,
    /// The baseline, if the sweep file names one and it exists.
    pub(crate) baseline: Option<usize>,
    /// Whether the trial is on the Pareto front of score, time and memory; `None` for unranked
    /// trials.
    pub(crate) on_pareto_front: Vec<Option<bool>>,
    /// The last rank of the leading ties: the best trial and those that follow it without a clearly
    /// worse trial between; `None` if the best is alone.
    pub(crate) tied_ranks: Option<u32>,
}

/// A summary of the comparisons with the best trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ComparisonSummary {
    /// There are fewer than two trials on the same splits.
    Nothing,
    /// The trials have a single split, which does not show chance.
    SingleSplit,
    /// The trials were compared on their common splits.
    Compared {
        /// Splits of each trial.
        splits: usize,
        /// Trials that are not distinguishable from the best.
        indistinguishable: usize,
        /// Trials that were compared with the best.
        compared: usize,
    },
}

impl Analysis {
    /// Compares the trials; `frame` is in the order of the ranking.
    ///
    /// # Errors
    /// A column of the frame is missing.
    pub(crate) fn new(
        sweep: &Sweep,
        plan: &Plan,
        results: &Results,
        frame: &DataFrame,
    ) -> PolarsResult<Self> {
        let rank_by = sweep.options.report.rank_by;
        let ranked = ranked_trials(frame)?;
        let best = ranked.first().copied();
        let mut scores = vec![None; plan.trials.len()];
        for &trial in &ranked {
            let runs = plan.runs_of(trial).map(|run| results.finished(run));
            scores[trial] = runs.map(|run| run?.validation_score(rank_by)).collect();
        }
        let intervals = intervals(plan, &ranked, &scores, rank_by);
        let selection = select(&sweep.options.report, plan, results);
        let mut analysis = Self {
            p_values_vs_best: vec![None; plan.trials.len()],
            comparison: ComparisonSummary::Nothing,
            chosen: selection.chosen,
            selection,
            baseline: plan.baseline(sweep),
            on_pareto_front: on_pareto_front(plan, frame, rank_by)?,
            tied_ranks: None,
            ranked: Vec::new(),
            best,
            scores,
            intervals,
        };
        analysis.compare(plan, &ranked, rank_by.direction);
        analysis.tied_ranks = analysis.find_tied_ranks(frame)?;
        analysis.ranked = ranked;
        Ok(analysis)
    }

    /// Compares the best trial with the trials on the same splits.
    fn compare(&mut self, plan: &Plan, ranked: &[usize], direction: Direction) {
        let Some(best) = self.best else { return };
        let config = &plan.trials[best].config;
        let (comparable, scores): (Vec<usize>, Vec<&[f64]>) = ranked
            .iter()
            .filter(|&&trial| has_same_splits(&plan.trials[trial], &plan.trials[best]))
            .filter_map(|&trial| Some((trial, comparable_scores(&self.scores[trial])?)))
            .unzip();
        let splits = scores.first().map_or(0, |scores| scores.len());
        if scores.len() < 2 {
            return;
        }
        if splits < 2 {
            self.comparison = ComparisonSummary::SingleSplit;
            return;
        }
        let ratio = test_to_train(&config.validation);
        let Ok(result) = statistics::against_best(&scores, direction, ratio) else {
            return;
        };
        for (&trial, comparison) in comparable.iter().zip(result.comparisons) {
            self.p_values_vs_best[trial] = (trial != best).then_some(comparison.adjusted_p_value);
        }
        let compared = || self.p_values_vs_best.iter().flatten();
        self.comparison = ComparisonSummary::Compared {
            splits,
            indistinguishable: compared().filter(|&&p| !is_different(p)).count(),
            compared: compared().count(),
        };
    }

    /// The last rank before the first trial that is not a tie with the best.
    fn find_tied_ranks(&self, frame: &DataFrame) -> PolarsResult<Option<u32>> {
        let ranks = frame.column("rank")?.u32()?;
        let ranked = || ranks.iter().flatten();
        let trials = trial_positions(frame)?;
        let is_tie =
            |trial: usize| self.best == Some(trial) || self.differs_from_best(trial) == Some(false);
        let first_other = trials
            .iter()
            .zip(ranked())
            .find(|(trial, _)| !is_tie(**trial));
        let last = first_other.map_or(ranked().count() as u32, |(_, rank)| rank - 1);
        Ok((last > 1).then_some(last))
    }

    /// The mean score of a ranked trial.
    pub(crate) fn mean_score(&self, trial: usize) -> Option<f64> {
        let scores = self.scores[trial].as_ref()?;
        Some(scores.iter().sum::<f64>() / scores.len() as f64)
    }

    /// The best trial and the other ranked trials on the same splits, the best first.
    pub(crate) fn ranked_on_same_splits(&self, plan: &Plan) -> Vec<usize> {
        let Some(best) = self.best else {
            return Vec::new();
        };
        let ranked = self.ranked.iter().copied();
        ranked
            .filter(|&trial| has_same_splits(&plan.trials[trial], &plan.trials[best]))
            .collect()
    }

    /// The trials that are not distinguishable from the best, in the order of the plan.
    pub(crate) fn ties(&self) -> Vec<usize> {
        let trials = 0..self.p_values_vs_best.len();
        trials
            .filter(|&trial| self.differs_from_best(trial) == Some(false))
            .collect()
    }

    /// Whether the trial is distinguishable from the best; `None` if they were not compared.
    pub(crate) fn differs_from_best(&self, trial: usize) -> Option<bool> {
        self.p_values_vs_best[trial].map(is_different)
    }
}

/// Whether a corrected p value is significant at the 5 % level.
pub(crate) fn is_different(p: f64) -> bool {
    p < 1.0 - CONFIDENCE
}

/// The scores of a trial if they can be compared: infinite losses, for instance, cannot.
pub(crate) fn comparable_scores(scores: &Option<Vec<f64>>) -> Option<&[f64]> {
    scores.as_deref().filter(|scores| are_comparable(scores))
}

/// The interval of each trial's mean score. Trials on the same splits moderate each other's
/// variances.
fn intervals(
    plan: &Plan,
    ranked: &[usize],
    scores: &[Option<Vec<f64>>],
    rank_by: Score,
) -> Vec<Option<Interval>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for &trial in ranked {
        if comparable_scores(&scores[trial]).is_none() {
            continue;
        }
        let has_same =
            |group: &&mut Vec<usize>| has_same_splits(&plan.trials[group[0]], &plan.trials[trial]);
        match groups.iter_mut().find(has_same) {
            Some(group) => group.push(trial),
            None => groups.push(vec![trial]),
        }
    }
    let mut intervals = vec![None; scores.len()];
    for group in groups {
        let ratio = test_to_train(&plan.trials[group[0]].config.validation);
        let rows: Vec<&[f64]> = group
            .iter()
            .filter_map(|&trial| scores[trial].as_deref())
            .collect();
        for (trial, interval) in group.into_iter().zip(intervals_of(&rows, ratio, rank_by)) {
            intervals[trial] = Some(interval);
        }
    }
    intervals
}

/// The intervals of trials on the same splits; empty for a single split.
pub(crate) fn intervals_of(scores: &[&[f64]], ratio: f64, rank_by: Score) -> Vec<Interval> {
    // Of few splits, an interval may exceed the range of the score.
    let [low, high] = rank_by.range;
    let found = statistics::moderated_intervals(scores, ratio, CONFIDENCE).unwrap_or_default();
    let clamped = found.into_iter().map(|interval| Interval {
        low: interval.low.max(low),
        high: interval.high.min(high),
        ..interval
    });
    clamped.collect()
}

/// The ratio of validation to training samples in a split, from which the correlation of
/// overlapping training sets is estimated (Nadeau and Bengio 2003).
pub(crate) fn test_to_train(validation: &Validation) -> f64 {
    match validation.split() {
        Split::Folds(folds) => 1.0 / (folds as f64 - 1.0),
        Split::Holdout(share) => share / (1.0 - share),
    }
}

/// Whether two trials were validated on the same samples, split by split.
pub(crate) fn has_same_splits(a: &Trial, b: &Trial) -> bool {
    let [a, b] = [a, b].map(|trial| &trial.config);
    // The selection and encoding of columns does not change the splits.
    let data = |config: &Config| {
        let source = DataSource {
            columns: ColumnSettings::default(),
            ..config.data.source()
        };
        (source, config.data.limit)
    };
    a.validation == b.validation && data(a) == data(b)
}

/// The positions of the ranked trials, the best first.
fn ranked_trials(frame: &DataFrame) -> PolarsResult<Vec<usize>> {
    let ranks = frame.column("rank")?.u32()?;
    let positions = trial_positions(frame)?;
    let ranked = positions.into_iter().zip(ranks.iter());
    Ok(ranked
        .filter_map(|(trial, rank)| rank.map(|_| trial))
        .collect())
}

/// Whether each trial is on the Pareto front of score, time and memory; `None` for unranked trials.
fn on_pareto_front(
    plan: &Plan,
    frame: &DataFrame,
    rank_by: Score,
) -> PolarsResult<Vec<Option<bool>>> {
    let mut on_front = vec![None; plan.trials.len()];
    let front = pareto_front(frame, (&score_column(rank_by), rank_by.direction))?;
    for (trial, is_on) in ranked_trials(frame)?
        .into_iter()
        .zip(front.into_iter().flatten())
    {
        on_front[trial] = Some(is_on);
    }
    Ok(on_front)
}
