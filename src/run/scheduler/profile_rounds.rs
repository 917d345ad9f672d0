//! Combines repeated measurements of the same steps, and decides how many there are.

use crate::metrics::Profile;
use statistics::trimmed_mean;

/// The standard error of the time at which a measurement is precise enough, as a fraction of the
/// time.
const TARGET_ERROR: f64 = 0.02;

/// The minimum number of rounds: fewer estimate their own error badly.
const MIN_ROUNDS: usize = 8;

/// The number of rounds at which a measurement ends, however imprecise.
const MAX_ROUNDS: usize = 16;

/// The time after which a measurement of at least [`MIN_SLOW_ROUNDS`] ends, in seconds.
const MAX_SECONDS: f64 = 20.0;

/// The minimum number of rounds of slow steps, and of a measurement that fails.
const MIN_SLOW_ROUNDS: usize = 3;

/// The measurements of one shape so far.
#[derive(Clone, Debug, Default)]
pub(super) struct ProfileRounds {
    rounds: Vec<Profile>,
    /// The time that they took.
    seconds: f64,
    /// Whether a round failed.
    has_failed: bool,
}

impl ProfileRounds {
    /// Adds a round that took so many seconds; `None` if it failed.
    pub(super) fn add(&mut self, round: Option<Profile>, seconds: f64) {
        self.has_failed |= round.is_none();
        self.rounds.extend(round);
        self.seconds += seconds;
    }

    /// Whether no further round is needed, or possible.
    pub(super) fn is_done(&self) -> bool {
        let rounds = self.rounds.len();
        let is_precise = || {
            let error = self.profile().and_then(|profile| profile.relative_error);
            error.is_some_and(|error| error <= TARGET_ERROR)
        };
        self.has_failed
            || rounds >= MAX_ROUNDS
            || (rounds >= MIN_SLOW_ROUNDS && self.seconds >= MAX_SECONDS)
            || (rounds >= MIN_ROUNDS && is_precise())
    }

    /// The fraction of the rounds that are needed at least; below 1 until it is done.
    pub(super) fn progress(&self) -> f64 {
        if self.is_done() {
            return 1.0;
        }
        let rounds = self.rounds.len().min(MIN_ROUNDS - 1);
        rounds as f64 / MIN_ROUNDS as f64
    }

    /// All rounds together; `None` without any, and if it failed before there were enough of them to
    /// know the error of the time.
    ///
    /// The time is their trimmed mean: other programs on the machine disturb some rounds. The memory
    /// is the lowest peak: memory that a process allocates only once, such as the workspace of its
    /// first matrix product, does not belong to the model.
    pub(super) fn profile(&self) -> Option<Profile> {
        let first = self.rounds.first()?;
        if self.has_failed && self.rounds.len() < MIN_SLOW_ROUNDS {
            return None;
        }
        let seconds: Vec<f64> = self.rounds.iter().map(|r| r.seconds_per_epoch).collect();
        let mean = trimmed_mean(&seconds).filter(|mean| mean.mean > 0.0);
        Some(Profile {
            seconds_per_epoch: mean.map_or(first.seconds_per_epoch, |mean| mean.mean),
            relative_error: mean.map(|mean| mean.standard_error / mean.mean),
            steps: self.rounds.iter().map(|round| round.steps).sum(),
            peak_bytes: self.rounds.iter().filter_map(|r| r.peak_bytes).min(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(seconds_per_epoch: f64, peak_bytes: Option<u64>) -> Option<Profile> {
        Some(Profile {
            seconds_per_epoch,
            relative_error: None,
            steps: 5,
            peak_bytes,
        })
    }

    /// Adds rounds until it is done. Round `n`, from 0, takes `seconds` and finds the time `time(n)`.
    fn measured(time: impl Fn(usize) -> f64, seconds: f64) -> (usize, Profile) {
        let mut rounds = ProfileRounds::default();
        let mut count = 0;
        while !rounds.is_done() {
            rounds.add(round(time(count), None), seconds);
            count += 1;
        }
        (count, rounds.profile().unwrap())
    }

    #[test]
    fn a_quiet_measurement_ends_early_and_a_noisy_one_reports_its_error() {
        let (count, quiet) = measured(|n| 1.0 + 0.01 * (n % 3) as f64, 0.1);
        assert_eq!(count, MIN_ROUNDS);
        assert!(quiet.relative_error.unwrap() <= TARGET_ERROR);
        let (count, noisy) = measured(|n| 1.0 + 0.5 * (n % 3) as f64, 0.1);
        assert_eq!(count, MAX_ROUNDS);
        assert!(noisy.relative_error.unwrap() > TARGET_ERROR);
        assert_eq!(noisy.steps, 5 * MAX_ROUNDS);
    }

    #[test]
    fn a_single_disturbed_round_does_not_count() {
        let (count, profile) = measured(|n| if n == 2 { 9.0 } else { 1.0 }, 0.1);
        assert_eq!(count, MIN_ROUNDS);
        assert_eq!(profile.seconds_per_epoch, 1.0);
    }

    #[test]
    fn slow_steps_are_measured_a_few_times() {
        assert_eq!(measured(|n| n as f64, MAX_SECONDS).0, MIN_SLOW_ROUNDS);
        assert_eq!(measured(|_| 1.0, MAX_SECONDS / 4.0).0, 4);
    }

    #[test]
    fn a_failed_round_ends_the_measurement_and_the_others_count_if_there_are_enough() {
        for count in 0..=MIN_SLOW_ROUNDS {
            let mut rounds = ProfileRounds::default();
            for _ in 0..count {
                rounds.add(round(2.0, None), 0.1);
            }
            rounds.add(None, 0.1);
            assert!(rounds.is_done());
            let seconds = rounds.profile().map(|profile| profile.seconds_per_epoch);
            assert_eq!(seconds, (count == MIN_SLOW_ROUNDS).then_some(2.0));
        }
    }

    #[test]
    fn memory_that_only_the_first_round_allocates_is_excluded() {
        let mut rounds = ProfileRounds::default();
        rounds.add(round(0.2, Some(2_100_000)), 0.1);
        rounds.add(round(0.3, Some(13_000)), 0.1);
        rounds.add(round(0.3, None), 0.1);
        assert_eq!(rounds.profile().unwrap().peak_bytes, Some(13_000));
    }
}
