//! A fixed share of a plan's runs, for one of several processes.

use super::work::WorkEstimate;
use super::{Plan, RunId};
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

/// One of several shares of a plan's runs: `2/8` is the second of eight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 1 to `count`.
    number: NonZeroU32,
    count: NonZeroU32,
}

impl Shard {
    /// The shard of this number, counted from 1, of so many; nothing where there is no such one.
    pub fn new(number: u32, count: u32) -> Option<Self> {
        let shard = Self {
            number: NonZeroU32::new(number)?,
            count: NonZeroU32::new(count)?,
        };
        (number <= count).then_some(shard)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.count)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || "a shard is I/N, such as 2/8: the second of eight".to_owned();
        let (number, count) = text.split_once('/').ok_or_else(expected)?;
        let parse = |text: &str| match text.bytes().all(|byte| byte.is_ascii_digit()) {
            true => text.parse().map_err(|_| expected()),
            false => Err(expected()),
        };
        let (number, count): (u32, u32) = (parse(number)?, parse(count)?);
        Self::new(number, count).ok_or_else(|| match number {
            0 => "shards are counted from 1: the first of eight is 1/8".to_owned(),
            _ => format!("there is no shard {number} of {count}"),
        })
    }
}

impl Plan {
    /// The runs of a shard, in the order of the plan. The shards of one count hold each run once.
    ///
    /// Decided from the plan alone: the same on every machine, whatever has been done. All runs are
    /// laid in a row, those that can be trained together beside each other ([`Plan::classes`]), and
    /// the row is cut where the estimated work is equal. So a shard has whole cohorts, but for those
    /// at its ends, and its work is off the mean by no more than that of a run. None is empty, unless
    /// there are fewer runs than shards.
    pub fn shard(&self, shard: Shard) -> Vec<RunId> {
        let number = shard.number.get();
        let row = self.classes(self.runs(), false).concat();
        let costs: Vec<f64> = row.iter().map(|&run| self.cost(run)).collect();
        let places = places(&costs, shard.count.get() as usize);
        let own = row.into_iter().zip(places);
        let own = own.filter(|(_, place)| *place == number as usize - 1);
        let mut runs: Vec<RunId> = own.map(|(run, _)| run).collect();
        runs.sort_unstable();
        runs
    }

    /// How long a run takes, in no unit: only the ratios of runs count.
    fn cost(&self, run: RunId) -> f64 {
        /// Operations in whose time the files of a run are written, and its evaluation begins: some
        /// milliseconds.
        const OF_RUN: f64 = 2e8;
        /// Operations in whose time the fixed part of a step is done: some microseconds.
        const OF_STEP: f64 = 5e5;
        let work = WorkEstimate::of_run(&self.trials[run.trial].config, run.fold as usize);
        OF_RUN + OF_STEP * work.steps as f64 + work.flop
    }
}

/// The shard, from 0, of each of the runs that stand in a row and cost so much.
fn places(costs: &[f64], count: usize) -> Vec<usize> {
    let total: f64 = costs.iter().sum();
    let mut before = 0.0;
    let mut places = Vec::with_capacity(costs.len());
    for cost in costs {
        // A run is where its middle is. A large one may leap over a shard, which the next ones then
        // fill.
        let middle = ((before + cost / 2.0) / total * count as f64) as usize;
        let next = places.last().map_or(0, |last| last + 1);
        places.push(middle.min(next).min(count - 1));
        before += cost;
    }
    // Nor is any left at the end.
    let mut least = count.min(places.len());
    for place in places.iter_mut().rev() {
        least = least.saturating_sub(1);
        match *place < least {
            true => *place = least,
            false => break,
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Source, Sweep};
    use proptest::prelude::*;

    fn plan(text: &str) -> Plan {
        let source = Source {
            name: "test.yaml".into(),
            text: text.into(),
        };
        Plan::new(&Sweep::parse(source, "test", &[]).unwrap()).unwrap()
    }

    #[test]
    fn a_shard_is_read_as_it_is_shown_and_nothing_else_is_one() {
        assert_eq!("2/8".parse::<Shard>().unwrap().to_string(), "2/8");
        for (text, answer) in [
            ("0/8", "counted from 1"),
            ("9/8", "there is no shard 9 of 8"),
            ("1/0", "there is no shard 1 of 0"),
            ("2", "I/N"),
            ("-1/8", "I/N"),
            ("+1/8", "I/N"),
            ("1/99999999999", "I/N"),
        ] {
            let error = text.parse::<Shard>().unwrap_err();
            assert!(error.contains(answer), "{text}: {error}");
        }
    }

    #[test]
    fn runs_that_can_be_trained_together_stay_together() {
        let plan = plan(
            "grid: { model.layers: [1, 2], training.learning_rate: [0.1, 0.2, 0.3, 0.4], \
             model.activation: [relu, tanh] }",
        );
        // Two classes of eight runs, and two layers are more work than one.
        let first = plan.shard(Shard::new(1, 2).unwrap());
        let second = plan.shard(Shard::new(2, 2).unwrap());
        assert!(first.len() > 8 && second.len() < 8, "{}", first.len());
        assert_eq!(plan.classes(second, false).len(), 1);
    }

    #[test]
    fn no_shard_is_empty_that_need_not_be() {
        let of = |costs: &[f64], count| places(costs, count);
        assert_eq!(of(&[1.0, 1.0, 100.0, 1.0], 4), [0, 1, 2, 3]);
        assert_eq!(of(&[100.0, 1.0, 1.0, 1.0], 4), [0, 1, 2, 3]);
        assert_eq!(of(&[1.0, 1.0, 1.0, 100.0], 4), [0, 1, 2, 3]);
        assert_eq!(of(&[1.0, 1.0, 1.0, 1.0, 4.0], 2), [0, 0, 0, 0, 1]);
        assert_eq!(of(&[1.0, 1.0], 5), [0, 1]);
    }

    proptest! {
        #[test]
        fn shards_hold_each_run_once_and_are_of_equal_work(
            count in 1_u32..40,
            folds in 2_usize..5,
            widths in prop::collection::hash_set(1_usize..500, 1..5),
            epochs in prop::collection::hash_set(1_usize..20, 1..4),
        ) {
            let widths: Vec<usize> = widths.into_iter().collect();
            let epochs: Vec<usize> = epochs.into_iter().collect();
            let plan = plan(&format!(
                "validation: {{ folds: {folds} }}\n\
                 grid: {{ model.width: {widths:?}, training.epochs: {epochs:?} }}",
            ));
            let shards = (1..=count).map(|number| plan.shard(Shard::new(number, count).unwrap()));
            let shards: Vec<Vec<RunId>> = shards.collect();
            let mut all = shards.concat();
            all.sort_unstable();
            prop_assert_eq!(&all, &plan.runs().collect::<Vec<_>>());
            let cost = |runs: &[RunId]| runs.iter().map(|&run| plan.cost(run)).sum::<f64>();
            let largest = all.iter().map(|&run| plan.cost(run)).fold(0.0, f64::max);
            let mean = cost(&all) / f64::from(count);
            for shard in &shards {
                prop_assert!(!shard.is_empty() || all.len() < count as usize);
                prop_assert!((cost(shard) - mean).abs() <= largest * 1.001);
            }
        }
    }
}
