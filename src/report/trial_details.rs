//! What a report reads of some trials only, because reading it for all trials is slow.

use super::results::trial_classes::TrialClasses;
use super::results::trial_predictions::TrialPredictions;

/// What a report reads of some trials of its plan only.
pub trait TrialDetails {
    /// The scores of the classes in a trial, if they were recorded; called for at most one trial.
    fn classes(&self, trial: usize) -> Option<TrialClasses>;

    /// The predictions of a trial, if they were recorded; called for a limited number of trials.
    fn predictions(&self, _trial: usize) -> Option<TrialPredictions> {
        None
    }

    /// A training or validation sample of a trial as an image, if it is one; `sample` is its position
    /// in the data set's training part.
    fn picture(&self, _trial: usize, _sample: u32) -> Option<SamplePicture> {
        None
    }
}

/// A function that returns the scores of the classes reads nothing else.
impl<F: Fn(usize) -> Option<TrialClasses>> TrialDetails for F {
    fn classes(&self, trial: usize) -> Option<TrialClasses> {
        self(trial)
    }
}

/// A report that reads nothing of single trials.
pub struct NoDetails;

impl TrialDetails for NoDetails {
    fn classes(&self, _trial: usize) -> Option<TrialClasses> {
        None
    }
}

/// A sample as an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamplePicture {
    /// Height in pixels.
    pub height: usize,
    /// Width in pixels.
    pub width: usize,
    /// Red, green and blue of each pixel, row by row: `[height, width, 3]`.
    pub rgb: Vec<u8>,
}
