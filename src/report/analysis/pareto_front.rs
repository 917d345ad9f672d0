//! Which trials are on a Pareto front of score and costs.

use crate::report::results::trial_frame::{PROFILE_BYTES, PROFILE_ERROR, PROFILE_SECONDS};
use polars::prelude::*;
use statistics::{Direction, Measured};

/// For each row of the frame of trials, whether it is on the front of score, seconds per epoch and
/// peak memory; unranked trials are not. Memory counts only if it was measured for every trial that
/// has a time. `None` if no ranked trial has a time: the front would be the best trial alone.
///
/// `score` is the column of the mean score, and its direction. Times within the noise of their
/// measurements count as equal. Scores are compared by their means.
///
/// # Errors
/// A column of the frame is missing.
pub(crate) fn pareto_front(
    frame: &DataFrame,
    (score, direction): (&str, Direction),
) -> PolarsResult<Option<Vec<bool>>> {
    let ranked = frame.height() - frame.column("rank")?.null_count();
    // Ranked trials come first.
    let numbers = |name: &str| -> PolarsResult<Vec<Option<f64>>> {
        Ok(frame.column(name)?.f64()?.iter().take(ranked).collect())
    };
    let (seconds, errors) = (numbers(PROFILE_SECONDS)?, numbers(PROFILE_ERROR)?);
    if seconds.iter().all(Option::is_none) {
        return Ok(None);
    }
    let times = seconds.iter().copied().zip(errors).map(|(seconds, error)| {
        let value = seconds.unwrap_or(f64::NAN);
        // A time whose error is unknown counts as exact.
        let standard_error = error.unwrap_or(0.0) * value;
        Measured {
            value,
            standard_error,
        }
    });
    let exact = |values: Vec<Option<f64>>| -> Vec<Measured> {
        let values = values.into_iter();
        values
            .map(|value| value.unwrap_or(f64::NAN).into())
            .collect()
    };
    let mut objectives = vec![
        (direction, exact(numbers(score)?)),
        (Direction::Minimise, times.collect()),
    ];
    let bytes = numbers(PROFILE_BYTES)?;
    let mut timed = seconds
        .iter()
        .zip(&bytes)
        .filter(|(time, _)| time.is_some());
    let is_measured = timed.all(|(_, bytes)| bytes.is_some());
    if is_measured {
        objectives.push((Direction::Minimise, exact(bytes)));
    }
    let directions: Vec<Direction> = objectives.iter().map(|(direction, _)| *direction).collect();
    let point = |row: usize| -> Vec<Measured> {
        objectives.iter().map(|(_, values)| values[row]).collect()
    };
    let points: Vec<Vec<Measured>> = (0..ranked).map(point).collect();
    let mut front = vec![false; frame.height()];
    // Every point has a number for each objective, if only NaN, so there is no error.
    for row in statistics::pareto_front(&directions, &points).unwrap_or_default() {
        front[row] = true;
    }
    Ok(Some(front))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCORE: (&str, Direction) = ("mean_val_accuracy", Direction::Maximise);

    fn front(errors: [Option<f64>; 4], bytes: [Option<f64>; 4]) -> Vec<bool> {
        let frame = df!(
            "rank" => [Some(1_u32), Some(2), Some(3), None],
            "mean_val_accuracy" => [Some(0.93), Some(0.87), Some(0.86), Some(0.99)],
            PROFILE_SECONDS => [Some(0.0190), Some(0.0188), Some(0.0100), Some(0.001)],
            PROFILE_ERROR => errors,
            PROFILE_BYTES => bytes,
        );
        let found = pareto_front(&frame.unwrap(), SCORE);
        found.unwrap().expect("times were measured")
    }

    #[test]
    fn a_trial_is_not_on_the_front_for_a_time_within_the_noise() {
        let seconds = |errors| front(errors, [None; 4]);
        assert_eq!(seconds([Some(0.01); 4]), [true, false, true, false]);
        assert_eq!(seconds([Some(0.001); 4]), [true, true, true, false]);
        assert_eq!(seconds([None; 4]), [true, true, true, false]);
    }

    #[test]
    fn memory_counts_only_if_all_trials_have_it() {
        let bytes = [Some(900.0), None, Some(500.0), Some(100.0)];
        assert_eq!(front([Some(0.01); 4], bytes), [true, false, true, false]);
    }

    #[test]
    fn memory_is_exact() {
        let bytes = [900.0, 800.0, 500.0, 100.0].map(Some);
        let all = front([Some(0.01); 4], bytes);
        assert_eq!(all, [true, true, true, false]);
    }

    #[test]
    fn without_times_there_is_no_front() {
        let frame = df!(
            "rank" => [1_u32],
            "mean_val_accuracy" => [0.9],
            PROFILE_SECONDS => [None::<f64>],
            PROFILE_ERROR => [None::<f64>],
            PROFILE_BYTES => [None::<f64>],
        );
        let found = pareto_front(&frame.unwrap(), SCORE);
        assert_eq!(found.unwrap(), None);
    }
}
