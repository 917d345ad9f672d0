//! A sweep that is compared with others.

use crate::metrics::Score;
use crate::plan::Plan;
use crate::record::Results;
use crate::report::analysis::conclusions::{Analysis, comparable_scores};
use crate::report::locale::Locale;
use crate::report::sweep_report::Report;
use crate::spec::{Data, Sweep};
use statistics::Interval;

/// A sweep with its results and its report.
pub struct ComparedSweep<'a> {
    /// The sweep.
    pub sweep: &'a Sweep,
    /// Its plan.
    pub plan: &'a Plan,
    /// Its results.
    pub results: &'a Results,
    /// Its report, in the order of the ranking.
    pub report: &'a Report,
    /// The hash of the contents of a data set, if it is known.
    pub data_hash: &'a dyn Fn(&Data) -> Option<String>,
}

impl ComparedSweep<'_> {
    pub(super) fn name(&self) -> &str {
        &self.plan.name
    }

    /// The metric that its trials are ranked by.
    pub(super) fn rank_by(&self) -> Score {
        self.sweep.options.report.rank_by
    }

    pub(super) fn analysis(&self) -> &Analysis {
        &self.report.analysis
    }

    /// The best trial, if its scores can be compared.
    pub(super) fn ranked_best(&self) -> Option<usize> {
        let analysis = self.analysis();
        let best = analysis.best?;
        comparable_scores(&analysis.scores[best]).map(|_| best)
    }

    /// The best trial; if nothing is held out for validation, the only trial.
    pub(super) fn shown_trial(&self) -> Option<usize> {
        let is_alone = self.plan.trials.len() == 1;
        self.analysis().best.or(is_alone.then_some(0))
    }

    /// The name of a trial with that of the sweep, as in the folder of results.
    pub(super) fn full_name(&self, trial: usize) -> String {
        format!("{}/{}", self.plan.name, self.plan.trials[trial].name)
    }

    /// A score in the unit of tables, without the unit.
    pub(super) fn score_text(&self, locale: Locale, score: Option<f64>) -> String {
        locale.score(self.rank_by(), score)
    }

    /// The bounds of an interval of scores.
    pub(super) fn interval_text(&self, locale: Locale, interval: Interval) -> String {
        let [low, high] =
            [interval.low, interval.high].map(|bound| self.score_text(locale, Some(bound)));
        locale.interval(low, high)
    }

    /// A difference of two scores in the unit of tables, with its sign.
    pub(super) fn difference_text(&self, locale: Locale, difference: f64) -> String {
        locale.score_difference(self.rank_by(), Some(difference))
    }
}
