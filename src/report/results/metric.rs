//! What the tables tell of one run, as columns by name.

use crate::plan::Plan;
use crate::record::{Results, RunResult};
use crate::spec::RankBy;

/// A column of the runs: its name, and its value for a finished run.
pub(crate) struct Metric {
    pub(crate) name: &'static str,
    pub(crate) of: fn(&RunResult) -> Option<f64>,
    /// Whether its standard deviation over a trial's runs is told too.
    pub(crate) spread: bool,
}

const fn metric(name: &'static str, of: fn(&RunResult) -> Option<f64>) -> Metric {
    Metric {
        name,
        of,
        spread: false,
    }
}

const fn spread(name: &'static str, of: fn(&RunResult) -> Option<f64>) -> Metric {
    Metric {
        name,
        of,
        spread: true,
    }
}

/// The metrics that every sweep has.
const METRICS: [Metric; 12] = [
    spread("val_accuracy", |run| run.validation.map(|v| v.accuracy)),
    spread("val_loss", |run| run.validation.map(|v| v.loss)),
    spread("val_macro_f1", |run| run.validation.map(|v| v.macro_f1)),
    metric("train_accuracy", |run| {
        run.final_metrics().map(|epoch| epoch.train_accuracy)
    }),
    metric("train_loss", |run| {
        run.final_metrics().map(|epoch| epoch.train_loss)
    }),
    spread("gap", gap),
    spread("test_accuracy", |run| run.test.map(|test| test.accuracy)),
    spread("test_loss", |run| run.test.map(|test| test.loss)),
    spread("test_macro_f1", |run| run.test.map(|test| test.macro_f1)),
    metric("seconds_per_epoch", |run| run.seconds_per_epoch),
    metric("cohort", |run| Some(run.cohort as f64)),
    spread("fit_time", |run| Some(run.seconds)),
];

/// Where runs can end before their last epoch.
const FINAL_EPOCH: Metric = metric("final_epoch", |run| {
    run.final_epoch.map(|epoch| epoch as f64)
});

/// The metrics of a sweep's runs, averaged over the runs of each trial.
pub(crate) fn metrics(plan: &Plan) -> Vec<Metric> {
    let mut metrics = Vec::from(METRICS);
    if stops_early(plan) {
        metrics.push(FINAL_EPOCH);
    }
    metrics
}

/// Whether any run can end before its last epoch.
pub(crate) fn stops_early(plan: &Plan) -> bool {
    let mut trials = plan.trials.iter();
    trials.any(|trial| trial.config.training.patience.is_some())
}

/// What trials are ranked by.
pub(crate) fn score(run: &RunResult, rank_by: RankBy) -> Option<f64> {
    let validation = run.validation?;
    Some(match rank_by {
        RankBy::Accuracy => validation.accuracy,
        RankBy::Loss => validation.loss,
    })
}

/// The generalisation gap: the final model's validation loss minus the training loss of its epoch.
pub(crate) fn gap(run: &RunResult) -> Option<f64> {
    Some(run.validation?.loss - run.final_metrics()?.train_loss)
}

/// The mean number of epochs that the runs of a trial took to this validation accuracy; nothing
/// unless every one of them reached it.
pub(crate) fn epochs_to<'a>(
    accuracy: f64,
    runs: impl Iterator<Item = Option<&'a RunResult>>,
) -> Option<f64> {
    mean(runs.map(|run| Some(run?.epochs_to(accuracy)? as f64)))
}

/// The mean; nothing where any value is missing, or all are.
pub(crate) fn mean(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let values: Vec<f64> = values.collect::<Option<_>>()?;
    let count = values.len() as f64;
    (count > 0.0).then(|| values.iter().sum::<f64>() / count)
}

