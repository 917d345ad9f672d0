//! Initial weights and biases.

use super::dense::Dense;
use crate::random::{Purpose, Seed};
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};

/// The layer number `layer` of each member, initialised as PyTorch's `nn.Linear`:
/// weights and biases uniform in ±1/√fan-in (He et al.'s uniform with a = √5).
///
/// Members of equal seed, repeat and fold start from equal weights.
pub(super) fn dense<B: Backend>(
    seeds: &[Seed],
    layer: usize,
    inputs: usize,
    outputs: usize,
    device: &B::Device,
) -> Dense<B> {
    let bound = 1.0 / (inputs as f32).sqrt();
    let stacked = |purpose, size: usize| {
        let mut values = vec![0.0; seeds.len() * size];
        for (member, &seed) in values.chunks_exact_mut(size).zip(seeds) {
            let mut stream = seed.stream(purpose, [layer as u32, 0]);
            stream.fill_uniform(member);
            for value in member {
                *value = (2.0 * *value - 1.0) * bound;
            }
        }
        values
    };
    let weight = stacked(Purpose::InitialWeights, inputs * outputs);
    let bias = stacked(Purpose::InitialBiases, outputs);
    let members = seeds.len();
    Dense {
        weight: Tensor::from_data(TensorData::new(weight, [members, inputs, outputs]), device),
        bias: Tensor::from_data(TensorData::new(bias, [members, 1, outputs]), device),
    }
}
