//! A data set as tensors on a device: put there once, then only indexed.

use super::{Dataset, Samples};
use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor, TensorData};

/// A data set on a device.
#[derive(Clone, Debug)]
pub struct DeviceDataset<B: Backend> {
    /// The training part, from which folds are taken.
    pub train: DeviceSamples<B>,
    /// The held-out test part.
    pub test: DeviceSamples<B>,
}

/// Samples on a device.
#[derive(Clone, Debug)]
pub struct DeviceSamples<B: Backend> {
    /// Normalised features: `[samples, features]`.
    pub features: Tensor<B, 2>,
    /// The class of each sample as a unit vector: `[samples, classes]`.
    pub targets: Tensor<B, 2>,
}

impl<B: Backend> DeviceDataset<B> {
    /// Normalises the data set and puts it on `device`.
    pub fn new(dataset: &Dataset, device: &B::Device) -> Self {
        Self {
            train: DeviceSamples::new(&dataset.train, dataset.classes, device),
            test: DeviceSamples::new(&dataset.test, dataset.classes, device),
        }
    }
}

impl<B: Backend> DeviceSamples<B> {
    fn new(samples: &Samples, classes: usize, device: &B::Device) -> Self {
        let count = samples.labels.len();
        let features = TensorData::new(samples.normalised(), [count, samples.features]);
        let mut targets = vec![0.0_f32; count * classes];
        for (row, &label) in samples.labels.iter().enumerate() {
            targets[row * classes + usize::from(label)] = 1.0;
        }
        Self {
            features: Tensor::from_data(features, device),
            targets: Tensor::from_data(TensorData::new(targets, [count, classes]), device),
        }
    }

    /// How many samples there are.
    pub fn len(&self) -> usize {
        self.features.dims()[0]
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Positions of samples as a tensor: `[samples]`.
    pub fn positions(&self, positions: &[u32]) -> Tensor<B, 1, Int> {
        let positions: Vec<i32> = positions
            .iter()
            .map(|&p| i32::try_from(p).expect("data sets have fewer than 2³¹ samples"))
            .collect();
        Tensor::from_data(positions.as_slice(), &self.features.device())
    }
}
