//! The state of a run in training as plain numbers, from which checkpoints are made.

use serde::{Deserialize, Serialize};

/// The complete state of a run after an epoch. A run that resumes from it computes the same bits as one
/// that was never interrupted.
///
/// Lists of tensors are in the order of the parameters of the network; each tensor is in row-major order.
/// Random numbers need no state: they are keyed by epoch and step.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingState {
    /// Number of finished epochs, at least 1.
    pub epoch: usize,
    /// Parameters, followed by running statistics.
    pub network: Vec<Vec<f32>>,
    /// The state of the optimizer.
    pub optimizer: SavedOptimizer,
    /// The state of the schedule `plateau`; `None` for other schedules.
    pub plateau: Option<PlateauState>,
    /// The state of early stopping; `None` if it is disabled.
    pub stopping: Option<EarlyStoppingState>,
    /// The best epoch so far, counted from 1.
    pub best_epoch: usize,
    /// The network after the best epoch; `None` if that is the current network.
    pub best: Option<Vec<Vec<f32>>>,
}

/// The state of the optimizer of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedOptimizer {
    /// Number of steps, if the optimizer counts them.
    pub steps: usize,
    /// Moving averages, velocities or sums: each list has a tensor for each parameter.
    pub lists: Vec<Vec<Vec<f32>>>,
}

/// The state of the schedule `plateau`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlateauState {
    /// The learning rate of the next epoch.
    #[serde(rename = "rate")]
    pub learning_rate: f64,
    /// The best value so far, lower is better; `None` before the first.
    pub best: Option<f64>,
    /// Number of epochs since the best value.
    #[serde(rename = "waited")]
    pub num_bad_epochs: u64,
    /// Number of remaining epochs of the cooldown, in which `num_bad_epochs` does not increase.
    #[serde(rename = "resting")]
    pub cooldown_counter: u64,
}

/// The state of early stopping.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EarlyStoppingState {
    /// The best value so far, lower is better; `None` before the first.
    pub best: Option<f64>,
    /// Number of epochs since the best value.
    #[serde(rename = "waited")]
    pub num_bad_epochs: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_in_checkpoints_keep_their_names() {
        let plateau = PlateauState {
            learning_rate: 0.5,
            best: None,
            num_bad_epochs: 1,
            cooldown_counter: 2,
        };
        let stopping = EarlyStoppingState {
            best: Some(0.25),
            num_bad_epochs: 3,
        };
        assert_eq!(
            serde_json::to_string(&plateau).unwrap(),
            r#"{"rate":0.5,"best":null,"waited":1,"resting":2}"#
        );
        assert_eq!(
            serde_json::to_string(&stopping).unwrap(),
            r#"{"best":0.25,"waited":3}"#
        );
    }
}
