//! Trainings on the Vulkan device compared with the same trainings on the CPU.
//!
//! Each tolerance bounds the relative difference of the losses of every run: training and validation loss
//! of each epoch, and test loss. `docs/gpu.md` lists what was measured.

use crate::training::{on, on_the_cpu, worst_difference};
use crate::vulkan;

/// A training that runs on both devices.
struct Case {
    name: &'static str,
    sweep: &'static str,
    /// The maximum number of runs of a cohort on the Vulkan device.
    cohort: usize,
    /// The runs of the largest cohort that there must be.
    largest: usize,
    /// The largest relative difference of a loss that is accepted.
    tolerance: f64,
}

impl Case {
    /// Trains on both devices and compares.
    fn check(&self) {
        let Some(device) = vulkan(self.name) else {
            return;
        };
        let results = on(&device, self.sweep, self.cohort);
        let cohorts = results.runs.values().map(|result| result.cohort);
        assert_eq!(cohorts.max(), Some(self.largest), "{}: cohort", self.name);
        let worst = worst_difference(&on_the_cpu(self.sweep), &results);
        let runs = results.runs.len();
        println!("{}: {runs} runs: {:.1e}, {}", self.name, worst.0, worst.1);
        assert!(worst.0 <= self.tolerance, "{}: {worst:?}", self.name);
    }
}

/// The tolerance of two epochs in which nothing magnifies the rounding of float32.
const CLOSE: f64 = 1e-5;

#[test]
fn the_grid_of_the_smoke_sweep() {
    Case {
        name: "smoke",
        sweep: "
data: { limit: 400 }
model: { layers: 1, activation: relu }
training: { epochs: 2, batch_size: 64, optimizer: sgd }
validation: { folds: 2, seed: 42 }
grid:
  model.width: [32, 64]
  training.learning_rate: [0.1, 0.01]
",
        cohort: 8,
        largest: 8,
        tolerance: CLOSE,
    }
    .check();
}

#[test]
fn one_run_alone() {
    Case {
        name: "K = 1",
        sweep: "
data: { limit: 400 }
model: { width: 32, layers: 2 }
training: { epochs: 2, batch_size: 32, learning_rate: 0.1 }
validation: { folds: 2 }
",
        cohort: 1,
        largest: 1,
        tolerance: CLOSE,
    }
    .check();
}

/// 64 runs of one shape.
const SIXTY_FOUR: &str = "
data: { limit: 256 }
model: { width: 16, activation: tanh }
training: { epochs: 2, batch_size: 32 }
validation: { folds: 8 }
grid:
  training.learning_rate: [0.2, 0.1, 0.07, 0.05, 0.03, 0.02, 0.01, 0.003]
";

#[test]
fn cohorts_of_three() {
    Case {
        name: "K = 3",
        sweep: "
data: { limit: 300 }
model: { width: 32 }
training: { epochs: 2, batch_size: 32 }
validation: { folds: 3 }
grid:
  training.learning_rate: [0.1, 0.01]
",
        cohort: 3,
        largest: 3,
        tolerance: CLOSE,
    }
    .check();
}

#[test]
fn a_cohort_of_sixty_four() {
    Case {
        name: "K = 64",
        sweep: SIXTY_FOUR,
        cohort: 64,
        largest: 64,
        tolerance: CLOSE,
    }
    .check();
}

#[test]
fn a_convolutional_network() {
    Case {
        name: "CNN",
        sweep: "
data: { limit: 120 }
model: { kind: cnn, channels: [3, 4], width: 8 }
training: { epochs: 2, batch_size: 32, optimizer: sgd, learning_rate: 0.05, momentum: 0.9 }
grid:
  model.pooling: [max, average]
",
        cohort: 2,
        largest: 1,
        tolerance: CLOSE,
    }
    .check();
}

#[test]
fn norms() {
    Case {
        name: "batch norm and layer norm",
        sweep: "
data: { limit: 200 }
model: { width: 16, layers: 2 }
training: { epochs: 2, batch_size: 32, learning_rate: 0.05 }
validation: { folds: 2 }
grid:
  model.norm: [batch, layer]
  model.norm_position: [before_activation, after_activation]
",
        cohort: 2,
        largest: 2,
        tolerance: CLOSE,
    }
    .check();
}

