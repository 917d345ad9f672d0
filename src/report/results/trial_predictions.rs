//! The predictions of all runs of a trial for their validation samples.

use crate::metrics::SamplePredictions;

/// The predictions of all runs of a trial for their validation samples, run by run in the order of
/// the plan. With repeats, a sample occurs once per repeat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrialPredictions {
    runs: Vec<SamplePredictions>,
}

/// A validation sample of a run with its label and the predicted class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Prediction {
    /// The position of the sample in the data set's training part.
    pub(crate) sample: u32,
    pub(crate) label: u16,
    pub(crate) predicted: u16,
}

impl TrialPredictions {
    /// The predictions of these runs, in the order of the plan.
    pub fn new(runs: Vec<SamplePredictions>) -> Self {
        Self { runs }
    }

    /// The number of predictions.
    pub(crate) fn len(&self) -> usize {
        self.run_lengths().sum()
    }

    /// The number of predictions of each run.
    pub(crate) fn run_lengths(&self) -> impl Iterator<Item = usize> {
        self.runs.iter().map(|run| run.samples.len())
    }

    /// The predictions, run by run.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Prediction> {
        self.runs.iter().flat_map(|run| {
            let labelled = run.samples.iter().zip(&run.labels);
            labelled
                .zip(&run.predicted)
                .map(|((&sample, &label), &predicted)| Prediction {
                    sample,
                    label,
                    predicted,
                })
        })
    }

    /// Whether both trials predict the same samples in the same runs, so that they can be compared
    /// sample by sample.
    pub(crate) fn is_paired_with(&self, other: &Self) -> bool {
        let is_same = |(a, b): (&SamplePredictions, &SamplePredictions)| {
            a.classes == b.classes && a.samples == b.samples && a.labels == b.labels
        };
        self.runs.len() == other.runs.len() && self.runs.iter().zip(&other.runs).all(is_same)
    }
}
