//! Checks that a result read from a file is one that a run can produce.

use super::result::RunResult;
use crate::metrics::{EpochMetrics, EvalMetrics};
use crate::outcome::Failure;
use crate::record::tensorboard::event_file::is_event_file;

/// Above any loss or norm in 32-bit numbers; squares and sums of such numbers stay finite.
const MAX_MAGNITUDE: f64 = 1e50;

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
        && scores.all(has_plausible_scores)
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
    is_plausible_number(epoch.train_loss)
        && is_fraction(epoch.train_accuracy)
        && epoch.val_loss.is_none_or(is_plausible_number)
        && epoch.val_accuracy.is_none_or(is_fraction)
        && epoch.learning_rate.is_finite()
        && epoch
            .gradient_norms
            .iter()
            .copied()
            .all(is_plausible_number)
        && is_plausible_time(epoch.seconds)
}

fn has_plausible_scores(scores: &EvalMetrics) -> bool {
    is_plausible_number(scores.loss) && is_fraction(scores.accuracy) && is_fraction(scores.macro_f1)
}

fn is_plausible_number(value: f64) -> bool {
    value.abs() <= MAX_MAGNITUDE
}

/// Whether this is a fraction of samples, with a tolerance for the rounding of a mean.
fn is_fraction(value: f64) -> bool {
    (-1e-9..=1.0 + 1e-9).contains(&value)
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
            train_loss: 0.5,
            train_accuracy: 0.75,
            val_loss: None,
            val_accuracy: Some(1.0),
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
            test: Some(EvalMetrics {
                loss: 0.5,
                accuracy: 0.75,
                macro_f1: 0.5,
            }),
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
            |r| r.epochs[0].train_loss = 1e308,
            |r| r.epochs[1].train_loss = f64::NAN,
            |r| r.epochs[0].epoch = 7,
            |r| r.epochs[1].epoch = 1,
            |r| r.epochs[0].val_accuracy = Some(1.5),
            |r| r.epochs[0].train_accuracy = -0.5,
            |r| r.epochs[0].seconds = -1.0,
            |r| r.epochs[0].gradient_norms = vec![1.0],
            |r| r.final_epoch = Some(3),
            |r| r.final_epoch = Some(0),
            |r| r.final_epoch = None,
            |r| r.test.as_mut().unwrap().accuracy = 2.0,
            |r| r.test.as_mut().unwrap().loss = -1e300,
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
