//! The cohorts that wait to be trained.

use crate::plan::{Plan, RunId, split_evenly};
use std::collections::{HashSet, VecDeque};

/// Runs to be trained together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cohort {
    /// The position of the group that its runs are taken from.
    pub(super) group: usize,
    /// Its members.
    pub(super) runs: Vec<RunId>,
}

/// The cohorts that wait to be trained, in the order of the plan.
pub(super) struct Queue {
    waiting: VecDeque<Cohort>,
    /// The maximum size of a cohort of each group.
    max_sizes: Vec<usize>,
    /// The runs that have been retried alone.
    retried: HashSet<RunId>,
    /// The number of cohorts that were taken and may still be put back in halves.
    in_flight: usize,
}

impl Queue {
    /// Cuts groups of stackable runs into cohorts; `max_sizes` holds the maximum size of a cohort of
    /// each group, at least 1.
    ///
    /// Cohorts are ordered by their earliest run in the plan, whatever their group: cohorts of one
    /// run have the order of the plan.
    pub(super) fn new(plan: &Plan, groups: &[Vec<RunId>], max_sizes: Vec<usize>) -> Self {
        let mut waiting = Vec::new();
        for (group, (runs, &max_size)) in groups.iter().zip(&max_sizes).enumerate() {
            let cohorts = plan.cohorts(runs, max_size).into_iter();
            waiting.extend(cohorts.map(|runs| Cohort { group, runs }));
        }
        waiting.sort_by_cached_key(|cohort| cohort.runs.iter().min().copied());
        Self {
            waiting: waiting.into(),
            max_sizes,
            retried: HashSet::new(),
            in_flight: 0,
        }
    }

    /// Takes the next cohort, cut to the current maximum size of its group. Call [`Queue::settled`]
    /// when it is done.
    pub(super) fn take(&mut self) -> Option<Cohort> {
        let mut next = self.waiting.pop_front()?;
        let max_size = self.max_sizes[next.group];
        if next.runs.len() > max_size {
            self.put_back(next.group, &next.runs, max_size);
            next = self.waiting.pop_front()?;
        }
        self.in_flight += 1;
        Some(next)
    }

    /// Notes that a cohort that was taken will not be put back any more.
    pub(super) fn settled(&mut self) {
        self.in_flight -= 1;
    }

    /// Whether the queue is empty and stays so.
    pub(super) fn is_done(&self) -> bool {
        self.waiting.is_empty() && self.in_flight == 0
    }

    /// Puts the halves of a cohort back, to be taken next. If it was too large for the memory, later
    /// cohorts of its group are no larger than its halves.
    pub(super) fn halve(&mut self, cohort: &Cohort, out_of_memory: bool) {
        let half = cohort.runs.len().div_ceil(2);
        if out_of_memory {
            let max_size = &mut self.max_sizes[cohort.group];
            *max_size = half.clamp(1, *max_size);
        }
        self.put_back(cohort.group, &cohort.runs, half);
    }

    /// Puts a cohort back, to be taken next, unless one of its runs was put back before; whether it
    /// was.
    pub(super) fn retry(&mut self, cohort: &Cohort) -> bool {
        let is_first_retry = cohort.runs.iter().all(|&run| self.retried.insert(run));
        if is_first_retry {
            self.waiting.push_front(cohort.clone());
        }
        is_first_retry
    }

    fn put_back(&mut self, group: usize, runs: &[RunId], max_size: usize) {
        for runs in split_evenly(runs, max_size).into_iter().rev() {
            self.waiting.push_front(Cohort { group, runs });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Source, Sweep};

    /// Two groups of four runs, which alternate in the plan.
    fn queue(max_size: usize) -> Queue {
        let source = Source {
            name: "test.yaml".into(),
            text: "grid: { training.learning_rate: [1, 2, 3, 4], model.layers: [1, 2] }".into(),
        };
        let plan = Plan::new(&Sweep::parse(source, "test", &[]).unwrap()).unwrap();
        let groups = plan.stack_groups(plan.runs(), false);
        assert_eq!(groups.len(), 2);
        Queue::new(&plan, &groups, vec![max_size; 2])
    }

    fn taken(queue: &mut Queue) -> Option<Vec<usize>> {
        let cohort = queue.take()?;
        Some(cohort.runs.iter().map(|run| run.trial).collect())
    }

    fn all(mut queue: Queue) -> Vec<Vec<usize>> {
        std::iter::from_fn(|| taken(&mut queue)).collect()
    }

    #[test]
    fn cohorts_come_in_the_order_of_the_plan() {
        let alone: Vec<Vec<usize>> = (0..8).map(|trial| vec![trial]).collect();
        assert_eq!(all(queue(1)), alone);
        assert_eq!(all(queue(2)), [[0, 2], [1, 3], [4, 6], [5, 7]]);
        assert_eq!(all(queue(9)), [[0, 2, 4, 6], [1, 3, 5, 7]]);
    }

    #[test]
    fn halves_are_taken_next() {
        let mut queue = queue(4);
        let first = queue.take().unwrap();
        queue.halve(&first, false);
        assert_eq!(all(queue), [vec![0, 2], vec![4, 6], vec![1, 3, 5, 7]]);
    }

    #[test]
    fn a_run_is_retried_once() {
        let mut queue = queue(1);
        let first = queue.take().unwrap();
        assert!(queue.retry(&first));
        assert_eq!(queue.take(), Some(first.clone()));
        assert!(!queue.retry(&first));
        assert_eq!(queue.waiting.len(), 7);
    }

    #[test]
    fn running_out_of_memory_shrinks_later_cohorts_of_the_same_group_only() {
        let mut queue = queue(2);
        let first = queue.take().unwrap();
        queue.halve(&first, true);
        let cohorts = all(queue);
        assert_eq!(
            cohorts,
            [vec![0], vec![2], vec![1, 3], vec![4], vec![6], vec![5, 7]]
        );
    }
}
