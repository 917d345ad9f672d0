//! Which trials' weights stay: those that may still be among the best, and at the end the best.
//!
//! Decides only: the files are those of `weights`.

use crate::plan::{Plan, RunId};
use crate::record::{Ranking, RunResult};
use crate::spec::{KeepWeights, RankBy, Sweep};
use std::collections::HashMap;

/// Which trials' weights stay.
pub(crate) struct WeightRetention<'a> {
    plan: &'a Plan,
    keep: KeepWeights,
    rank_by: RankBy,
    /// The best trials all of whose runs have finished, the best first; no more than are kept.
    best: Vec<Ranking>,
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

    /// Whether the weights of a run that ends with this result may stay, given the results that
    /// there are: where it is its trial's last, those of a trial that is not among the best may not.
    pub(crate) fn may_stay(
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
        let known = |other: RunId| match other == run {
            true => Some(result),
            false => results.get(&other),
        };
        match self.end(run.trial, known) {
            End::Open => result.failure.is_none(),
            End::Failed => false,
            End::Finished(standing) => self.is_among_best(&standing),
        }
    }

    /// A run of this trial has ended: the trials whose weights do not stay, given the results that
    /// there are, its own among them. At most one.
    pub(crate) fn ended(
        &mut self,
        trial: usize,
        results: &HashMap<RunId, RunResult>,
    ) -> Option<usize> {
        if self.keep == KeepWeights::All {
            return None;
        }
        let standing = match self.end(trial, |run| results.get(&run)) {
            End::Open => return None,
            End::Failed => return Some(trial),
            End::Finished(standing) => standing,
        };
        let place = self.best.partition_point(|other| *other < standing);
        self.best.insert(place, standing);
        let is_exceeded = self.keep.is_exceeded_by(self.best.len());
        let last = is_exceeded.then(|| self.best.pop())??;
        Some(last.trial)
    }

    fn is_among_best(&self, standing: &Ranking) -> bool {
        let is_full = self.keep.is_exceeded_by(self.best.len() + 1);
        let worst = self.best.last().filter(|_| is_full);
        worst.is_none_or(|worst| standing < worst)
    }

    /// How a trial has ended, as far as these results tell.
    fn end<'r>(&self, trial: usize, result: impl Fn(RunId) -> Option<&'r RunResult>) -> End {
        if let Some(standing) = Ranking::of(self.plan, trial, self.rank_by, &result) {
            return End::Finished(standing);
        }
        // What is to be retried may still turn out well.
        let mut runs = self.plan.runs_of(trial).map(result);
        match runs.all(|result| result.is_some_and(|result| !result.should_retry())) {
            true => End::Failed,
            false => End::Open,
        }
    }
}

/// The trials whose weights do not stay, given the results that there are.
pub fn runs_without_weights(
    sweep: &Sweep,
    plan: &Plan,
    results: &HashMap<RunId, RunResult>,
) -> Vec<usize> {
    let mut keeping = WeightRetention::new(sweep, plan);
    let trials = 0..plan.trials.len();
    trials
        .filter_map(|trial| keeping.ended(trial, results))
        .collect()
}

/// How a trial has ended.
enum End {
    /// Some of its runs have not.
    Open,
    /// All have, and at least one without metrics: it takes no part in the ranking.
    Failed,
    /// All have, with metrics.
    Finished(Ranking),
}
