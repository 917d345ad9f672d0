//! Speed and memory of a trial.

use serde::{Deserialize, Serialize};

/// Speed and memory of the training of a trial, measured while nothing else trains on the device.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Training time of one epoch, in seconds: the median time of a step times the number of steps.
    pub seconds_per_epoch: f64,
    /// Number of timed steps.
    pub steps: usize,
    /// Peak memory of parameters, optimizer and steps, in bytes; `None` if not measured.
    pub peak_bytes: Option<u64>,
}

impl Profile {
    /// The faster of two measurements of the same training, with the lower peak of both: memory that the
    /// process allocates only once, such as the workspace of its first matrix product, does not belong to
    /// the model.
    #[must_use]
    pub fn fastest(self, other: Self) -> Self {
        let faster = if other.seconds_per_epoch < self.seconds_per_epoch {
            other
        } else {
            self
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
    fn memory_that_only_the_first_measurement_allocates_is_excluded() {
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
