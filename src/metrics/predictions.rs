//! The predicted class of each validation sample of a run.

/// The validation samples of a run, with the class of each and the class that the final model predicts.
/// The three lists have the same length and order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SamplePredictions {
    /// The number of classes.
    pub classes: usize,
    /// The positions of the samples in the data set's training part, ascending.
    pub samples: Vec<u32>,
    /// The class of each sample.
    pub labels: Vec<u16>,
    /// The predicted class of each sample.
    pub predicted: Vec<u16>,
}

impl SamplePredictions {
    /// Whether each sample is classified correctly.
    pub fn correct(&self) -> impl Iterator<Item = bool> {
        let pairs = self.labels.iter().zip(&self.predicted);
        pairs.map(|(label, predicted)| label == predicted)
    }
}
