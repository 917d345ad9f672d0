//! Whether a result is one that a run can have given: a file may say anything.

use super::result::RunResult;
use crate::metrics::{EpochMetrics, EvalMetrics};
use crate::outcome::Failure;
use crate::record::tensorboard::event_file::is_event_file;

/// Beyond any loss or norm in 32-bit numbers; squares and sums of such numbers stay finite.
const LARGEST: f64 = 1e50;

/// More seconds than any run takes.
const MOST_SECONDS: f64 = 1e12;

/// The most bytes of a name, and of what a panic said.
const LONGEST_NAME: usize = 1 << 10;
const LONGEST_MESSAGE: usize = 1 << 20;

/// Whether a result is one that a run can have given.
pub(crate) fn is_plausible(result: &RunResult) -> bool {
    let names = [&result.trial, &result.device, &result.precision];
    let epochs = &result.epochs;
    let norms = epochs.first().map_or(0, |epoch| epoch.gradient_norms.len());
    let has_ended = match result.final_epoch {
        None => result.failure.is_some(),
        Some(epoch) => (1..=epochs.len()).contains(&epoch),
    };
    let mut evaluated = result.validation.iter().chain(&result.test);
    names.iter().all(|name| name.len() <= LONGEST_NAME)
        && result.failure.as_ref().is_none_or(is_short)
        && result.events.as_deref().is_none_or(is_event_name)
        && has_ended
        && (1..).zip(epochs).all(|(number, epoch): (usize, _)| {
            epoch.epoch == number && epoch.gradient_norms.len() == norms && is_epoch(epoch)
        })
        && evaluated.all(is_evaluated)
        && result.seconds_per_epoch.is_none_or(is_time)
        && is_time(result.seconds)
}

/// Whether it is the name of an event file, which leads nowhere else.
fn is_event_name(name: &str) -> bool {
    is_event_file(name) && name.len() <= LONGEST_NAME && !name.contains(['/', '\\'])
}

fn is_short(failure: &Failure) -> bool {
    match failure {
        Failure::Diverged { .. } => true,
        Failure::Crashed { message, place, .. } => {
            let place = place.as_ref().map_or(0, String::len);
            message.len() <= LONGEST_MESSAGE && place <= LONGEST_MESSAGE
        }
    }
}

fn is_epoch(epoch: &EpochMetrics) -> bool {
    is_number(epoch.train_loss)
        && is_share(epoch.train_accuracy)
        && epoch.val_loss.is_none_or(is_number)
        && epoch.val_accuracy.is_none_or(is_share)
        && epoch.learning_rate.is_finite()
        && epoch.gradient_norms.iter().copied().all(is_number)
        && is_time(epoch.seconds)
}

fn is_evaluated(evaluated: &EvalMetrics) -> bool {
    is_number(evaluated.loss) && is_share(evaluated.accuracy) && is_share(evaluated.macro_f1)
}

fn is_number(value: f64) -> bool {
    value.abs() <= LARGEST
}

/// A share of samples, with room for the rounding of a mean.
fn is_share(value: f64) -> bool {
    (-1e-9..=1.0 + 1e-9).contains(&value)
}

pub(crate) fn is_time(seconds: f64) -> bool {
    (0.0..=MOST_SECONDS).contains(&seconds)
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
            identity: RunHash::new(&Config::default(), seed, "data"),
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
    fn a_result_is_read_as_it_was_written_and_at_no_other_length() {
        let text = result().to_json();
        assert_eq!(RunResult::from_bytes(text.as_bytes()), Some(result()));
        for length in 0..text.len() - 1 {
            assert_eq!(RunResult::from_bytes(&text.as_bytes()[..length]), None);
        }
    }

    #[test]
    fn a_result_that_no_run_can_give_is_none() {
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
            |r| r.device = "x".repeat(LONGEST_NAME + 1),
        ];
        for (number, change) in changes.iter().enumerate() {
            let mut result = result();
            change(&mut result);
            let read = RunResult::from_bytes(result.to_json().as_bytes());
            assert_eq!(read, None, "change {number}");
        }
    }
}
