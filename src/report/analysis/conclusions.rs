//! What can be concluded from a ranking: intervals, what cannot be told apart, what is chosen.

use crate::plan::{Plan, Trial};
use crate::record::Results;
use crate::report::results::frame::{score_column, trial_positions};
use crate::report::results::metric::score;
use crate::spec::{
    ColumnSettings, Config, DataSource, RankBy, SelectionCost, SelectionRule, Split, Sweep,
    Validation,
};
use polars::prelude::*;
use statistics::{Candidate, Direction, Interval};

/// The level of intervals: 95 %.
pub(crate) const LEVEL: f64 = 0.95;

/// What can be concluded of the trials of a sweep; lists have an entry for each trial of the plan.
#[derive(Clone, Debug)]
pub(crate) struct Analysis {
    /// The score on each split, of trials that are ranked.
    pub(crate) scores: Vec<Option<Vec<f64>>>,
    /// The mean score with its interval, where there are two splits or more.
    pub(crate) intervals: Vec<Option<Interval>>,
    /// The corrected p value of the difference to the best, of trials on the same splits.
    pub(crate) against_best: Vec<Option<f64>>,
    /// What those comparisons rest on.
    pub(crate) compared: Compared,
    /// The first of the ranking.
    pub(crate) best: Option<usize>,
    /// The trial that is chosen by the sweep file's rule.
    pub(crate) chosen: Option<usize>,
    /// The baseline, where the sweep file names one that there is.
    pub(crate) baseline: Option<usize>,
    /// Whether no other trial is better in score, seconds and memory at once; nothing for trials
    /// without a score.
    pub(crate) pareto: Vec<Option<bool>>,
}

/// What comparisons with the best rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compared {
    /// There is nothing to compare.
    Not,
    /// One split tells nothing of chance.
    TooFewSplits,
    /// Trials were compared on the splits that they share.
    Against {
        /// Splits of each trial.
        splits: usize,
        /// Trials that cannot be told from the best.
        alike: usize,
        /// Trials that were compared with it.
        others: usize,
    },
}

impl Analysis {
    /// Compares the trials; `frame` is the ranking.
    ///
    /// # Errors
    /// A frame without the columns of [`crate::report::results::frame::trials`].
    pub(crate) fn new(
        sweep: &Sweep,
        plan: &Plan,
        results: &Results,
        frame: &DataFrame,
    ) -> PolarsResult<Self> {
        let rank_by = sweep.report.rank_by;
        let ranked = ranked(frame)?;
        let best = ranked.first().copied();
        let mut scores = vec![None; plan.trials.len()];
        for &trial in &ranked {
            let runs = plan.runs_of(trial).map(|run| results.finished(run));
            scores[trial] = runs.map(|run| score(run?, rank_by)).collect();
        }
        // No share is below 0 or above 1, and no loss below 0, however few splits there are.
        let highest = match rank_by {
            RankBy::Accuracy => 1.0,
            RankBy::Loss => f64::INFINITY,
        };
        let interval = |(trial, scores): (&Trial, &Option<Vec<f64>>)| {
            let ratio = test_to_train(&trial.config.validation);
            let interval = statistics::interval(scores.as_deref()?, ratio, LEVEL)?;
            Some(Interval {
                low: interval.low.max(0.0),
                high: interval.high.min(highest),
                ..interval
            })
        };
        let intervals: Vec<_> = plan.trials.iter().zip(&scores).map(interval).collect();
        let mut analysis = Self {
            against_best: vec![None; plan.trials.len()],
            compared: Compared::Not,
            chosen: None,
            baseline: plan.baseline(sweep),
            pareto: pareto(plan, frame, &ranked, rank_by)?,
            best,
            scores,
            intervals,
        };
        analysis.compare(plan, &ranked, direction(rank_by));
        analysis.choose(sweep, plan, results, &ranked);
        Ok(analysis)
    }

    /// Compares the trials that share the best's splits with it.
    fn compare(&mut self, plan: &Plan, ranked: &[usize], direction: Direction) {
        let Some(best) = self.best else { return };
        let config = &plan.trials[best].config;
        let shares = |&&trial: &&usize| shares_splits(&plan.trials[trial], &plan.trials[best]);
        let alike: Vec<usize> = ranked.iter().filter(shares).copied().collect();
        let scores: Vec<&[f64]> = alike
            .iter()
            .filter_map(|&trial| self.scores[trial].as_deref())
            .collect();
        let splits = scores.first().map_or(0, |scores| scores.len());
        if scores.len() < 2 {
            return;
        }
        if splits < 2 {
            self.compared = Compared::TooFewSplits;
            return;
        }
        let ratio = test_to_train(&config.validation);
        // Scores that cannot be compared, as infinite losses, are compared with none.
        let Ok(found) = statistics::against_best(&scores, direction, ratio) else {
            return;
        };
        for (&trial, comparison) in alike.iter().zip(found.comparisons) {
            self.against_best[trial] = (trial != best).then_some(comparison.adjusted_p_value);
        }
        let others = || self.against_best.iter().flatten();
        self.compared = Compared::Against {
            splits,
            alike: others().filter(|&&p| !is_different(p)).count(),
            others: others().count(),
        };
    }

