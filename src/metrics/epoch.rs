//! Metrics and layer values of an epoch.

use serde::{Deserialize, Serialize};

/// The metrics of one epoch of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochMetrics {
    /// The epoch, counted from 1.
    pub epoch: usize,
    /// Mean cross-entropy over the batches of the epoch, computed with dropout before each step.
    pub train_loss: f64,
    /// Accuracy on the same samples, 0 to 1.
    pub train_accuracy: f64,
    /// Mean cross-entropy over the validation samples after the epoch; `None` without validation.
    pub val_loss: Option<f64>,
    /// Accuracy on the validation samples after the epoch, 0 to 1; `None` without validation.
    pub val_accuracy: Option<f64>,
    /// The learning rate of the first step of the epoch.
    pub learning_rate: f64,
    /// The norm of the gradient of the weights of each layer in the last step of the epoch; the layer
    /// nearest to the input first.
    pub gradient_norms: Vec<f64>,
    /// Time of the training steps of the epoch in seconds, without validation: the time of the cohort
    /// divided by the number of members in training.
    pub seconds: f64,
}

/// The weights and gradients of one layer at the end of an epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerValues {
    /// The name, such as `layer1`; layers are numbered from the input.
    pub name: String,
    /// The weights after the epoch.
    pub weights: Vec<f32>,
    /// The gradient of the loss alone with respect to these weights, in the last step of the epoch.
    pub gradients: Vec<f32>,
}
