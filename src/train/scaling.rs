//! Samples normalised as they are selected: where each run has a mean and a deviation of its own.

use super::member::Member;
use crate::backend::Backend;
use crate::data::{DeviceSamples, Normalisation};
use burn::tensor::{Tensor, TensorData};

/// The normalisation of each owner of batches.
pub(super) struct Scaling<B: Backend> {
    /// `[owners, 1, features]`
    mean: Tensor<B, 3>,
    /// `[owners, 1, features]`
    standard_deviation: Tensor<B, 3>,
}

impl<B: Backend> Scaling<B> {
    /// The normalisation of the owners of `samples`; nothing where that
    /// is done already.
    pub(super) fn new<'m, 'a: 'm>(
        owners: impl Iterator<Item = &'m Member<'a>>,
        samples: &DeviceSamples<B>,
    ) -> Option<Self> {
        let own: Option<Vec<&Normalisation>> =
            owners.map(|owner| owner.normalisation.as_deref()).collect();
        let own = own?;
        let features = samples.features();
        let tensor = |part: fn(&Normalisation) -> &[f32]| {
            let repeated = own
                .iter()
                .flat_map(|n| part(n).iter().copied().cycle().take(features));
            let values: Vec<f32> = repeated.collect();
            let shape = [own.len(), 1, features];
            Tensor::from_data(TensorData::new(values, shape), &samples.device())
        };
        Some(Self {
            mean: tensor(|normalisation| &normalisation.mean),
            standard_deviation: tensor(|normalisation| &normalisation.standard_deviation),
        })
    }

    /// `input` (`[owners or 1, batch, features]`) minus the mean, divided by the deviation.
    pub(super) fn apply(&self, input: Tensor<B, 3>) -> Tensor<B, 3> {
        (input - self.mean.clone()) / self.standard_deviation.clone()
    }
}
