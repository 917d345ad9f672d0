//! Numbers of samples, features and classes of a configuration.

use super::trial_config::{Config, Split};

impl Config {
    /// Samples for training and validation together.
    pub fn samples(&self) -> usize {
        let all = self.dataset_info.training_samples;
        self.data.limit.map_or(all, |limit| limit.get().min(all))
    }

    /// Features of a sample.
    pub fn features(&self) -> usize {
        self.dataset_info.features
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.dataset_info.classes
    }

    /// Height, width and channels, if samples are images.
    pub fn image(&self) -> Option<[usize; 3]> {
        self.dataset_info.image
    }

    /// Samples of the test set.
    pub fn test_samples(&self) -> usize {
        self.dataset_info.test_samples
    }

    /// Samples held out for validation in the split of the given index.
    pub fn validation_samples(&self, split: usize) -> usize {
        let samples = self.samples();
        match self.validation.split() {
            // If the division has a remainder, the first folds have one more sample.
            Split::Folds(folds) => samples / folds + usize::from(split < samples % folds),
            Split::Holdout(fraction) => (samples as f64 * fraction).round() as usize,
        }
    }

    /// Optimizer steps of one epoch, in the split with the fewest training samples.
    pub(super) fn steps_per_epoch(&self) -> usize {
        let held_out = match self.validation.split() {
            Split::Holdout(0.0) => 0,
            _ => self.validation_samples(0),
        };
        let trained = self.samples().saturating_sub(held_out);
        trained.div_ceil(self.training.batch_size.get())
    }
}
