//! Speed and memory of a trial.

use serde::{Deserialize, Serialize};

/// Speed and memory of training steps, measured while nothing else trains on the device.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Training time of one epoch, in seconds: the time of a step times the number of steps.
    pub seconds_per_epoch: f64,
    /// The standard error of the time as a fraction of it; `None` if it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relative_error: Option<f64>,
    /// Number of timed steps.
    pub steps: usize,
    /// Peak memory of parameters, optimizer and steps, in bytes; `None` if not measured.
    pub peak_bytes: Option<u64>,
}

impl Profile {
    /// The standard error of the time, in seconds; 0 if it is unknown.
    pub fn standard_error(&self) -> f64 {
        self.relative_error
            .map_or(0.0, |error| error * self.seconds_per_epoch)
    }
}
