//! Differences between a recorded result and the same run trained again.

use crate::metrics::{EpochMetrics, EvalMetrics};
use crate::outcome::Outcome;
use crate::record::RunResult;
use crate::run::RerunResult;

/// How closely two trainings of one run must agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tolerance {
    /// Bit for bit, on CPUs of one kind.
    BitExact,
    /// Within the rounding differences that a different device or kind of CPU accumulates over a whole
    /// training: see [`SHARE_TOLERANCE`] and [`RELATIVE_LOSS_TOLERANCE`].
    Rounding,
}

/// The largest accepted difference of accuracies and F1 scores (from 0 to 1). Chosen, not measured:
/// three times the largest standard deviation between seeds in docs/parity.md, because rounding cannot
/// change a training more than its random numbers do.
const SHARE_TOLERANCE: f64 = 0.022;

/// The largest accepted difference of losses, relative to the recorded loss. Chosen like
/// [`SHARE_TOLERANCE`].
const RELATIVE_LOSS_TOLERANCE: f64 = 0.1;
/// The absolute difference of losses that is always accepted.
const MIN_LOSS_TOLERANCE: f64 = 0.02;

/// A metric whose value changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{what} was {before} and is now {after}", before = format_value(*.before), after = format_value(*.after))]
pub(crate) struct Difference {
    /// The metric.
    what: String,
    before: Option<f64>,
    after: Option<f64>,
}

fn format_value(value: Option<f64>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}

/// The kind of a metric, which determines its tolerance.
#[derive(Clone, Copy)]
enum MetricKind {
    Share,
    Loss,
    Exact,
    /// Depends closely on the last steps: compared bit for bit or not at all.
    Sensitive,
}

/// Compares the epochs and scores of a result with those of its run trained again; times are ignored.
pub(crate) fn diff_results(
    result: &RunResult,
    rerun: &RerunResult,
    tolerance: Tolerance,
) -> Vec<Difference> {
    let mut differences = DiffBuilder {
        tolerance,
        found: Vec::new(),
    };
    let Outcome::Finished(finished) = &rerun.outcome else {
        differences.found.push(Difference {
            what: "the final epoch (the run failed this time)".to_owned(),
            before: result.final_epoch.map(|epoch| epoch as f64),
            after: None,
        });
        return differences.found;
    };
    for (before, after) in result.epochs.iter().zip(&rerun.epochs) {
        differences.epoch(before, after);
    }
    // With early stopping, a single bit can decide when training stops.
    let lengths = [result.epochs.len(), rerun.epochs.len()].map(|count| Some(count as f64));
    differences.add("the number of epochs", MetricKind::Sensitive, lengths);
    let finals = [result.final_epoch, Some(finished.epoch)];
    let finals = finals.map(|epoch| epoch.map(|epoch| epoch as f64));
    differences.add("the final epoch", MetricKind::Sensitive, finals);
    let validation = finished.validation.as_ref().map(|(scores, _)| *scores);
    differences.scores("validation", [result.validation, validation]);
    differences.scores("test", [result.test, Some(finished.test.0)]);
    differences.found
}

struct DiffBuilder {
    tolerance: Tolerance,
    found: Vec<Difference>,
}

impl DiffBuilder {
    fn epoch(&mut self, before: &EpochMetrics, after: &EpochMetrics) {
        type Metric = fn(&EpochMetrics) -> Option<f64>;
        let metrics: [(&str, MetricKind, Metric); 5] = [
            ("train_loss", MetricKind::Loss, |epoch| {
                Some(epoch.train_loss)
            }),
            ("train_accuracy", MetricKind::Share, |epoch| {
                Some(epoch.train_accuracy)
            }),
            ("val_loss", MetricKind::Loss, |epoch| epoch.val_loss),
            ("val_accuracy", MetricKind::Share, |epoch| {
                epoch.val_accuracy
            }),
            ("learning_rate", MetricKind::Exact, |epoch| {
                Some(epoch.learning_rate)
            }),
        ];
        let number = before.epoch;
        for (name, kind, metric) in metrics {
            self.add(
                &format!("{name} of epoch {number}"),
                kind,
                [metric(before), metric(after)],
            );
        }
        for layer in 0..before.gradient_norms.len().max(after.gradient_norms.len()) {
            let norm = |epoch: &EpochMetrics| epoch.gradient_norms.get(layer).copied();
            let what = format!("gradient_norm of layer {} in epoch {number}", layer + 1);
            self.add(&what, MetricKind::Sensitive, [norm(before), norm(after)]);
        }
    }

