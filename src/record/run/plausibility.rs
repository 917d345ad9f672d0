//! Checks that a result read from a file is one that a run can produce.

use super::result::RunResult;
use crate::metrics::{EpochMetrics, Score, Scores};
use crate::outcome::Failure;
use crate::record::tensorboard::event_file::is_event_file;

/// Above any loss or norm in 32-bit numbers; squares and sums of such numbers stay finite.
const MAX_MAGNITUDE: f64 = 1e50;

/// The rounding error of a mean.
const ROUNDING: f64 = 1e-9;

/// Longer than any run.
const MAX_SECONDS: f64 = 1e12;

/// Maximum length of a name.
const MAX_NAME_BYTES: usize = 1 << 10;
/// Maximum length of the message or location of a panic.
const MAX_MESSAGE_BYTES: usize = 1 << 20;

/// Whether a run can produce this result.
pub(crate) fn is_plausible(result: &RunResult) -> bool {
    let names = [&result.trial, &result.device, &result.precision];
    let epochs = &result.epochs;
    let layers = epochs.first().map_or(0, |epoch| epoch.gradient_norms.len());
    let has_outcome = match result.final_epoch {
        None => result.failure.is_some(),
        Some(epoch) => (1..=epochs.len()).contains(&epoch),
    };
    let mut scores = result.validation.iter().chain(&result.test);
    names.iter().all(|name| name.len() <= MAX_NAME_BYTES)
        && result.failure.as_ref().is_none_or(has_short_messages)
        && result.events.as_deref().is_none_or(is_event_name)
        && has_outcome
        && (1..).zip(epochs).all(|(number, epoch): (usize, _)| {
            epoch.epoch == number
                && epoch.gradient_norms.len() == layers
                && is_plausible_epoch(epoch)
        })
        && scores.all(are_plausible_scores)
        && result.seconds_per_epoch.is_none_or(is_plausible_time)
        && is_plausible_time(result.seconds)
}

/// Whether this is the name of an event file without a path, which could lead to another folder.
fn is_event_name(name: &str) -> bool {
    is_event_file(name) && name.len() <= MAX_NAME_BYTES && !name.contains(['/', '\\'])
}

fn has_short_messages(failure: &Failure) -> bool {
    match failure {
        Failure::Diverged { .. } => true,
        Failure::Crashed {
            message, location, ..
        } => {
            let location_bytes = location.as_ref().map_or(0, String::len);
            message.len() <= MAX_MESSAGE_BYTES && location_bytes <= MAX_MESSAGE_BYTES
        }
    }
}

fn is_plausible_epoch(epoch: &EpochMetrics) -> bool {
    are_plausible_scores(&epoch.training)
        && (epoch.validation.is_empty() || are_plausible_scores(&epoch.validation))
        && epoch.learning_rate.is_finite()
        && epoch
            .gradient_norms
            .iter()
            .copied()
            .all(is_plausible_number)
        && is_plausible_time(epoch.seconds)
}

/// Whether the scores that are always measured are there, and each is in its range.
fn are_plausible_scores(scores: &Scores) -> bool {
    let mut required = Score::EVERY_EPOCH.into_iter();
    required.all(|score| scores.get(score).is_some())
        && scores.iter().all(|(score, value)| {
            let [low, high] = score.range;
            let in_range = low - ROUNDING <= value && value <= high + ROUNDING;
            in_range && is_plausible_number(value)
        })
}

fn is_plausible_number(value: f64) -> bool {
    value.abs() <= MAX_MAGNITUDE
}

/// Whether this is a plausible duration.
pub(crate) fn is_plausible_time(seconds: f64) -> bool {
    (0.0..=MAX_SECONDS).contains(&seconds)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::plan::RunHash;
    use crate::random::Seed;
    use crate::spec::Config;

    pub(crate) fn result() -> RunResult {
        let seed = Seed {
            sweep: 0,
            repeat: 0,
            fold: 0,
        };
        let epoch = |epoch| EpochMetrics {
            epoch,
            training: Scores::loss_and_accuracy(0.5, 0.75),
            validation: Scores::loss_and_accuracy(0.5, 1.0),
            learning_rate: 0.1,
            gradient_norms: vec![1.0, 2.0],
            seconds: 0.5,
        };
        RunResult {
            run_hash: RunHash::new(&Config::default(), seed, "data"),
            trial: "base".to_owned(),
            repeat: 0,
            fold: 0,
            failure: None,
            final_epoch: Some(2),
            validation: None,
            test: Some(Scores::from([
                (Score::LOSS, 0.5),
                (Score::ACCURACY, 0.75),
                (Score::MACRO_F1, 0.5),
            ])),
            epochs: vec![epoch(1), epoch(2)],
            seconds_per_epoch: Some(0.5),
            seconds: 1.0,
            parameters: 10,
            device: "cpu".to_owned(),
            workers: 1,
            cohort: 1,
            precision: "float32".to_owned(),
            config: serde_json::Value::Null,
            events: None,
        }
    }

    #[test]
    fn a_result_survives_a_round_trip_and_a_truncated_one_is_rejected() {
        let text = result().to_json();
        assert_eq!(RunResult::from_bytes(text.as_bytes()), Some(result()));
        for length in 0..text.len() - 1 {
            assert_eq!(RunResult::from_bytes(&text.as_bytes()[..length]), None);
        }
    }

    #[test]
    fn a_result_that_no_run_can_produce_is_rejected() {
        let changes: [fn(&mut RunResult); 15] = [
            |r| r.epochs[0].training.insert(Score::LOSS, 1e308),
            |r| r.epochs[1].training.insert(Score::LOSS, f64::NAN),
            |r| r.epochs[0].epoch = 7,
            |r| r.epochs[1].epoch = 1,
            |r| r.epochs[0].validation.insert(Score::ACCURACY, 1.5),
            |r| r.epochs[0].training.insert(Score::ACCURACY, -0.5),
            |r| r.epochs[0].seconds = -1.0,
            |r| r.epochs[0].gradient_norms = vec![1.0],
            |r| r.final_epoch = Some(3),
            |r| r.final_epoch = Some(0),
            |r| r.final_epoch = None,
            |r| r.test.as_mut().unwrap().insert(Score::ACCURACY, 2.0),
            |r| r.test.as_mut().unwrap().insert(Score::LOSS, -1e300),
            |r| r.seconds = 1e300,
            |r| r.device = "x".repeat(MAX_NAME_BYTES + 1),
        ];
        for (number, change) in changes.iter().enumerate() {
            let mut result = result();
            change(&mut result);
            let read = RunResult::from_bytes(result.to_json().as_bytes());
            assert_eq!(read, None, "change {number}");
        }
    }
}
