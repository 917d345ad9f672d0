//! Samples normalised as they are selected: where each run has a mean and a standard deviation of its own.

use crate::backend::Backend;
use crate::data::samples::imputation::MISSING;
use crate::data::samples::normalisation::Normalisation;
use burn::tensor::{Tensor, TensorData};

/// The normalisations of several runs on a device.
pub struct DeviceNormalisation<B: Backend> {
    /// `[runs, 1, features]`
    mean: Tensor<B, 3>,
    /// `[runs, 1, features]`
    standard_deviation: Tensor<B, 3>,
    /// What fills missing values, where there are any: `[runs, 1, features]`.
    fill: Option<Tensor<B, 3>>,
}

impl<B: Backend> DeviceNormalisation<B> {
    /// Puts the normalisation of each run on `device`, for samples of so many `features`.
    pub fn new(own: &[&Normalisation], features: usize, device: &B::Device) -> Self {
        let tensor = |part: fn(&Normalisation) -> &[f32]| {
            let repeated = own
                .iter()
                .flat_map(|n| part(n).iter().copied().cycle().take(features));
            let values: Vec<f32> = repeated.collect();
            let shape = [own.len(), 1, features];
            Tensor::from_data(TensorData::new(values, shape), device)
        };
        let has_missing = own
            .iter()
            .any(|normalisation| !normalisation.fill.is_empty());
        Self {
            mean: tensor(|normalisation| &normalisation.mean),
            standard_deviation: tensor(|normalisation| &normalisation.standard_deviation),
            fill: has_missing.then(|| tensor(|normalisation| &normalisation.fill)),
        }
    }

    /// `input` (`[runs or 1, batch, features]`) with missing values filled, minus the mean, divided by the
    /// deviation: `[runs, batch, features]`.
    pub fn apply(&self, input: Tensor<B, 3>) -> Tensor<B, 3> {
        let input = match &self.fill {
            Some(fill) => {
                let [runs, _, features] = fill.dims();
                let shape = [runs, input.dims()[1], features];
                let input = input.expand(shape);
                let is_missing = input.clone().equal_elem(MISSING);
                input.mask_where(is_missing, fill.clone().expand(shape))
            }
            None => input,
        };
        (input - self.mean.clone()) / self.standard_deviation.clone()
    }
}
