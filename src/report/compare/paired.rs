//! The best trials of sweeps with the same splits, compared split by split.

use super::compared_sweep::ComparedSweep;
use super::split_settings::SplitSettings;
use crate::metrics::Score;
use crate::plan::{RunHash, RunId};
use crate::report::analysis::conclusions::{
    CONFIDENCE, comparable_scores, has_same_splits, intervals_of, is_different, test_to_train,
};
use crate::spec::DataSource;
use statistics::{Direction, Interval, ReferenceComparison};
use std::collections::HashMap;

/// Sweeps with the same metric and the same splits, in the order in which they were named.
pub(super) struct SplitGroup {
    /// Positions of the sweeps.
    pub(super) entries: Vec<usize>,
    pub(super) rank_by: Score,
    pub(super) settings: SplitSettings,
}

/// The comparison of the sweeps of a group.
pub(super) struct PairedTest {
    /// The number of splits that all trials share.
    pub(super) splits: usize,
    /// The number of different trials of all these sweeps.
    pub(super) candidates: usize,
    /// The sweeps, the one with the best trial first.
    pub(super) members: Vec<Member>,
    /// The last rank of the leading ties, if the first sweep has any.
    pub(super) tied_ranks: Option<u32>,
    /// The baseline that these sweeps share.
    pub(super) baseline: SharedBaseline,
}

/// A sweep of a group.
pub(super) struct Member {
    /// The position of the sweep.
    pub(super) entry: usize,
    /// Its best trial.
    pub(super) trial: usize,
    /// Equal scores have equal ranks.
    pub(super) rank: u32,
    /// The 95 % interval of its mean score, with variances that the trials of all sweeps moderate.
    pub(super) interval: Option<Interval>,
    /// Its mean score minus that of the first sweep's best trial.
    pub(super) difference: f64,
    /// The corrected p value of this difference; `None` for the first sweep.
    pub(super) p_value: Option<f64>,
    /// The number of the sweep's trials that are not distinguishable from the best of all sweeps.
    pub(super) ties: usize,
    /// The number of the sweep's trials that were compared.
    pub(super) compared: usize,
    /// Its difference from the baseline.
    pub(super) from_baseline: Option<ReferenceComparison>,
    /// The position of the best trial among the candidates: equal for equal trials of two sweeps.
    pub(super) candidate: usize,
}

/// The baseline of several sweeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SharedBaseline {
    /// No sweep names one that can be compared.
    None,
    /// A trial of the sweep at this position.
    Trial { entry: usize, trial: usize },
    /// Two sweeps name different trials.
    Different,
}

impl Member {
    /// Whether it is clearly worse than the first sweep's best trial.
    pub(super) fn is_worse(&self) -> bool {
        self.p_value.is_some_and(is_different)
    }

    /// Whether it is not distinguishable from the first sweep's best trial.
    pub(super) fn is_tie(&self) -> bool {
        self.p_value.is_some_and(|p| !is_different(p))
    }
}

/// Groups the sweeps whose best trials have scores on the same splits.
pub(super) fn group_by_splits(entries: &[ComparedSweep]) -> Vec<SplitGroup> {
    let mut groups: Vec<SplitGroup> = Vec::new();
    for (position, entry) in entries.iter().enumerate() {
        let Some(best) = entry.ranked_best() else {
            continue;
        };
        let (rank_by, settings) = (entry.rank_by(), SplitSettings::of(entry, best));
        let is_same = |group: &&mut SplitGroup| {
            group.rank_by == rank_by && group.settings.agrees_with(&settings)
        };
        match groups.iter_mut().find(is_same) {
            Some(group) => group.entries.push(position),
            None => groups.push(SplitGroup {
                entries: vec![position],
                rank_by,
                settings,
            }),
        }
    }
    groups
}

/// The largest group, the first of equally large ones.
pub(super) fn largest(groups: &[SplitGroup]) -> Option<&SplitGroup> {
    groups.iter().rev().max_by_key(|group| group.entries.len())
}