    /// Chooses by the sweep file's rule.
    fn choose(&mut self, sweep: &Sweep, plan: &Plan, results: &Results, ranked: &[usize]) {
        let SelectionRule::OneStandardError(cost) = sweep.report.select else {
            self.chosen = self.best;
            return;
        };
        let cost = |trial: usize| match cost {
            SelectionCost::Parameters => Some(plan.trials[trial].config.parameters() as f64),
            SelectionCost::Seconds => {
                let profile = results.profiles.get(&trial);
                profile.map(|(profile, _)| profile.seconds_per_epoch)
            }
        };
        let candidate = |&trial: &usize| {
            let interval = self.intervals[trial].as_ref();
            Candidate {
                mean: interval.map_or(f64::NAN, |interval| interval.mean),
                standard_error: interval.map_or(f64::NAN, |interval| interval.standard_error),
                cost: cost(trial).unwrap_or(f64::NAN),
            }
        };
        let candidates: Vec<Candidate> = ranked.iter().map(candidate).collect();
        let direction = direction(sweep.report.rank_by);
        let choice = statistics::one_standard_error(&candidates, direction);
        self.chosen = choice.map(|choice| ranked[choice.chosen]);
    }

    /// The mean score of a ranked trial.
    pub(crate) fn mean(&self, trial: usize) -> Option<f64> {
        let scores = self.scores[trial].as_ref()?;
        Some(scores.iter().sum::<f64>() / scores.len() as f64)
    }

    /// Whether the trial can be told from the best, where they were compared.
    pub(crate) fn differs(&self, trial: usize) -> Option<bool> {
        self.against_best[trial].map(is_different)
    }
}

/// Whether a corrected p value tells a difference at the 5 % level.
pub(crate) fn is_different(p: f64) -> bool {
    p < 1.0 - LEVEL
}

/// Which scores are better.
pub(crate) fn direction(rank_by: RankBy) -> Direction {
    match rank_by {
        RankBy::Accuracy => Direction::Maximise,
        RankBy::Loss => Direction::Minimise,
    }
}

/// Validation samples for each training sample in a split, of which overlapping training sets'
/// correlation is estimated (Nadeau and Bengio 2003).
pub(crate) fn test_to_train(validation: &Validation) -> f64 {
    match validation.split() {
        Split::Folds(folds) => 1.0 / (folds as f64 - 1.0),
        Split::Holdout(share) => share / (1.0 - share),
    }
}

/// Whether two trials were validated on the same samples, split by split.
pub(crate) fn shares_splits(a: &Trial, b: &Trial) -> bool {
    let [a, b] = [a, b].map(|trial| &trial.config);
    // Which columns are used, and how, changes no split.
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
fn ranked(frame: &DataFrame) -> PolarsResult<Vec<usize>> {
    let ranks = frame.column("rank")?.u32()?;
    let positions = trial_positions(frame)?;
    let ranked = positions.into_iter().zip(ranks.iter());
    Ok(ranked
        .filter_map(|(trial, rank)| rank.map(|_| trial))
        .collect())
}

/// Which trials no other beats in score, seconds and memory at once.
fn pareto(
    plan: &Plan,
    frame: &DataFrame,
    ranked: &[usize],
    rank_by: RankBy,
) -> PolarsResult<Vec<Option<bool>>> {
    let mut front = vec![None; plan.trials.len()];
    let column = |name: &str| -> PolarsResult<Vec<Option<f64>>> {
        Ok(frame
            .column(name)?
            .f64()?
            .iter()
            .take(ranked.len())
            .collect())
    };
    let seconds = column("profile_seconds_per_epoch")?;
    // Without speed the front is the best trial alone.
    if seconds.iter().all(Option::is_none) {
        return Ok(front);
    }
    let scores = column(score_column(rank_by))?;
    let bytes = column("profile_peak_bytes")?;
    let mut objectives = vec![(direction(rank_by), scores), (Direction::Minimise, seconds)];
    if bytes.iter().any(Option::is_some) {
        objectives.push((Direction::Minimise, bytes));
    }
    let directions: Vec<Direction> = objectives.iter().map(|(direction, _)| *direction).collect();
    let point = |row: usize| -> Vec<f64> {
        let values = objectives.iter().map(|(_, values)| values[row]);
        values.map(|value| value.unwrap_or(f64::NAN)).collect()
    };
    let points: Vec<Vec<f64>> = (0..ranked.len()).map(point).collect();
    for &trial in ranked {
        front[trial] = Some(false);
    }
    // Every point has a value for each objective: there is no error.
    for row in statistics::pareto_front(&directions, &points).unwrap_or_default() {
        front[ranked[row]] = Some(true);
    }
    Ok(front)
}
