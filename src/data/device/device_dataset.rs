//! A data set as tensors on a device: put there once, then only indexed.

use super::device_samples::DeviceSamples;
use crate::backend::Backend;
use crate::data::{Dataset, Normalisation};
use crate::spec::{Data, DataSource, Normalise};

/// Which data set, in which form: what is put on a device once for all trials that share it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DeviceDatasetKey {
    /// The files that are read.
    pub source: DataSource,
    /// Whether the published mean and standard deviation are applied.
    pub known: bool,
}

impl DeviceDatasetKey {
    /// The form in which a trial of these settings needs its data.
    pub fn of(data: &Data) -> Self {
        Self {
            source: data.source(),
            known: data.normalisation() == Normalise::Known,
        }
    }
}

/// A data set on a device.
#[derive(Clone, Debug)]
pub struct DeviceDataset<B: Backend> {
    /// The training part, from which folds are taken.
    pub train: DeviceSamples<B>,
    /// The held-out test part.
    pub test: DeviceSamples<B>,
    /// Height, width and channels of a sample that is an image. Channels vary fastest.
    pub image: Option<[usize; 3]>,
    /// What a black pixel has become, for each channel.
    pub black: Vec<f32>,
}

impl<B: Backend> DeviceDataset<B> {
    /// Puts the data set on `device`, normalised by the published mean and standard deviation
    /// where there are such.
    pub fn new(dataset: &Dataset, device: &B::Device) -> Self {
        Self::normalised(dataset, dataset.known.as_ref(), device)
    }

    /// Puts the data set on `device` without normalising it; bytes are scaled to 0..1.
    pub fn raw(dataset: &Dataset, device: &B::Device) -> Self {
        Self::normalised(dataset, None, device)
    }

    fn normalised(dataset: &Dataset, by: Option<&Normalisation>, device: &B::Device) -> Self {
        let classes = dataset.classes();
        let channels = dataset.image.map_or(1, |[_, _, channels]| channels);
        let black = |channel| by.map_or(0.0, |known| known.apply(channel % known.mean.len(), 0.0));
        Self {
            train: DeviceSamples::new(&dataset.train, by, classes, device),
            test: DeviceSamples::new(&dataset.test, by, classes, device),
            image: dataset.image,
            black: (0..channels).map(black).collect(),
        }
    }
}