    fn scores(&mut self, samples: &str, [before, after]: [Option<EvalMetrics>; 2]) {
        type Score = fn(EvalMetrics) -> f64;
        let scores: [(&str, MetricKind, Score); 3] = [
            ("loss", MetricKind::Loss, |scores| scores.loss),
            ("accuracy", MetricKind::Share, |scores| scores.accuracy),
            ("macro F1", MetricKind::Share, |scores| scores.macro_f1),
        ];
        for (name, kind, score) in scores {
            self.add(
                &format!("{samples} {name}"),
                kind,
                [before.map(score), after.map(score)],
            );
        }
    }

    fn add(&mut self, what: &str, kind: MetricKind, [before, after]: [Option<f64>; 2]) {
        let bits = |value: Option<f64>| value.map(f64::to_bits);
        let is_equal = match (self.tolerance, kind, before, after) {
            (Tolerance::BitExact, ..) | (_, MetricKind::Exact, ..) => bits(before) == bits(after),
            (_, MetricKind::Sensitive, ..) => true,
            (_, MetricKind::Share, Some(before), Some(after)) => {
                (before - after).abs() <= SHARE_TOLERANCE
            }
            (_, MetricKind::Loss, Some(before), Some(after)) => {
                (before - after).abs()
                    <= MIN_LOSS_TOLERANCE.max(RELATIVE_LOSS_TOLERANCE * before.abs())
            }
            (_, _, before, after) => before.is_none() && after.is_none(),
        };
        if !is_equal {
            self.found.push(Difference {
                what: what.to_owned(),
                before,
                after,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(tolerance: Tolerance, kind: MetricKind, values: [Option<f64>; 2]) -> usize {
        let mut differences = DiffBuilder {
            tolerance,
            found: Vec::new(),
        };
        differences.add("it", kind, values);
        differences.found.len()
    }

    #[test]
    fn the_last_bit_counts_only_on_one_kind_of_cpu() {
        let next = f64::from_bits(0.5_f64.to_bits() + 1);
        for kind in [MetricKind::Share, MetricKind::Loss, MetricKind::Sensitive] {
            assert_eq!(found(Tolerance::BitExact, kind, [Some(0.5), Some(next)]), 1);
            assert_eq!(found(Tolerance::BitExact, kind, [Some(0.5), Some(0.5)]), 0);
            assert_eq!(found(Tolerance::Rounding, kind, [Some(0.5), Some(next)]), 0);
        }
        assert_eq!(
            found(
                Tolerance::Rounding,
                MetricKind::Exact,
                [Some(0.5), Some(next)]
            ),
            1
        );
        assert_eq!(
            found(
                Tolerance::Rounding,
                MetricKind::Share,
                [Some(0.5), Some(0.53)]
            ),
            1
        );
        assert_eq!(
            found(
                Tolerance::Rounding,
                MetricKind::Loss,
                [Some(0.5), Some(0.56)]
            ),
            1
        );
        assert_eq!(
            found(Tolerance::Rounding, MetricKind::Loss, [Some(0.5), None]),
            1
        );
        assert_eq!(
            found(
                Tolerance::Rounding,
                MetricKind::Loss,
                [Some(0.5), Some(f64::NAN)]
            ),
            1
        );
        assert_eq!(
            found(Tolerance::BitExact, MetricKind::Loss, [None, None]),
            0
        );
    }
}
