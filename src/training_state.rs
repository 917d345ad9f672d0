//! The state of a run in training, as plain numbers: what a checkpoint holds.

use serde::{Deserialize, Serialize};

/// All that a run in training goes on from after an epoch, exactly as if it had never stopped.
///
/// Lists of tensors are in the order of the network's parameters, each tensor row by row. Random
/// numbers are no part of it: they are keyed by epoch and step.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingState {
    /// Finished epochs, at least 1.
    pub epoch: usize,
    /// Parameters, then running statistics.
    pub network: Vec<Vec<f32>>,
    /// What the optimizer remembers.
    pub optimizer: SavedOptimizer,
    /// The schedule `plateau`, where it is the one.
    pub plateau: Option<PlateauState>,
    /// Early stopping, where it is asked for.
    pub stopping: Option<EarlyStoppingState>,
    /// The epoch that the run would go back to, counted from 1.
    pub best_epoch: usize,
    /// The network after that epoch, where it is not the present one.
    pub best: Option<Vec<Vec<f32>>>,
}

/// What an optimizer remembers of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedOptimizer {
    /// Steps taken, where the optimizer counts them.
    pub steps: usize,
    /// The product of NAdam's momenta; 1 for others.
    pub momentum_product: f64,
    /// Moving means, velocities or sums, each with a tensor for each parameter.
    pub lists: Vec<Vec<Vec<f32>>>,
}

/// What the schedule `plateau` remembers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlateauState {
    /// The learning rate of the next epoch.
    pub rate: f64,
    /// The best value so far, lower being better; nothing before the first.
    pub best: Option<f64>,
    /// Epochs since then.
    pub waited: u64,
    /// Epochs left in which nothing is counted.
    pub resting: u64,
}

/// What early stopping remembers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EarlyStoppingState {
    /// The best value so far, lower being better; nothing before the first.
    pub best: Option<f64>,
    /// Epochs since then.
    pub waited: usize,
}
