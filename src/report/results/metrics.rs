//! The metrics of one run, as columns of the tables.

use crate::metrics::{Part, PartScore, Score};
use crate::plan::Plan;
use crate::record::{Results, RunResult};
use crate::spec::Sweep;

/// A column: its name, and its value for a finished run.
pub(crate) struct Metric {
    pub(crate) name: String,
    value: MetricValue,
    /// Whether there is a column for its standard deviation over a trial's runs.
    pub(crate) has_deviation: bool,
}

/// The value of a metric for a finished run.
enum MetricValue {
    Score(PartScore),
    Of(fn(&RunResult) -> Option<f64>),
}

impl Metric {
    fn score(score: PartScore) -> Self {
        Self {
            name: score.id(),
            value: MetricValue::Score(score),
            has_deviation: score.part != Part::Training,
        }
    }

    fn of(name: &str, value: fn(&RunResult) -> Option<f64>) -> Self {
        Self {
            name: name.to_owned(),
            value: MetricValue::Of(value),
            has_deviation: false,
        }
    }

    fn with_deviation(name: &str, value: fn(&RunResult) -> Option<f64>) -> Self {
        Self {
            has_deviation: true,
            ..Self::of(name, value)
        }
    }

    /// Whether it is a score, which can be undefined for the samples of a run.
    pub(crate) fn is_score(&self) -> bool {
        matches!(self.value, MetricValue::Score(_))
    }

    /// Its value for a finished run, if it has one.
    pub(crate) fn value(&self, run: &RunResult) -> Option<f64> {
        match self.value {
            MetricValue::Score(score) => run.score(score),
            MetricValue::Of(value) => value(run),
        }
    }
}

/// The generalisation gap, as a column.
pub(crate) const GAP: &str = "gap";

/// The epoch of the final model, as a column.
pub(crate) const FINAL_EPOCH: &str = "final_epoch";

/// The metrics of a sweep.
pub(crate) fn metrics(sweep: &Sweep, plan: &Plan) -> Vec<Metric> {
    let scores = sweep.options.report.scores();
    let on = |part: Part| {
        scores
            .iter()
            .map(move |&score| Metric::score(part.score(score)))
    };
    let trained = [Score::ACCURACY, Score::LOSS].map(|score| Part::Training.score(score));
    let mut metrics: Vec<Metric> = on(Part::Validation)
        .chain(trained.map(Metric::score))
        .chain([Metric::with_deviation(GAP, gap)])
        .chain(on(Part::Test))
        .chain([
            Metric::of("seconds_per_epoch", |run| run.seconds_per_epoch),
            Metric::of("cohort", |run| Some(run.cohort as f64)),
            Metric::with_deviation("fit_time", |run| Some(run.seconds)),
        ])
        .collect();
    if stops_early(plan) {
        metrics.push(Metric::of(FINAL_EPOCH, |run| {
            run.final_epoch.map(|epoch| epoch as f64)
        }));
    }
    metrics
}

/// Whether a run can end before its last epoch.
pub(crate) fn stops_early(plan: &Plan) -> bool {
    let mut trials = plan.trials.iter();
    trials.any(|trial| trial.config.training.patience.is_some())
}

/// The generalisation gap: the final model's validation loss minus the training loss of its epoch.
pub(crate) fn gap(run: &RunResult) -> Option<f64> {
    let loss = |part: Part| run.score(part.score(Score::LOSS));
    Some(loss(Part::Validation)? - loss(Part::Training)?)
}

/// The mean number of epochs until the runs of a trial reach this validation accuracy; `None`
/// unless every run reaches it.
pub(crate) fn mean_epochs_to<'a>(
    accuracy: f64,
    runs: impl Iterator<Item = Option<&'a RunResult>>,
) -> Option<f64> {
    mean(runs.map(|run| Some(run?.epochs_to_accuracy(accuracy)? as f64)))
}

/// The mean; `None` if any value is missing or there are none.
pub(crate) fn mean(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let values: Vec<f64> = values.collect::<Option<_>>()?;
    let count = values.len() as f64;
    (count > 0.0).then(|| values.iter().sum::<f64>() / count)
}

/// The trials with finished runs in the order of the plan: position and finished runs.
pub(crate) fn finished_runs<'a>(
    plan: &'a Plan,
    results: &'a Results,
) -> Vec<(usize, Vec<&'a RunResult>)> {
    let finished = |trial| -> Vec<&RunResult> {
        let runs = plan.runs_of(trial);
        runs.filter_map(|run| results.finished(run)).collect()
    };
    (0..plan.trials.len())
        .map(|trial| (trial, finished(trial)))
        .filter(|(_, runs)| !runs.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{EpochMetrics, Scores};
    use crate::plan::RunHash;
    use crate::random::Seed;
    use crate::spec::Config;
    use proptest::prelude::*;

    /// A run with these (training loss, validation loss, validation accuracy) of its epochs, that
    /// ends with the model of `final_epoch`.
    fn run(epochs: &[(f64, f64, f64)], final_epoch: usize) -> RunResult {
        let metrics = |(index, &(train_loss, val_loss, val_accuracy))| EpochMetrics {
            epoch: index + 1,
            training: Scores::loss_and_accuracy(train_loss, 0.5),
            validation: Scores::loss_and_accuracy(val_loss, val_accuracy),
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
            run_hash: RunHash::new(&Config::default(), seed, "data"),
            trial: "base".to_owned(),
            repeat: 0,
            fold: 0,
            failure: None,
            final_epoch: Some(final_epoch),
            validation: Some(Scores::from([
                (Score::LOSS, loss),
                (Score::ACCURACY, accuracy),
                (Score::MACRO_F1, accuracy),
            ])),
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
            |accuracy, runs: &[Option<&RunResult>]| mean_epochs_to(accuracy, runs.iter().copied());
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
            let reached = mean_epochs_to(target, [Some(&run(&epochs, 1))].into_iter());
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