#[test]
fn batch_norms_in_one_cohort() {
    Case {
        name: "batch norms",
        // Before batch norm, a bias's gradient is 0 apart from rounding errors, which an adaptive
        // optimizer would amplify.
        sweep: "
data: { limit: 400 }
model: { width: 24, layers: 2, norm: batch, dropout: 0.2 }
training: { epochs: 2, learning_rate: 0.05 }
validation: { folds: 2 }
grid:
  model.activation: [tanh, gelu]
  training.momentum: [0, 0.9]
  training.batch_size: [32, 96]
",
        cohort: 8,
        largest: 8,
        tolerance: CLOSE,
    }
    .check();
}

#[test]
fn dropout() {
    Case {
        name: "dropout",
        sweep: "
data: { limit: 200 }
model: { width: 16, layers: 2, input_dropout: 0.1 }
training: { epochs: 2, batch_size: 32, learning_rate: 0.05 }
validation: { folds: 2 }
grid:
  model.dropout: [0.2, 0.5]
",
        cohort: 4,
        largest: 4,
        tolerance: CLOSE,
    }
    .check();
}

#[test]
fn dropout_of_hidden_units() {
    Case {
        name: "dropout of hidden units",
        sweep: "
data: { limit: 200 }
model: { width: 16, layers: 2, activation: tanh }
training: { epochs: 2, batch_size: 32, learning_rate: 0.05 }
validation: { folds: 2 }
grid:
  model.dropout: [0, 0.5]
",
        cohort: 4,
        largest: 4,
        tolerance: CLOSE,
    }
    .check();
}

#[test]
fn every_optimizer_and_activation_in_one_cohort() {
    Case {
        name: "every optimizer and activation",
        sweep: "
data: { limit: 160 }
model: { width: 8 }
training: { epochs: 2, batch_size: 32, learning_rate: 0.002 }
grid:
  model.activation: [relu, tanh, sigmoid, leaky_relu, elu, selu, gelu, silu, softplus, identity]
  training.optimizer: [sgd, adam, adamw, rmsprop, adagrad, nadam]
  training.epsilon: { values: [0.001], when: { training.optimizer: [adam, adamw, rmsprop, adagrad, nadam] } }
",
        cohort: 60,
        largest: 60,
        // With the default epsilon, adaptive optimizers divide small gradients by their own magnitude.
        tolerance: CLOSE,
    }
    .check();
}

#[test]
fn members_that_end_early() {
    Case {
        name: "members that end early",
        sweep: "
data: { limit: 150 }
model: { width: 8 }
training: { epochs: 8, batch_size: 32, patience: 1 }
validation: { folds: 2 }
grid:
  training.learning_rate: [0.8, 0.3, 0.1]
  training.epochs: [3, 8]
",
        cohort: 12,
        largest: 12,
        tolerance: CLOSE,
    }
    .check();
}

#[test]
fn folds_of_unequal_size() {
    Case {
        name: "unequal folds",
        sweep: "
data: { limit: 197 }
model: { width: 16 }
training: { epochs: 2, batch_size: 16, learning_rate: 0.1 }
validation: { folds: 3, stratified: false }
",
        cohort: 3,
        largest: 3,
        tolerance: CLOSE,
    }
    .check();
}

/// Each fold fills missing values with its own medians.
#[test]
fn missing_values() {
    Case {
        name: "missing values",
        sweep: "
data: { limit: 256, normalise: training }
model: { width: 16 }
training: { epochs: 2, batch_size: 32, learning_rate: 0.05 }
validation: { folds: 3 }
",
        cohort: 3,
        largest: 3,
        tolerance: CLOSE,
    }
    .check();
}

#[test]
fn single_rows_and_columns() {
    // A layer of one unit, a last batch of one sample, and widths that are padded into one cohort.
    Case {
        name: "single rows and columns",
        sweep: "
data: { limit: 193 }
model: { width: [6, 1] }
training: { epochs: 2, batch_size: 32, learning_rate: 0.1 }
validation: { holdout: 0 }
grid:
  model.width: [[6, 1], [8, 1], [6, 2]]
",
        cohort: 3,
        largest: 3,
        tolerance: CLOSE,
    }
    .check();
}
