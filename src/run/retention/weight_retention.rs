//! Decides which trials keep their weights: during a sweep those that may still be among the best,
//! at its end the best. Touches no files.

use crate::plan::{Plan, RunId};
use crate::record::{RankKey, RunResult};
use crate::spec::{KeepWeights, RankBy, Sweep};
use std::collections::HashMap;

/// The trials that keep their weights.
pub(crate) struct WeightRetention<'a> {
    plan: &'a Plan,
    keep: KeepWeights,
    rank_by: RankBy,
    /// The best trials whose runs have all finished, the best first; at most as many as are kept.
    best: Vec<RankKey>,
}

impl<'a> WeightRetention<'a> {
    pub(crate) fn new(sweep: &Sweep, plan: &'a Plan) -> Self {
        Self {
            plan,
            keep: sweep.keep,
            rank_by: sweep.report.rank_by,
            best: Vec::new(),
        }
    }

    /// Whether to keep the weights of a run that ends with this result, given the results so far.
    /// After the last run of a trial, only those of a trial among the best are kept.
    pub(crate) fn keeps_run(
        &self,
        run: RunId,
        result: &RunResult,
        results: &HashMap<RunId, RunResult>,
    ) -> bool {
        match self.keep {
            KeepWeights::None => return false,
            KeepWeights::All => return result.failure.is_none(),
            KeepWeights::Best(_) => {}
        }
        let result_of = |sibling: RunId| {
            if sibling == run {
                Some(result)
            } else {
                results.get(&sibling)
            }
        };
        match self.completion(run.trial, result_of) {
            TrialCompletion::Open => result.failure.is_none(),
            TrialCompletion::Failed => false,
            TrialCompletion::Finished(rank_key) => self.is_among_best(&rank_key),
        }
    }

    /// The trial that loses its weights now that a run of `trial` has ended, given the results so
    /// far, this run's among them.
    pub(crate) fn trial_to_prune(
        &mut self,
        trial: usize,
        results: &HashMap<RunId, RunResult>,
    ) -> Option<usize> {
        if self.keep == KeepWeights::All {
            return None;
        }
        let rank_key = match self.completion(trial, |run| results.get(&run)) {
            TrialCompletion::Open => return None,
            TrialCompletion::Failed => return Some(trial),
            TrialCompletion::Finished(rank_key) => rank_key,
        };
        let position = self.best.partition_point(|better| *better < rank_key);
        self.best.insert(position, rank_key);
        let is_exceeded = self.keep.is_exceeded_by(self.best.len());
        let worst = is_exceeded.then(|| self.best.pop())??;
        Some(worst.trial)
    }

    fn is_among_best(&self, rank_key: &RankKey) -> bool {
        let is_full = self.keep.is_exceeded_by(self.best.len() + 1);
        let worst = self.best.last().filter(|_| is_full);
        worst.is_none_or(|worst| rank_key < worst)
    }

    /// How far a trial is complete, according to these results.
    fn completion<'r>(
        &self,
        trial: usize,
        result_of: impl Fn(RunId) -> Option<&'r RunResult>,
    ) -> TrialCompletion {
        if let Some(rank_key) = RankKey::of(self.plan, trial, self.rank_by, &result_of) {
            return TrialCompletion::Finished(rank_key);
        }
        // A run that is to be retried may still succeed.
        let is_final = |run| result_of(run).is_some_and(|result| !result.should_retry());
        if self.plan.runs_of(trial).all(is_final) {
            TrialCompletion::Failed
        } else {
            TrialCompletion::Open
        }
    }
}

/// The trials that lose their weights, given these results.
pub fn trials_without_weights(
    sweep: &Sweep,
    plan: &Plan,
    results: &HashMap<RunId, RunResult>,
) -> Vec<usize> {
    let mut retention = WeightRetention::new(sweep, plan);
    let trials = 0..plan.trials.len();
    trials
        .filter_map(|trial| retention.trial_to_prune(trial, results))
        .collect()
}

/// How far a trial is complete.
enum TrialCompletion {
    /// Some of its runs have not ended.
    Open,
    /// All runs have ended, at least one without metrics: the trial is not ranked.
    Failed,
    /// All runs have ended with metrics.
    Finished(RankKey),
}
