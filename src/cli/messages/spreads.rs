//! How far rounding errors change the scores of a training.

use crate::metrics::{Part, PartScore, Score, Scores};
use crate::outcome::Outcome;
use crate::run::RerunResult;
use std::collections::BTreeMap;

/// The largest difference of each score between trainings of one run with different rounding errors, over all epochs and
/// the final model.
///
/// Rounding errors grow in the course of a training, at moments that differ from one training to the next. The largest
/// difference over all epochs is therefore a better measure than that of one epoch.
#[derive(Clone, Debug, Default)]
pub(super) struct Spreads {
    by_score: BTreeMap<PartScore, f64>,
    /// Whether a training failed: then rounding errors decide everything.
    has_failed: bool,
}

impl Spreads {
    /// The differences of the probes from the run.
    pub(super) fn measured(run: &RerunResult, probes: &[RerunResult]) -> Self {
        let mut spreads = Self::default();
        for probe in probes {
            for (epoch, other) in run.epochs.iter().zip(&probe.epochs) {
                for (score, value) in epoch.scores() {
                    spreads.add(score, Some(value), other.score(score));
                }
            }
            let [Outcome::Finished(finished), Outcome::Finished(other)] =
                [&run.outcome, &probe.outcome]
            else {
                spreads.has_failed = true;
                continue;
            };
            spreads.add_all(Part::Test, &finished.test.0, &other.test.0);
            if let [Some((scores, _)), Some((others, _))] =
                [&finished.validation, &other.validation]
            {
                spreads.add_all(Part::Validation, scores, others);
            }
        }
        spreads
    }

    fn add_all(&mut self, part: Part, scores: &Scores, others: &Scores) {
        for (score, value) in scores.iter() {
            self.add(part.score(score), Some(value), others.get(score));
        }
    }

    fn add(&mut self, score: PartScore, value: Option<f64>, other: Option<f64>) {
        if let (Some(value), Some(other)) = (value, other) {
            let spread = self.by_score.entry(score).or_default();
            *spread = spread.max((value - other).abs());
        }
    }

    /// The spread of a score. A score that is measured once, at the end, has at least that of the loss or the accuracy
    /// on the validation samples, which are measured after every epoch.
    pub(super) fn of(&self, score: PartScore) -> f64 {
        if self.has_failed {
            return f64::INFINITY;
        }
        let measured = |score: PartScore| self.by_score.get(&score).copied().unwrap_or(0.0);
        let frequent = match (score.part, score.score) {
            (Part::Training, _) => 0.0,
            (_, Score::LOSS) => measured(Part::Validation.score(Score::LOSS)),
            _ => measured(Part::Validation.score(Score::ACCURACY)),
        };
        measured(score).max(frequent)
    }
}

/// Whether there are no scores to compare: a run that had failed failed again, or it failed one time only, and a probe
/// shows that rounding errors decide whether it fails.
pub(super) fn is_failure_explained(
    had_failed: bool,
    rerun: &RerunResult,
    probes: &[RerunResult],
) -> bool {
    let has_failed = |run: &RerunResult| matches!(run.outcome, Outcome::Failed(_));
    match (had_failed, has_failed(rerun)) {
        (true, true) => true,
        (false, false) => false,
        _ => probes.iter().any(|probe| has_failed(probe) == had_failed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{ClassificationCounts, EpochMetrics};
    use crate::outcome::{Failure, FinishedRun};

    /// A training with these validation losses after its epochs; the accuracy is always the same.
    fn training(losses: &[f64], test_loss: f64) -> RerunResult {
        let epoch = |(index, &loss): (usize, &f64)| EpochMetrics {
            epoch: index + 1,
            training: Scores::loss_and_accuracy(0.1, 0.9),
            validation: Scores::loss_and_accuracy(loss, 0.9),
            learning_rate: 0.1,
            gradient_norms: Vec::new(),
            seconds: 1.0,
        };
        let last = *losses.last().unwrap();
        let scores = |loss| {
            (
                Scores::loss_and_accuracy(loss, 0.9),
                ClassificationCounts::new(2),
            )
        };
        RerunResult {
            outcome: Outcome::Finished(Box::new(FinishedRun {
                epoch: losses.len(),
                validation: Some(scores(last)),
                predictions: None,
                test: scores(test_loss),
            })),
            epochs: losses.iter().enumerate().map(epoch).collect(),
            weights: None,
        }
    }

    const LOSS: Score = Score::LOSS;

    #[test]
    fn the_largest_difference_of_all_epochs_and_probes_counts() {
        let run = training(&[0.5, 0.4], 0.4);
        let probes = [training(&[0.53, 0.4], 0.41), training(&[0.5, 0.39], 0.4)];
        let spreads = Spreads::measured(&run, &probes);
        let is = |part: Part, score, expected: f64| {
            assert!((spreads.of(part.score(score)) - expected).abs() < 1e-12);
        };
        is(Part::Validation, LOSS, 0.03);
        // More than its own 0.01.
        is(Part::Test, LOSS, 0.03);
        is(Part::Training, LOSS, 0.0);
        is(Part::Test, Score::ACCURACY, 0.0);
    }

    fn failed() -> RerunResult {
        RerunResult {
            outcome: Outcome::Failed(Failure::Diverged { epoch: 1 }),
            ..training(&[0.5], 0.5)
        }
    }

    #[test]
    fn a_failure_is_explained_by_another_one_or_by_a_probe_that_ends_as_the_recorded_run() {
        let finished = || training(&[0.5], 0.5);
        assert!(is_failure_explained(true, &failed(), &[]));
        assert!(!is_failure_explained(false, &finished(), &[failed()]));
        for (had_failed, rerun) in [(true, finished()), (false, failed())] {
            let like_recorded = if had_failed { failed() } else { finished() };
            assert!(!is_failure_explained(had_failed, &rerun, &[]));
            assert!(!is_failure_explained(
                had_failed,
                &rerun,
                std::slice::from_ref(&rerun)
            ));
            let probes = [rerun.clone(), like_recorded];
            assert!(is_failure_explained(had_failed, &rerun, &probes));
        }
    }

    #[test]
    fn without_probes_nothing_is_spread_and_with_a_failed_one_everything() {
        let run = training(&[0.5], 0.5);
        let loss = Part::Validation.score(LOSS);
        assert_eq!(Spreads::measured(&run, &[]).of(loss), 0.0);
        assert_eq!(Spreads::measured(&run, &[failed()]).of(loss), f64::INFINITY);
    }
}
