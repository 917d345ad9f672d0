//! What is not the same when a run is trained again.

use crate::metrics::{EpochMetrics, EvalMetrics};
use crate::outcome::Outcome;
use crate::record::RunResult;
use crate::run::RerunResult;

/// How like two trainings of one run are to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Similarity {
    /// To the last bit: on CPUs of one kind.
    Bits,
    /// Up to what another device, or another kind of CPU, rounds differently over a whole training:
    /// see [`ACCURACY`] and [`LOSS`].
    Rounding,
}

/// How far shares from 0 to 1 may be apart: accuracies and F1 scores. Chosen, not measured: three
/// times the widest standard deviation between seeds in docs/parity.md, since rounding cannot
/// change a training more than its random numbers do.
const ACCURACY: f64 = 0.022;

/// How far losses may be apart, as a share of the loss that was, and at least in itself. Chosen as
/// [`ACCURACY`] is.
const LOSS: f64 = 0.1;
const LEAST_LOSS: f64 = 0.02;

/// A number that is not what it was.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{what} was {was} and is {now}", was = shown(*.was), now = shown(*.now))]
pub(crate) struct Difference {
    /// Which number.
    what: String,
    was: Option<f64>,
    now: Option<f64>,
}

fn shown(value: Option<f64>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}

/// What a number is, and so how far it may be off.
#[derive(Clone, Copy)]
enum Kind {
    Share,
    Loss,
    Exact,
    /// It follows the last steps closely: compared to the bit or not at all.
    Sensitive,
}

/// Compares the epochs and scores of a result with those of its run trained again, but for times.
pub(crate) fn compare(
    result: &RunResult,
    again: &RerunResult,
    likeness: Similarity,
) -> Vec<Difference> {
    let mut differences = Differences {
        likeness,
        found: Vec::new(),
    };
    let Outcome::Finished(finished) = &again.outcome else {
        differences.found.push(Difference {
            what: "the final epoch (it failed now)".to_owned(),
            was: result.final_epoch.map(|epoch| epoch as f64),
            now: None,
        });
        return differences.found;
    };
    for (was, now) in result.epochs.iter().zip(&again.epochs) {
        differences.epoch(was, now);
    }
    // Where training may stop early, a bit may decide when.
    let lengths = [result.epochs.len(), again.epochs.len()].map(|count| Some(count as f64));
    differences.add("the number of epochs", Kind::Sensitive, lengths);
    let finals = [result.final_epoch, Some(finished.epoch)];
    let finals = finals.map(|epoch| epoch.map(|epoch| epoch as f64));
    differences.add("the final epoch", Kind::Sensitive, finals);
    let validation = finished.validation.as_ref().map(|(scores, _)| *scores);
    differences.scores("validation", [result.validation, validation]);
    differences.scores("test", [result.test, Some(finished.test.0)]);
    differences.found
}

struct Differences {
    likeness: Similarity,
    found: Vec<Difference>,
}

impl Differences {
    fn epoch(&mut self, was: &EpochMetrics, now: &EpochMetrics) {
        type Metric = fn(&EpochMetrics) -> Option<f64>;
        let metrics: [(&str, Kind, Metric); 5] = [
            ("train_loss", Kind::Loss, |epoch| Some(epoch.train_loss)),
            ("train_accuracy", Kind::Share, |epoch| {
                Some(epoch.train_accuracy)
            }),
            ("val_loss", Kind::Loss, |epoch| epoch.val_loss),
            ("val_accuracy", Kind::Share, |epoch| epoch.val_accuracy),
            ("learning_rate", Kind::Exact, |epoch| {
                Some(epoch.learning_rate)
            }),
        ];
        let number = was.epoch;
        for (name, kind, metric) in metrics {
            self.add(
                &format!("{name} of epoch {number}"),
                kind,
                [metric(was), metric(now)],
            );
        }
        for layer in 0..was.gradient_norms.len().max(now.gradient_norms.len()) {
            let norm = |epoch: &EpochMetrics| epoch.gradient_norms.get(layer).copied();
            let what = format!("gradient_norm of layer {} in epoch {number}", layer + 1);
            self.add(&what, Kind::Sensitive, [norm(was), norm(now)]);
        }
    }

    fn scores(&mut self, samples: &str, [was, now]: [Option<EvalMetrics>; 2]) {
        type Score = fn(EvalMetrics) -> f64;
        let scores: [(&str, Kind, Score); 3] = [
            ("loss", Kind::Loss, |scores| scores.loss),
            ("accuracy", Kind::Share, |scores| scores.accuracy),
            ("macro F1", Kind::Share, |scores| scores.macro_f1),
        ];
        for (name, kind, score) in scores {
            self.add(
                &format!("{samples} {name}"),
                kind,
                [was.map(score), now.map(score)],
            );
        }
    }

    fn add(&mut self, what: &str, kind: Kind, [was, now]: [Option<f64>; 2]) {
        let bits = |value: Option<f64>| value.map(f64::to_bits);
        let is_like = match (self.likeness, kind, was, now) {
            (Similarity::Bits, ..) | (_, Kind::Exact, ..) => bits(was) == bits(now),
            (_, Kind::Sensitive, ..) => true,
            (_, Kind::Share, Some(was), Some(now)) => (was - now).abs() <= ACCURACY,
            (_, Kind::Loss, Some(was), Some(now)) => {
                (was - now).abs() <= LEAST_LOSS.max(LOSS * was.abs())
            }
            (_, _, was, now) => was.is_none() && now.is_none(),
        };
        if !is_like {
            self.found.push(Difference {
                what: what.to_owned(),
                was,
                now,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(likeness: Similarity, kind: Kind, values: [Option<f64>; 2]) -> usize {
        let mut differences = Differences {
            likeness,
            found: Vec::new(),
        };
        differences.add("it", kind, values);
        differences.found.len()
    }

    #[test]
    fn the_last_bit_counts_on_one_kind_of_cpu_alone() {
        let next = f64::from_bits(0.5_f64.to_bits() + 1);
        for kind in [Kind::Share, Kind::Loss, Kind::Sensitive] {
            assert_eq!(found(Similarity::Bits, kind, [Some(0.5), Some(next)]), 1);
            assert_eq!(found(Similarity::Bits, kind, [Some(0.5), Some(0.5)]), 0);
            assert_eq!(
                found(Similarity::Rounding, kind, [Some(0.5), Some(next)]),
                0
            );
        }
        assert_eq!(
            found(Similarity::Rounding, Kind::Exact, [Some(0.5), Some(next)]),
            1
        );
        assert_eq!(
            found(Similarity::Rounding, Kind::Share, [Some(0.5), Some(0.53)]),
            1
        );
        assert_eq!(
            found(Similarity::Rounding, Kind::Loss, [Some(0.5), Some(0.56)]),
            1
        );
        assert_eq!(
            found(Similarity::Rounding, Kind::Loss, [Some(0.5), None]),
            1
        );
        assert_eq!(
            found(
                Similarity::Rounding,
                Kind::Loss,
                [Some(0.5), Some(f64::NAN)]
            ),
            1
        );
        assert_eq!(found(Similarity::Bits, Kind::Loss, [None, None]), 0);
    }
}
