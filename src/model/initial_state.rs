//! The state of a network before its first training step.

use super::init::{self, Fans};
use crate::backend::Backend;
use crate::random::Seed;
use crate::spec::Config;
use crate::stages::{Initial, Parameter, Stage};
use burn::tensor::{Tensor, TensorData};

/// The initial state of one member: parameters, then running statistics. Each tensor is
/// `[1, rows, columns]`.
pub(super) fn initial_state<B: Backend>(
    config: &Config,
    seed: Seed,
    stages: &[Stage],
    device: &B::Device,
) -> Vec<Tensor<B, 3>> {
    let mut state = Vec::new();
    let mut layers = 0;
    for stage in stages {
        let parameters = stage.parameters();
        let fans = parameters.iter().find_map(Fans::of);
        for parameter in &parameters {
            let fans = || fans.expect("a stage with a bias has a weight");
            let values = match parameter.initial {
                Initial::Weights { .. } => init::weights(config, seed, layers, fans()),
                Initial::Biases => init::biases(config, seed, layers, fans()),
                Initial::Constant(value) => constant(parameter, value),
            };
            state.push(tensor(parameter, values, device));
        }
        layers += usize::from(fans.is_some());
    }
    for statistic in stages.iter().flat_map(|stage| stage.statistics()) {
        let Initial::Constant(value) = statistic.initial else {
            panic!("a statistic starts from a constant");
        };
        state.push(tensor(&statistic, constant(&statistic, value), device));
    }
    state
}

fn constant(parameter: &Parameter, value: f32) -> Vec<f32> {
    let [rows, columns] = parameter.form.matrix();
    vec![value; rows * columns]
}

fn tensor<B: Backend>(parameter: &Parameter, values: Vec<f32>, device: &B::Device) -> Tensor<B, 3> {
    let [rows, columns] = parameter.form.matrix();
    Tensor::from_data(TensorData::new(values, [1, rows, columns]), device)
}
