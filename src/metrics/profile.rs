//! Speed and memory of a trial.

use serde::{Deserialize, Serialize};

/// Speed and memory of a trial's training, measured alone on the device.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Training time of one epoch, in seconds: the median time of a step, times the steps.
    pub seconds_per_epoch: f64,
    /// Steps that were timed.
    pub steps: usize,
    /// The most memory that parameters, optimizer and steps took at one time, in bytes, where it
    /// is measured.
    pub peak_bytes: Option<u64>,
}

impl Profile {
    /// The faster of two measurements of the same training, with the lower peak of both: what the
    /// process allocates once and for all, such as the workspace of its first matrix product, is no
    /// need of the model.
    #[must_use]
    pub fn fastest(self, other: Self) -> Self {
        let faster = match other.seconds_per_epoch < self.seconds_per_epoch {
            true => other,
            false => self,
        };
        Self {
            peak_bytes: match (self.peak_bytes, other.peak_bytes) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            },
            ..faster
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_the_first_measurement_allocates_is_not_the_models() {
        let profile = |seconds_per_epoch, peak_bytes| Profile {
            seconds_per_epoch,
            steps: 5,
            peak_bytes,
        };
        let first = profile(0.2, Some(2_100_000));
        let second = profile(0.3, Some(13_000));
        for found in [first.fastest(second), second.fastest(first)] {
            assert_eq!(found, profile(0.2, Some(13_000)));
        }
        let unknown = profile(0.1, None);
        assert_eq!(unknown.fastest(first).peak_bytes, Some(2_100_000));
    }
}
