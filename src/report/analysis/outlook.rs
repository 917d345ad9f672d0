//! What more repeats would show about the ties with the best trial.

use super::conclusions::{Analysis, CONFIDENCE, test_to_train};
use crate::metrics::Score;
use crate::plan::Plan;
use crate::record::Results;
use crate::spec::Split;

/// What more repeats would show about the ties with the best trial.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Outlook {
    /// Trials that are not distinguishable from the best.
    pub(crate) ties: usize,
    /// Ties that enough repeats would be expected to distinguish from the best.
    pub(crate) separable: usize,
    /// The repeats after which half of the separable ties are expected to be distinguished; `None`
    /// if no tie is separable.
    pub(crate) repeats: Option<usize>,
    /// The training time of these repeats for the best trial and its ties, one run after the other.
    pub(crate) seconds: Option<f64>,
}

impl Outlook {
    /// Forecasts from the scores and times of the runs so far; `None` without ties, or if nothing can be
    /// forecast.
    pub(crate) fn new(
        plan: &Plan,
        results: &Results,
        analysis: &Analysis,
        rank_by: Score,
    ) -> Option<Self> {
        let best = analysis.best?;
        let ties = analysis.ties();
        if ties.is_empty() {
            return None;
        }
        let all = 0..plan.trials.len();
        let compared =
            all.filter(|&trial| trial == best || analysis.differs_from_best(trial).is_some());
        let scores: Vec<&[f64]> = compared
            .filter_map(|trial| analysis.scores[trial].as_deref())
            .collect();
        let validation = &plan.trials[best].config.validation;
        let ratio = test_to_train(validation);
        let forecast =
            statistics::forecast(&scores, rank_by.direction, ratio, 1.0 - CONFIDENCE).ok()??;
        let splits_per_repeat = match validation.split() {
            Split::Folds(folds) => folds,
            Split::Holdout(_) => 1,
        };
        let existing = scores.first()?.len();
        let repeats = forecast.splits.map(|splits| {
            let missing = splits.saturating_sub(existing);
            missing.div_ceil(splits_per_repeat).max(1)
        });
        let mut runs = 0;
        let mut total = 0.0;
        for &trial in ties.iter().chain([&best]) {
            for result in plan.runs_of(trial).filter_map(|run| results.finished(run)) {
                runs += 1;
                total += result.seconds;
            }
        }
        let new_runs = |repeats| (repeats * splits_per_repeat * (ties.len() + 1)) as f64;
        let seconds = repeats.map(|repeats| total / f64::from(runs) * new_runs(repeats));
        Some(Self {
            ties: ties.len(),
            separable: forecast.separable.min(ties.len()),
            repeats,
            seconds: seconds.filter(|seconds| seconds.is_finite()),
        })
    }

    /// The ties that are expected to be distinguished after [`Self::repeats`].
    pub(crate) fn distinguished(&self) -> usize {
        self.separable.div_ceil(2)
    }
}
