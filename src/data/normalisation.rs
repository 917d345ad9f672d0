//! What features are shifted and scaled by.

/// A mean and a standard deviation of each channel of an image, or of each column of a table:
/// number `i` of a sample belongs to entry `i` modulo their length.
#[derive(Clone, Debug, PartialEq)]
pub struct Normalisation {
    /// Subtracted from features (bytes are scaled to 0..1 first).
    pub mean: Vec<f32>,
    /// Divides what the mean is subtracted from.
    pub standard_deviation: Vec<f32>,
}

impl Normalisation {
    /// A value of this entry, normalised.
    pub(super) fn apply(&self, entry: usize, value: f32) -> f32 {
        (value - self.mean[entry]) / self.standard_deviation[entry]
    }
}
