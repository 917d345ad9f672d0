//! What training measures in each epoch.

use serde::{Deserialize, Serialize};

/// What one epoch of a run gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochMetrics {
    /// The epoch, counted from 1.
    pub epoch: usize,
    /// Mean cross-entropy over the epoch's batches, each before its step, with dropout.
    pub train_loss: f64,
    /// Share of those samples classified rightly, 0 to 1.
    pub train_accuracy: f64,
    /// Mean cross-entropy over the validation samples after the epoch.
    pub val_loss: Option<f64>,
    /// Share of the validation samples classified rightly, 0 to 1.
    pub val_accuracy: Option<f64>,
    /// The learning rate of the epoch's first step.
    pub learning_rate: f64,
    /// The norm of the gradient of each layer's weights in the epoch's last step, from the input
    /// side.
    pub gradient_norms: Vec<f64>,
    /// Time of the epoch's training steps, without validation, in seconds, amortised: that of the
    /// cohort divided by its members in training.
    pub seconds: f64,
}

/// The numbers of one layer at the end of an epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerValues {
    /// Its name, such as `layer1`, counted from the input side.
    pub name: String,
    /// Its weights after the epoch.
    pub weights: Vec<f32>,
    /// The gradient of those weights in the epoch's last step, as the loss alone gives it.
    pub gradients: Vec<f32>,
}
