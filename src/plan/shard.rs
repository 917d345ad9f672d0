//! Shards: fixed shares of a plan's runs, one for each of several processes.

use super::run_id::RunId;
use super::sweep_plan::Plan;
use super::work::WorkEstimate;
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
    /// The shard of this number, counted from 1; `None` if there is no such shard.
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
        let expected = || "expected I/N, such as 2/8 for the second of eight shards".to_owned();
        let (number, count) = text.split_once('/').ok_or_else(expected)?;
        let parse = |text: &str| {
            if text.bytes().all(|byte| byte.is_ascii_digit()) {
                text.parse().map_err(|_| expected())
            } else {
                Err(expected())
            }
        };
        let (number, count): (u32, u32) = (parse(number)?, parse(count)?);
        Self::new(number, count).ok_or_else(|| match number {
            0 => "shards are counted from 1: the first of eight is 1/8".to_owned(),
            _ => format!("there is no shard {number} of {count}"),
        })
    }
}

impl Plan {
    /// The runs of a shard, in the order of the plan. The shards of one count contain each run once.
    ///
    /// Depends on the plan only: equal on every machine, whatever has been trained. All runs are put in
    /// a row by groups ([`Plan::stack_groups`]), which is cut into parts of equal estimated work. So a
    /// shard has whole cohorts, except at its ends, and its work differs from the mean by at most that
    /// of one run. No shard is empty, unless there are fewer runs than shards.
    pub fn shard(&self, shard: Shard) -> Vec<RunId> {
        let number = shard.number.get();
        let row = self.stack_groups(self.runs(), false).concat();
        let costs: Vec<f64> = row.iter().map(|&run| self.cost(run)).collect();
        let shards = assign_shards(&costs, shard.count.get() as usize);
        let assigned = row.into_iter().zip(shards);
        let of_shard = assigned.filter(|(_, shard)| *shard == number as usize - 1);
        let mut runs: Vec<RunId> = of_shard.map(|(run, _)| run).collect();
        runs.sort_unstable();
        runs
    }

    /// The estimated duration of a run, without a unit: only the ratio between runs matters.
    fn cost(&self, run: RunId) -> f64 {
        /// The fixed cost of a run in operations, for its files and the start of its evaluation: a few
        /// milliseconds.
        const RUN_OVERHEAD: f64 = 2e8;
        /// The fixed cost of a step in operations: a few microseconds.
        const STEP_OVERHEAD: f64 = 5e5;
        let work = WorkEstimate::of_run(&self.trials[run.trial].config, run.fold as usize);
        RUN_OVERHEAD + STEP_OVERHEAD * work.steps as f64 + work.flop
    }
}

/// The shard, from 0, of each run of a row with these costs.
fn assign_shards(costs: &[f64], count: usize) -> Vec<usize> {
    let total: f64 = costs.iter().sum();
    let mut cost_before = 0.0;
    let mut shards = Vec::with_capacity(costs.len());
    for cost in costs {
        // A run belongs to the shard of its middle. A large run may skip a shard, which the next runs
        // then fill.
        let middle = ((cost_before + cost / 2.0) / total * count as f64) as usize;
        let next = shards.last().map_or(0, |last| last + 1);
        shards.push(middle.min(next).min(count - 1));
        cost_before += cost;
    }
    // The last shards must not stay empty either.
    let mut min_shard = count.min(shards.len());
    for shard in shards.iter_mut().rev() {
        min_shard = min_shard.saturating_sub(1);
        if *shard >= min_shard {
            break;
        }
        *shard = min_shard;
    }
    shards
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
    fn a_shard_is_parsed_as_it_is_displayed_and_other_text_is_rejected() {
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
        // Two groups of eight runs; two layers are more work than one.
        let first = plan.shard(Shard::new(1, 2).unwrap());
        let second = plan.shard(Shard::new(2, 2).unwrap());
        assert!(first.len() > 8 && second.len() < 8, "{}", first.len());
        assert_eq!(plan.stack_groups(second, false).len(), 1);
    }

    #[test]
    fn no_shard_is_empty_if_there_are_enough_runs() {
        let of = |costs: &[f64], count| assign_shards(costs, count);
        assert_eq!(of(&[1.0, 1.0, 100.0, 1.0], 4), [0, 1, 2, 3]);
        assert_eq!(of(&[100.0, 1.0, 1.0, 1.0], 4), [0, 1, 2, 3]);
        assert_eq!(of(&[1.0, 1.0, 1.0, 100.0], 4), [0, 1, 2, 3]);
        assert_eq!(of(&[1.0, 1.0, 1.0, 1.0, 4.0], 2), [0, 0, 0, 0, 1]);
        assert_eq!(of(&[1.0, 1.0], 5), [0, 1]);
    }

    proptest! {
        #[test]
        fn shards_contain_each_run_once_and_have_equal_work(
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
