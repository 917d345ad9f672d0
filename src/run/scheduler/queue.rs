//! The cohorts that wait to be trained.

use crate::plan::{Plan, RunId, split_evenly};
use std::collections::{HashSet, VecDeque};

/// Runs to be trained together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cohort {
    /// The position of their class.
    pub(crate) class: usize,
    /// Its members.
    pub(crate) runs: Vec<RunId>,
}

/// The cohorts that wait to be trained, in the order of the plan.
pub(crate) struct Queue {
    waiting: VecDeque<Cohort>,
    /// The most members that a cohort of each class may have.
    most: Vec<usize>,
    /// The runs that were given another chance alone.
    tried_again: HashSet<RunId>,
    /// Cohorts that were taken and may still come back in halves.
    in_flight: usize,
}

impl Queue {
    /// Cuts classes into cohorts; `most` holds the most members of a cohort of each class, at
    /// least 1.
    ///
    /// The cohort with the earliest run of the plan comes first, whatever its class: with cohorts
    /// of one run, that is the order of the plan.
    pub(crate) fn new(plan: &Plan, classes: &[Vec<RunId>], most: Vec<usize>) -> Self {
        let mut waiting = Vec::new();
        for (class, (runs, &most)) in classes.iter().zip(&most).enumerate() {
            let cohorts = plan.cohorts(runs, most).into_iter();
            waiting.extend(cohorts.map(|runs| Cohort { class, runs }));
        }
        waiting.sort_by_cached_key(|cohort| cohort.runs.iter().min().copied());
        Self {
            waiting: waiting.into(),
            most,
            tried_again: HashSet::new(),
            in_flight: 0,
        }
    }

    /// The next cohort, cut to what its class is known to have room for by now. To be followed by
    /// [`Queue::settled`].
    pub(crate) fn take(&mut self) -> Option<Cohort> {
        let mut next = self.waiting.pop_front()?;
        let most = self.most[next.class];
        if next.runs.len() > most {
            self.put_back(next.class, &next.runs, most);
            next = self.waiting.pop_front()?;
        }
        self.in_flight += 1;
        Some(next)
    }

    /// A cohort that was taken will not come back any more.
    pub(crate) fn settled(&mut self) {
        self.in_flight -= 1;
    }

    /// Whether there is nothing to take, now and later.
    pub(crate) fn is_done(&self) -> bool {
        self.waiting.is_empty() && self.in_flight == 0
    }

    /// Puts the halves of a cohort back, to be taken next. When it was too large for the memory,
    /// no cohort of its class will be larger than its halves are.
    pub(crate) fn halve(&mut self, cohort: &Cohort, out_of_memory: bool) {
        let half = cohort.runs.len().div_ceil(2);
        if out_of_memory {
            let most = &mut self.most[cohort.class];
            *most = half.clamp(1, *most);
        }
        self.put_back(cohort.class, &cohort.runs, half);
    }

    /// Puts a run that was alone back, to be taken next, unless it was before; whether it was put
    /// back.
    pub(crate) fn try_again(&mut self, cohort: &Cohort) -> bool {
        let is_new = cohort.runs.iter().all(|&run| self.tried_again.insert(run));
        if is_new {
            self.waiting.push_front(cohort.clone());
        }
        is_new
    }

    fn put_back(&mut self, class: usize, runs: &[RunId], most: usize) {
        for runs in split_evenly(runs, most).into_iter().rev() {
            self.waiting.push_front(Cohort { class, runs });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Source, Sweep};

    /// Two classes of four runs that take turns in the plan.
    fn queue(most: usize) -> Queue {
        let source = Source {
            name: "test.yaml".into(),
            text: "grid: { training.learning_rate: [1, 2, 3, 4], model.layers: [1, 2] }".into(),
        };
        let plan = Plan::new(&Sweep::parse(source, "test", &[]).unwrap()).unwrap();
        let classes = plan.classes(plan.runs(), false);
        assert_eq!(classes.len(), 2);
        Queue::new(&plan, &classes, vec![most; 2])
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
    fn a_run_is_tried_again_once() {
        let mut queue = queue(1);
        let first = queue.take().unwrap();
        assert!(queue.try_again(&first));
        assert_eq!(queue.take(), Some(first.clone()));
        assert!(!queue.try_again(&first));
        assert_eq!(queue.waiting.len(), 7);
    }

    #[test]
    fn a_lack_of_memory_cuts_later_cohorts_of_the_class_alone() {
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