/// The finished runs of each trial that has any, by the trial's name, in the order of the plan.
pub(crate) fn finished_runs<'a>(
    plan: &'a Plan,
    results: &'a Results,
) -> Vec<(&'a str, Vec<&'a RunResult>)> {
    let finished = |trial| -> Vec<&RunResult> {
        let runs = plan.runs_of(trial);
        runs.filter_map(|run| results.finished(run)).collect()
    };
    let trials = plan.trials.iter().enumerate();
    trials
        .map(|(position, trial)| (trial.name.as_str(), finished(position)))
        .filter(|(_, runs)| !runs.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{EpochMetrics, EvalMetrics};
    use crate::plan::RunHash;
    use crate::random::Seed;
    use crate::spec::Config;
    use proptest::prelude::*;

    /// A run with these (training loss, validation loss, validation accuracy) of its epochs, that
    /// ends with the model of `final_epoch`.
    fn run(epochs: &[(f64, f64, f64)], final_epoch: usize) -> RunResult {
        let metrics = |(index, &(train_loss, val_loss, val_accuracy))| EpochMetrics {
            epoch: index + 1,
            train_loss,
            train_accuracy: 0.5,
            val_loss: Some(val_loss),
            val_accuracy: Some(val_accuracy),
            learning_rate: 0.1,
            gradient_norms: Vec::new(),
            seconds: 1.0,
        };
        let (_, loss, accuracy) = epochs[final_epoch - 1];
        let seed = Seed {
            sweep: 0,
            repeat: 0,
            fold: 0,
        };
        RunResult {
            identity: RunHash::new(&Config::default(), seed, "data"),
            trial: "base".to_owned(),
            repeat: 0,
            fold: 0,
            failure: None,
            final_epoch: Some(final_epoch),
            validation: Some(EvalMetrics {
                loss,
                accuracy,
                macro_f1: accuracy,
            }),
            test: None,
            epochs: epochs.iter().enumerate().map(metrics).collect(),
            seconds_per_epoch: Some(1.0),
            seconds: 1.0,
            parameters: 1,
            device: "cpu".to_owned(),
            workers: 1,
            cohort: 1,
            precision: "float32".to_owned(),
            config: serde_json::Value::Null,
            events: None,
        }
    }

    #[test]
    fn the_gap_is_that_of_the_final_model_not_of_the_last_epoch() {
        let epochs = [(1.0, 1.25, 0.5), (0.5, 1.0, 0.75), (0.25, 2.0, 0.5)];
        assert_eq!(gap(&run(&epochs, 2)), Some(0.5));
        assert_eq!(gap(&run(&epochs, 3)), Some(1.75));
        let unvalidated = RunResult {
            validation: None,
            ..run(&epochs, 3)
        };
        assert_eq!(gap(&unvalidated), None);
    }

    #[test]
    fn a_trial_has_reached_the_target_when_all_of_its_runs_have() {
        let fast = run(&[(1.0, 1.0, 0.5), (1.0, 1.0, 0.9), (1.0, 1.0, 0.7)], 3);
        let slow = run(&[(1.0, 1.0, 0.1), (1.0, 1.0, 0.2), (1.0, 1.0, 0.8)], 3);
        let mean =
            |accuracy, runs: &[Option<&RunResult>]| epochs_to(accuracy, runs.iter().copied());
        let both = [Some(&fast), Some(&slow)];
        assert_eq!(mean(0.8, &both), Some(2.5));
        assert_eq!(mean(0.1, &both), Some(1.0));
        assert_eq!(mean(0.85, &both), None, "one has not reached it");
        assert_eq!(mean(0.5, &[Some(&fast), None]), None, "one has no result");
        assert_eq!(mean(0.5, &[]), None);
    }

    proptest! {
        #[test]
        fn the_first_epoch_at_the_target_counts_though_later_ones_fall_below(
            accuracies in prop::collection::vec(0.0_f64..1.0, 1..20),
            target in 0.0_f64..1.0,
        ) {
            let epochs: Vec<_> = accuracies.iter().map(|&a| (1.0, 1.0, a)).collect();
            let reached = epochs_to(target, [Some(&run(&epochs, 1))].into_iter());
            match reached {
                None => prop_assert!(accuracies.iter().all(|&accuracy| accuracy < target)),
                Some(epoch) => {
                    let epoch = epoch as usize;
                    prop_assert!(accuracies[epoch - 1] >= target);
                    prop_assert!(accuracies[..epoch - 1].iter().all(|&a| a < target));
                }
            }
        }
    }
}