/// The interval of the mean score of each sweep's best trial: that of its test, or else that of its
/// own report.
pub(super) fn intervals_of_best(
    entries: &[ComparedSweep],
    tests: &[PairedTest],
) -> Vec<Option<Interval>> {
    let tested = |entry: usize| {
        let mut members = tests.iter().flat_map(|test| &test.members);
        members.find(|member| member.entry == entry)?.interval
    };
    let own = |entry: &ComparedSweep| entry.analysis().intervals[entry.ranked_best()?];
    let entries = entries.iter().enumerate();
    entries
        .map(|(position, entry)| tested(position).or_else(|| own(entry)))
        .collect()
}

/// The different trials of the sweeps of a group.
struct Pool<'a> {
    scores: Vec<&'a [f64]>,
    /// The candidates by the hash of their first run and their scores.
    known: HashMap<(RunHash, Vec<u64>), usize>,
    /// The hashes of the data sets of each sweep: finding one may read files.
    data_hashes: HashMap<(usize, DataSource), String>,
    /// For each sweep, its trials with their candidates; the best trial is the first.
    trials: Vec<Vec<(usize, usize)>>,
}

impl<'a> Pool<'a> {
    /// Collects the trials. Equal trials of two sweeps are one candidate: they say nothing about
    /// each other.
    fn new(entries: &'a [ComparedSweep], group: &SplitGroup) -> Self {
        let mut pool = Self {
            scores: Vec::new(),
            known: HashMap::new(),
            data_hashes: HashMap::new(),
            trials: vec![Vec::new(); group.entries.len()],
        };
        let of_group = || group.entries.iter().map(|&entry| &entries[entry]);
        // The best trials come first, so that one of them is the best of equal candidates.
        for (member, entry) in of_group().enumerate() {
            let best = entry.ranked_best();
            best.into_iter()
                .for_each(|best| pool.add(member, entry, best));
        }
        for (member, entry) in of_group().enumerate() {
            let Some(best) = entry.ranked_best() else {
                continue;
            };
            let trials = &entry.plan.trials;
            let others = (0..trials.len()).filter(|&trial| trial != best);
            for trial in others.filter(|&trial| has_same_splits(&trials[trial], &trials[best])) {
                pool.add(member, entry, trial);
            }
        }
        pool
    }

    fn add(&mut self, member: usize, entry: &'a ComparedSweep, trial: usize) {
        let Some(scores) = comparable_scores(&entry.analysis().scores[trial]) else {
            return;
        };
        let config = &entry.plan.trials[trial].config;
        let run = RunId {
            trial,
            repeat: 0,
            fold: 0,
        };
        let data = self
            .data_hashes
            .entry((member, config.data.source()))
            .or_insert_with(|| (entry.data_hash)(&config.data).unwrap_or_default());
        let hash = RunHash::new(config, entry.plan.seed(run), data);
        let bits = scores.iter().map(|score| score.to_bits()).collect();
        let candidate = *self.known.entry((hash, bits)).or_insert_with(|| {
            self.scores.push(scores);
            self.scores.len() - 1
        });
        self.trials[member].push((trial, candidate));
    }

    /// The candidate of a trial.
    fn candidate(&self, member: usize, trial: usize) -> Option<usize> {
        let of_member = self.trials[member].iter();
        let mut found = of_member.filter(|(position, _)| *position == trial);
        found.next().map(|(_, candidate)| *candidate)
    }
}

