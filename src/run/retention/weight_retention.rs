//! Decides which trials keep their weights: during a sweep those that may still be among the best or
//! be chosen, at its end the best and the chosen one. Touches no files.

use crate::metrics::Profile;
use crate::plan::{Plan, RunId};
use crate::record::{RankKey, Results, RunResult};
use crate::selection::{Candidate, select};
use crate::spec::{KeepWeights, ReportOptions, Sweep};
use std::collections::HashMap;

/// The trials that keep their weights.
pub(crate) struct WeightRetention<'a> {
    plan: &'a Plan,
    keep: KeepWeights,
    options: &'a ReportOptions,
    /// The profiles of trials that had one at the start. Others get theirs after all runs.
    profiles: HashMap<usize, Profile>,
    /// The best trials whose runs have all finished, the best first; at most as many as are kept.
    best: Vec<RankKey>,
    /// The trials that the rule for the choice may still choose; empty if it chooses the first of
    /// the ranking.
    candidates: Vec<Candidate>,
}

impl<'a> WeightRetention<'a> {
    pub(crate) fn new(sweep: &'a Sweep, plan: &'a Plan, results: &Results) -> Self {
        let profiles = results.profiles.iter();
        Self {
            plan,
            keep: sweep.options.keep,
            options: &sweep.options.report,
            profiles: profiles
                .map(|(&trial, profile)| (trial, profile.profile))
                .collect(),
            best: Vec::new(),
            candidates: Vec::new(),
        }
    }

    /// Whether to keep the weights of a run that ends with this result, given the results so far.
    /// After the last run of a trial, only those of a trial that may still be among the best or be
    /// chosen are kept.
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
            TrialCompletion::Finished(rank_key) => {
                self.is_among_best(&rank_key) || self.new_candidate(run.trial, result_of).is_some()
            }
        }
    }

    /// The trials that lose their weights now that a run of `trial` has ended, given the results so
    /// far, this run's among them.
    pub(crate) fn trials_to_prune(
        &mut self,
        trial: usize,
        results: &HashMap<RunId, RunResult>,
    ) -> Vec<usize> {
        if self.keep == KeepWeights::All {
            return Vec::new();
        }
        let result_of = |run| results.get(&run);
        let rank_key = match self.completion(trial, result_of) {
            TrialCompletion::Open => return Vec::new(),
            TrialCompletion::Failed => return vec![trial],
            TrialCompletion::Finished(rank_key) => rank_key,
        };
        let mut replaced = vec![trial];
        if self.keep != KeepWeights::None
            && let Some(candidate) = self.new_candidate(trial, result_of)
        {
            let is_precluded = |known: &Candidate| candidate.precludes(known);
            let precluded = self.candidates.iter().filter(|known| is_precluded(known));
            replaced.extend(precluded.map(|known| known.trial));
            self.candidates.retain(|known| !is_precluded(known));
            self.candidates.push(candidate);
        }
        let position = self.best.partition_point(|better| *better < rank_key);
        self.best.insert(position, rank_key);
        if self.keep.is_exceeded_by(self.best.len()) {
            replaced.extend(self.best.pop().map(|worst| worst.trial));
        }
        self.not_kept(replaced)
    }

    /// The trials that lose their weights now that the choice is final.
    pub(crate) fn settle(&mut self, chosen: Option<usize>) -> Vec<usize> {
        let (chosen, others) = std::mem::take(&mut self.candidates)
            .into_iter()
            .partition(|candidate| Some(candidate.trial) == chosen);
        self.candidates = chosen;
        let others: Vec<Candidate> = others;
        self.not_kept(others.iter().map(|candidate| candidate.trial).collect())
    }

    /// Those of the trials that are neither among the best nor candidates.
    fn not_kept(&self, mut trials: Vec<usize>) -> Vec<usize> {
        let is_kept = |trial: usize| {
            let mut best = self.best.iter();
            best.any(|known| known.trial == trial)
                || self.candidates.iter().any(|known| known.trial == trial)
        };
        trials.sort_unstable();
        trials.dedup();
        trials.retain(|&trial| !is_kept(trial));
        trials
    }

    /// A trial that has finished, if the rule may still choose it.
    fn new_candidate<'r>(
        &self,
        trial: usize,
        result_of: impl Fn(RunId) -> Option<&'r RunResult>,
    ) -> Option<Candidate> {
        if self.options.chooses_first_ranked() {
            return None;
        }
        let profile = self.profiles.get(&trial);
        let candidate = Candidate::of(self.options, self.plan, trial, result_of, profile)?;
        let mut known = self.candidates.iter();
        let is_possible = candidate.is_within_limits() != Some(false)
            && !known.any(|known| known.precludes(&candidate));
        is_possible.then_some(candidate)
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
        if let Some(rank_key) = RankKey::of(self.plan, trial, self.options.rank_by, &result_of) {
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
pub fn trials_without_weights(sweep: &Sweep, plan: &Plan, results: &Results) -> Vec<usize> {
    let mut retention = WeightRetention::new(sweep, plan, results);
    let trials = 0..plan.trials.len();
    let mut pruned: Vec<usize> = trials
        .flat_map(|trial| retention.trials_to_prune(trial, &results.runs))
        .collect();
    if let Some(chosen) = final_choice(sweep, plan, results) {
        pruned.extend(retention.settle(chosen));
    }
    pruned
}

/// The chosen trial, if any, once further results and measurements cannot change the choice.
pub(crate) fn final_choice(sweep: &Sweep, plan: &Plan, results: &Results) -> Option<Option<usize>> {
    if sweep.options.report.chooses_first_ranked() {
        return None;
    }
    let selection = select(&sweep.options.report, plan, results);
    selection.is_final.then_some(selection.chosen)
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
