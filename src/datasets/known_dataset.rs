//! What is known of a data set.

use super::layout::Layout;

/// All that is known of one data set.
#[derive(Debug)]
pub struct KnownDataset {
    /// The name in a sweep file.
    pub name: &'static str,
    /// The folder of its files in a data folder.
    pub folder: &'static str,
    /// What its samples are, with who published it; a sentence for the documentation, without the full stop.
    pub description: &'static str,
    /// The page of the publisher.
    pub home: &'static str,
    /// The licence, as the publisher states it.
    pub licence: &'static str,
    /// Samples of the training set.
    pub training_samples: usize,
    /// Samples of the test set.
    pub test_samples: usize,
    /// Height, width and channels of an image.
    pub image: [usize; 3],
    /// The classes, in the order of their numbers.
    pub classes: &'static [&'static str],
    /// Mean and standard deviation of the training images, if they are published.
    pub moments: Option<Moments>,
    /// The URL of the folder of its files, with a `/` at the end.
    pub base_url: &'static str,
    /// The files to download.
    pub files: &'static [KnownFile],
    /// How the files are organised.
    pub layout: Layout,
}

/// The mean and the standard deviation of the pixels of the training images, scaled to 0..1: one number per
/// channel.
#[derive(Debug)]
pub struct Moments {
    /// The mean.
    pub mean: &'static [f32],
    /// The standard deviation.
    pub standard_deviation: &'static [f32],
}

/// A file to download.
#[derive(Debug)]
pub struct KnownFile {
    /// Its name.
    pub name: &'static str,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// Its SHA-256.
    pub sha256: &'static str,
}

impl KnownDataset {
    /// The number of values of a sample.
    pub fn features(&self) -> usize {
        self.image.iter().product()
    }
}
