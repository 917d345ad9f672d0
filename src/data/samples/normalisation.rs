//! The shift and scale of features.

/// A mean and a standard deviation of each channel of an image, or of each column of a table. Feature `i` of a sample has
/// entry `i` modulo their length.
#[derive(Clone, Debug, PartialEq)]
pub struct Normalisation {
    /// Subtracted from features (bytes are scaled to 0..1 first).
    pub mean: Vec<f32>,
    /// Divides the difference.
    pub standard_deviation: Vec<f32>,
    /// Replaces missing values before that, one value per feature; empty if none may be missing.
    pub fill_values: Vec<f32>,
}

impl Normalisation {
    /// A normalisation of `features` features that changes nothing.
    pub fn identity(features: usize) -> Self {
        Self {
            mean: vec![0.0; features],
            standard_deviation: vec![1.0; features],
            fill_values: Vec::new(),
        }
    }

    /// The normalised value of an entry.
    pub(crate) fn apply(&self, entry: usize, value: f32) -> f32 {
        (value - self.mean[entry]) / self.standard_deviation[entry]
    }
}
