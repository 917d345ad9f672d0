//! Normalises batches when each run has its own mean and standard deviation.

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
    /// Replaces missing values, if there are any: `[runs, 1, features]`.
    fill_values: Option<Tensor<B, 3>>,
}

impl<B: Backend> DeviceNormalisation<B> {
    /// Copies the normalisation of each run to `device`, for samples with this number of `features`.
    pub fn new(normalisations: &[&Normalisation], features: usize, device: &B::Device) -> Self {
        let tensor = |part: fn(&Normalisation) -> &[f32]| {
            let repeated = normalisations.iter().flat_map(|normalisation| {
                part(normalisation).iter().copied().cycle().take(features)
            });
            let values: Vec<f32> = repeated.collect();
            let shape = [normalisations.len(), 1, features];
            Tensor::from_data(TensorData::new(values, shape), device)
        };
        let has_missing = normalisations
            .iter()
            .any(|normalisation| !normalisation.fill_values.is_empty());
        Self {
            mean: tensor(|normalisation| &normalisation.mean),
            standard_deviation: tensor(|normalisation| &normalisation.standard_deviation),
            fill_values: has_missing.then(|| tensor(|normalisation| &normalisation.fill_values)),
        }
    }

    /// `input` (`[runs or 1, batch, features]`) with missing values replaced, minus the mean, divided by the standard
    /// deviation: `[runs, batch, features]`.
    pub fn apply(&self, input: Tensor<B, 3>) -> Tensor<B, 3> {
        let input = match &self.fill_values {
            Some(fill_values) => {
                let [runs, _, features] = fill_values.dims();
                let shape = [runs, input.dims()[1], features];
                let input = input.expand(shape);
                let is_missing = input.clone().equal_elem(MISSING);
                input.mask_where(is_missing, fill_values.clone().expand(shape))
            }
            None => input,
        };
        (input - self.mean.clone()) / self.standard_deviation.clone()
    }
}
