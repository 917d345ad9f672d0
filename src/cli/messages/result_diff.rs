//! Differences between a recorded result and the same run trained again.

use super::spreads::{Spreads, is_failure_explained};
use crate::metrics::{EpochMetrics, Part, PartScore, Score, Scores};
use crate::outcome::Outcome;
use crate::record::RunResult;
use crate::run::RerunResult;
use std::collections::BTreeSet;

/// How closely two trainings of one run must agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tolerance {
    /// Bit for bit, on CPUs of one kind.
    BitExact,
    /// Within the rounding differences that a different device or kind of CPU accumulates over a whole training: the
    /// tolerance of each score, and the spread between trainings with other rounding errors.
    Rounding,
}

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
    Score(PartScore),
    Exact,
    /// Depends closely on the last steps: compared bit for bit or not at all.
    Sensitive,
}

/// Compares the epochs and scores of a result with those of its run trained again; times are ignored. `probes` are
/// trainings of the same run with other rounding errors.
pub(crate) fn diff_results(
    result: &RunResult,
    rerun: &RerunResult,
    tolerance: Tolerance,
    probes: &[RerunResult],
) -> Vec<Difference> {
    if is_failure_explained(result.failure.is_some(), rerun, probes) {
        return Vec::new();
    }
    let mut differences = DiffBuilder {
        tolerance,
        spreads: Spreads::measured(rerun, probes),
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
    let validation = finished.validation.as_ref().map(|(scores, _)| scores);
    differences.scores(Part::Validation, [result.validation.as_ref(), validation]);
    differences.scores(Part::Test, [result.test.as_ref(), Some(&finished.test.0)]);
    differences.found
}

struct DiffBuilder {
    tolerance: Tolerance,
    spreads: Spreads,
    found: Vec<Difference>,
}

impl DiffBuilder {
    fn epoch(&mut self, before: &EpochMetrics, after: &EpochMetrics) {
        let number = before.epoch;
        let measured = |epoch: &EpochMetrics| epoch.scores().map(|(score, _)| score).collect();
        let [recorded, again]: [BTreeSet<PartScore>; 2] = [measured(before), measured(after)];
        for &score in recorded.union(&again) {
            self.add(
                &format!("{} of epoch {number}", score.id()),
                MetricKind::Score(score),
                [before.score(score), after.score(score)],
            );
        }
        let rates = [before.learning_rate, after.learning_rate].map(Some);
        self.add(
            &format!("learning_rate of epoch {number}"),
            MetricKind::Exact,
            rates,
        );
        for layer in 0..before.gradient_norms.len().max(after.gradient_norms.len()) {
            let norm = |epoch: &EpochMetrics| epoch.gradient_norms.get(layer).copied();
            let what = format!("gradient_norm of layer {} in epoch {number}", layer + 1);
            self.add(&what, MetricKind::Sensitive, [norm(before), norm(after)]);
        }
    }

    /// Compares the scores that the result has: that of an earlier version may lack some.
    fn scores(&mut self, part: Part, [before, after]: [Option<&Scores>; 2]) {
        let recorded: Vec<Score> = match before {
            Some(before) => before.iter().map(|(score, _)| score).collect(),
            None => after
                .into_iter()
                .flat_map(Scores::iter)
                .map(|(score, _)| score)
                .collect(),
        };
        let samples = match part {
            Part::Training => "training",
            Part::Validation => "validation",
            Part::Test => "test",
        };
        for score in recorded {
            self.add(
                &format!("{samples} {}", score.label[0]),
                MetricKind::Score(part.score(score)),
                [before, after].map(|scores| scores?.get(score)),
            );
        }
    }

    fn add(&mut self, what: &str, kind: MetricKind, [before, after]: [Option<f64>; 2]) {
        let bits = |value: Option<f64>| value.map(f64::to_bits);
        let is_equal = match (self.tolerance, kind, before, after) {
            (Tolerance::BitExact, ..) | (_, MetricKind::Exact, ..) => bits(before) == bits(after),
            (_, MetricKind::Sensitive, ..) => true,
            (_, MetricKind::Score(score), Some(before), Some(after)) => {
                let spread = self.spreads.of(score);
                score.score.tolerance.accepts(before, after, spread)
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
            spreads: Spreads::default(),
            found: Vec::new(),
        };
        differences.add("it", kind, values);
        differences.found.len()
    }

    const ACCURACY: MetricKind = validation(Score::ACCURACY);
    const LOSS: MetricKind = validation(Score::LOSS);

    const fn validation(score: Score) -> MetricKind {
        MetricKind::Score(PartScore {
            part: Part::Validation,
            score,
        })
    }

    #[test]
    fn the_last_bit_counts_only_on_one_kind_of_cpu() {
        let next = f64::from_bits(0.5_f64.to_bits() + 1);
        for kind in [ACCURACY, LOSS, MetricKind::Sensitive] {
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
            found(Tolerance::Rounding, ACCURACY, [Some(0.5), Some(0.53)]),
            1
        );
        assert_eq!(found(Tolerance::Rounding, LOSS, [Some(0.5), Some(0.56)]), 1);
        assert_eq!(found(Tolerance::Rounding, LOSS, [Some(0.5), None]), 1);
        assert_eq!(
            found(Tolerance::Rounding, LOSS, [Some(0.5), Some(f64::NAN)]),
            1
        );
        assert_eq!(found(Tolerance::BitExact, LOSS, [None, None]), 0);
    }
}