/// Compares the sweeps of a group; `None` for fewer than two sweeps or splits.
///
/// The trials of all sweeps are compared with the best of them as if they were of one sweep: their
/// variances moderate each other, and p values allow for its selection and for their number.
pub(super) fn paired_test(entries: &[ComparedSweep], group: &SplitGroup) -> Option<PairedTest> {
    if group.entries.len() < 2 {
        return None;
    }
    let pool = Pool::new(entries, group);
    let direction = group.rank_by.direction;
    let first = &entries[*group.entries.first()?];
    let config = &first.plan.trials[first.ranked_best()?].config;
    let ratio = test_to_train(&config.validation);
    let found = statistics::against_best(&pool.scores, direction, ratio).ok()?;
    let p_value = |candidate: usize| found.comparisons[candidate].adjusted_p_value;
    let intervals = intervals_of(&pool.scores, ratio, group.rank_by);
    let baseline = shared_baseline(entries, group, &pool);
    let from_baseline = baseline_comparisons(entries, group, &pool, baseline, ratio);
    let mut members = Vec::new();
    for (position, (&entry, trials)) in group.entries.iter().zip(&pool.trials).enumerate() {
        let &(trial, candidate) = trials.first()?;
        let is_tie = |&&(_, candidate): &&(usize, usize)| !is_different(p_value(candidate));
        members.push(Member {
            entry,
            trial,
            rank: 0,
            interval: intervals.get(candidate).copied(),
            difference: found.comparisons[candidate].difference,
            p_value: Some(p_value(candidate)),
            ties: trials.iter().filter(is_tie).count(),
            compared: trials.len(),
            from_baseline: from_baseline.get(position).copied(),
            candidate,
        });
    }
    members.sort_by(|a, b| match direction {
        Direction::Maximise => b.difference.total_cmp(&a.difference),
        Direction::Minimise => a.difference.total_cmp(&b.difference),
    });
    for row in 0..members.len() {
        members[row].rank = match row.checked_sub(1) {
            Some(above) if members[above].difference == members[row].difference => {
                members[above].rank
            }
            _ => row as u32 + 1,
        };
    }
    members.first_mut()?.p_value = None;
    let leading = members.iter().take_while(|member| !member.is_worse());
    let leading = leading.count() as u32;
    Some(PairedTest {
        splits: pool.scores.first()?.len(),
        candidates: pool.scores.len(),
        tied_ranks: (leading > 1).then_some(leading),
        members,
        baseline,
    })
}

/// The baseline of the sweeps that name one, if all of them name the same trial.
fn shared_baseline(entries: &[ComparedSweep], group: &SplitGroup, pool: &Pool) -> SharedBaseline {
    let mut shared: Option<(usize, usize, usize)> = None;
    for (member, &entry) in group.entries.iter().enumerate() {
        let sweep = &entries[entry];
        let Some(trial) = sweep.plan.baseline(sweep.sweep) else {
            continue;
        };
        let Some(candidate) = pool.candidate(member, trial) else {
            continue;
        };
        match shared {
            None => shared = Some((candidate, entry, trial)),
            Some((known, ..)) if known == candidate => {}
            Some(_) => return SharedBaseline::Different,
        }
    }
    shared.map_or(SharedBaseline::None, |(_, entry, trial)| {
        SharedBaseline::Trial { entry, trial }
    })
}

/// The difference of each sweep's best trial from the baseline, in the order of the group. All
/// trials are compared, because the best of a sweep was selected among them.
fn baseline_comparisons(
    entries: &[ComparedSweep],
    group: &SplitGroup,
    pool: &Pool,
    baseline: SharedBaseline,
    ratio: f64,
) -> Vec<ReferenceComparison> {
    let SharedBaseline::Trial { entry, trial } = baseline else {
        return Vec::new();
    };
    let member = group.entries.iter().position(|&other| other == entry);
    let reference = member.and_then(|member| pool.candidate(member, trial));
    let Some(reference) = reference else {
        return Vec::new();
    };
    let found = statistics::against_reference(&pool.scores, reference, ratio, CONFIDENCE);
    let found = found.unwrap_or_default();
    let of_best = |(member, &entry): (usize, &usize)| {
        let best = entries[entry].ranked_best()?;
        found.get(pool.candidate(member, best)?).copied()
    };
    let compared = group.entries.iter().enumerate().map(of_best);
    compared.collect::<Option<_>>().unwrap_or_default()
}
