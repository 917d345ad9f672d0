//! What the finished runs of a trial recorded about its validation samples.

use crate::metrics::SamplePredictions;
use crate::record::RunClassification;

/// A trial and what its finished runs recorded about its validation samples. Both lists have one entry
/// for each run, in the order of the plan; runs that have not finished have none.
#[derive(Clone, Debug, Default)]
pub struct RecordedTrial {
    /// The position of the trial in the plan.
    pub trial: usize,
    /// The name of each class of its data; empty if they are unknown.
    pub class_names: Vec<String>,
    /// The counts of classified samples.
    pub classes: Vec<Option<RunClassification>>,
    /// The predicted class of each validation sample.
    pub predictions: Vec<Option<SamplePredictions>>,
}
