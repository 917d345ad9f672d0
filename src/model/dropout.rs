//! Dropout: random units are silenced while training (Srivastava et al. 2014).

use crate::random::{Purpose, Seed, Stream};
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};

/// The noise of one epoch: one stream for each hidden layer of each distinct seed.
///
/// Members of one seed drop the same units where their rates agree, and of different rates the
/// higher drops all that the lower drops: comparisons between rates are paired.
pub struct DropoutNoise {
    rates: Vec<f32>,
    /// `[layer][member]`; members of equal seed read equal streams.
    streams: Vec<Vec<Stream>>,
}

impl DropoutNoise {
    /// The noise of `epoch` for members with these rates and seeds; nothing where no member drops.
    pub fn new(rates: &[f64], seeds: &[Seed], layers: usize, epoch: usize) -> Option<Self> {
        let stream =
            |layer: usize, seed: &Seed| seed.stream(Purpose::Dropout, [epoch as u32, layer as u32]);
        rates.iter().any(|&rate| rate > 0.0).then(|| Self {
            rates: rates.iter().map(|&rate| rate as f32).collect(),
            streams: (0..layers)
                .map(|layer| seeds.iter().map(|seed| stream(layer, seed)).collect())
                .collect(),
        })
    }

    /// The next step's factors for one layer: 0 for a dropped unit, 1/(1 − rate) for others.
    /// `[members, batch, units]`
    pub fn factors<B: Backend>(
        &mut self,
        layer: usize,
        [batch, units]: [usize; 2],
        device: &B::Device,
    ) -> Tensor<B, 3> {
        let size = batch * units;
        let mut factors = vec![0.0_f32; self.rates.len() * size];
        let members = factors.chunks_exact_mut(size);
        let streams = self.streams[layer].iter_mut();
        for ((member, stream), &rate) in members.zip(streams).zip(&self.rates) {
            stream.fill_uniform(member);
            let kept = 1.0 / (1.0 - rate);
            for value in member {
                *value = if *value < rate { 0.0 } else { kept };
            }
        }
        let shape = [self.rates.len(), batch, units];
        Tensor::from_data(TensorData::new(factors, shape), device)
    }
}
