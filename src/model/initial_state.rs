//! The state of a network before its first training step.

use super::init::{self, Fans};
use crate::backend::Backend;
use crate::random::Seed;
use crate::spec::{Config, Stage};
use burn::tensor::{Tensor, TensorData};

/// The initial state of one member: parameters, then running statistics. Each tensor is
/// `[1, rows, columns]`.
pub(super) fn initial_state<B: Backend>(
    config: &Config,
    seed: Seed,
    stages: &[Stage],
    device: &B::Device,
) -> Vec<Tensor<B, 3>> {
    let mut parameters = Vec::new();
    let mut statistics = Vec::new();
    let mut layers = 0;
    for &stage in stages {
        if let Some(fans) = Fans::of(stage) {
            let [weight, bias] = init::layer(config, seed, layers, fans);
            let weight = TensorData::new(weight, [1, fans.inputs, fans.outputs]);
            let bias = TensorData::new(bias, [1, 1, fans.outputs]);
            parameters.push(Tensor::from_data(weight, device));
            parameters.push(Tensor::from_data(bias, device));
            layers += 1;
        }
        let (units, is_batch_norm) = match stage {
            Stage::BatchNorm { units, .. } => (units, true),
            Stage::LayerNorm { features } => (features, false),
            _ => continue,
        };
        let weight_and_bias = [
            Tensor::ones([1, 1, units], device),
            Tensor::zeros([1, 1, units], device),
        ];
        parameters.extend(weight_and_bias.clone());
        if is_batch_norm {
            let [ones, zeros] = weight_and_bias;
            statistics.extend([zeros, ones]);
        }
    }
    parameters.extend(statistics);
    parameters
}
