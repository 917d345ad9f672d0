//! The test of the scores of two trials on their common splits.

use crate::plan::Plan;
use crate::record::Results;
use crate::report::analysis::conclusions::{
    Analysis, CONFIDENCE, comparable_scores, has_same_splits, test_to_train,
};
use crate::spec::Split;
use statistics::ReferenceComparison;

/// The test of the scores of the trials A and B, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ScoreTest {
    /// The scores were compared.
    Tested {
        /// B compared with A.
        comparison: ReferenceComparison,
        /// The number of common splits.
        splits: usize,
    },
    /// A trial holds out no samples for validation.
    NotValidated,
    /// The trials are validated on different samples.
    DifferentSplits,
    /// The trials have a single split, which does not show chance.
    SingleSplit,
    /// A trial has missing or failed runs.
    Incomplete,
    /// A finished run has no value for the score.
    WithoutScore,
    /// A score is infinite.
    NotFinite,
}

impl ScoreTest {
    /// Compares the scores of two trials with the variances that the report of the sweep uses: those of
    /// all trials on the same splits moderate each other. Neither trial was selected by its score, so p
    /// is that of this comparison alone.
    pub(crate) fn new(
        plan: &Plan,
        results: &Results,
        analysis: &Analysis,
        [a, b]: [usize; 2],
    ) -> Self {
        let trials = &plan.trials;
        let is_validated =
            |trial: usize| trials[trial].config.validation.split() != Split::Holdout(0.0);
        if !(is_validated(a) && is_validated(b)) {
            return Self::NotValidated;
        }
        if !has_same_splits(&trials[a], &trials[b]) {
            return Self::DifferentSplits;
        }
        if [a, b].iter().any(|&trial| analysis.scores[trial].is_none()) {
            let mut runs = plan.runs_of(a).chain(plan.runs_of(b));
            let are_finished = runs.all(|run| results.finished(run).is_some());
            return if are_finished {
                Self::WithoutScore
            } else {
                Self::Incomplete
            };
        }
        let comparable = |trial: usize| comparable_scores(&analysis.scores[trial]);
        let (Some(of_a), Some(of_b)) = (comparable(a), comparable(b)) else {
            return Self::NotFinite;
        };
        if of_a.len() < 2 {
            return Self::SingleSplit;
        }
        let others = (0..trials.len())
            .filter(|&trial| {
                trial != a && trial != b && has_same_splits(&trials[trial], &trials[a])
            })
            .filter_map(comparable);
        let scores: Vec<&[f64]> = [of_a, of_b].into_iter().chain(others).collect();
        let ratio = test_to_train(&trials[a].config.validation);
        let found = statistics::against_reference(&scores, 0, ratio, CONFIDENCE);
        match found.ok().and_then(|found| found.get(1).copied()) {
            Some(comparison) => Self::Tested {
                comparison,
                splits: of_a.len(),
            },
            // All scores are finite and there are two splits, so this does not happen.
            None => Self::NotFinite,
        }
    }
}
