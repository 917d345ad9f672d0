//! A data set as tensors on a device, copied there once and then only indexed.

use super::device_samples::DeviceSamples;
use crate::backend::Backend;
use crate::data::samples::dataset::Dataset;
use crate::data::samples::normalisation::Normalisation;
use crate::spec::{Data, DataSource, Normalise};

/// Identifies a data set on a device, which all trials with the same key share.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DeviceDatasetKey {
    /// The files.
    pub source: DataSource,
    /// Whether the published mean and standard deviation are applied.
    pub published: bool,
}

impl DeviceDatasetKey {
    /// The key for a trial with these settings.
    pub fn of(data: &Data) -> Self {
        Self {
            source: data.source(),
            published: data.normalisation() == Normalise::Known,
        }
    }
}

/// A data set on a device.
#[derive(Clone, Debug)]
pub struct DeviceDataset<B: Backend> {
    /// The training part, which is split into folds.
    pub train: DeviceSamples<B>,
    /// The held-out test part.
    pub test: DeviceSamples<B>,
    /// The height, width and channels of a sample, if it is an image. Channels vary fastest.
    pub image: Option<[usize; 3]>,
    /// The value of a black pixel after normalisation, for each channel.
    pub pad_value: Vec<f32>,
}

impl<B: Backend> DeviceDataset<B> {
    /// Copies the data set to `device`, normalised by the published mean and standard deviation, if any.
    pub fn new(dataset: &Dataset, device: &B::Device) -> Self {
        Self::normalised(dataset, dataset.published.as_ref(), device)
    }

    /// The same data set, with the features of the training part multiplied by a number. Bytes and targets are shared.
    pub fn with_scaled_training(&self, factor: f32) -> Self {
        Self {
            train: self.train.scaled(factor),
            ..self.clone()
        }
    }

    /// Copies the data set to `device` without normalisation; bytes are scaled to 0..1.
    pub fn raw(dataset: &Dataset, device: &B::Device) -> Self {
        Self::normalised(dataset, None, device)
    }

    fn normalised(
        dataset: &Dataset,
        normalisation: Option<&Normalisation>,
        device: &B::Device,
    ) -> Self {
        let classes = dataset.classes();
        let channels = dataset.image.map_or(1, |[_, _, channels]| channels);
        let pad_value =
            |channel| normalisation.map_or(0.0, |by| by.apply(channel % by.mean.len(), 0.0));
        Self {
            train: DeviceSamples::new(&dataset.train, normalisation, classes, device),
            test: DeviceSamples::new(&dataset.test, normalisation, classes, device),
            image: dataset.image,
            pad_value: (0..channels).map(pad_value).collect(),
        }
    }
}
