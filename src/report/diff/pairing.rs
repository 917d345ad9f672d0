//! The predictions of two trials for the same validation samples.

use super::recorded_trial::RecordedTrial;
use crate::report::results::trial_predictions::TrialPredictions;

/// What the trials A and B predict for one validation sample in one repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PairedPrediction {
    /// The position of the sample in the training part of the data set.
    pub(crate) sample: u32,
    pub(crate) label: u16,
    /// The class that each trial predicts.
    pub(crate) predicted: [u16; 2],
}

impl PairedPrediction {
    fn is_correct(self) -> [bool; 2] {
        self.predicted.map(|class| class == self.label)
    }
}

/// The predictions of the trials A and B for the same validation samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pairing {
    /// Sorted by sample. With repeats, a sample occurs once per repeat.
    predictions: Vec<PairedPrediction>,
    /// The number of runs of each trial that they are from.
    pub(crate) runs: usize,
}

/// All predictions for one sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PairedSample<'a> {
    /// Not empty.
    pub(crate) predictions: &'a [PairedPrediction],
    /// How many predictions of each trial are correct.
    pub(crate) correct: [usize; 2],
}

impl Pairing {
    /// Pairs the predictions of the runs for which both trials have them. `None` if there are no such
    /// runs, or if their samples differ.
    pub(crate) fn new([a, b]: [&RecordedTrial; 2]) -> Option<Self> {
        let common = a.predictions.iter().zip(&b.predictions);
        let common = common.filter_map(|(a, b)| Some((a.clone()?, b.clone()?)));
        let (a, b): (Vec<_>, Vec<_>) = common.unzip();
        let runs = a.len();
        let [a, b] = [a, b].map(TrialPredictions::new);
        if runs == 0 || !a.is_paired_with(&b) {
            return None;
        }
        let pairs = a.iter().zip(b.iter());
        let mut predictions: Vec<PairedPrediction> = pairs
            .map(|(a, b)| PairedPrediction {
                sample: a.sample,
                label: a.label,
                predicted: [a.predicted, b.predicted],
            })
            .collect();
        // Stable, so that the predictions for a sample stay in the order of the repeats.
        predictions.sort_by_key(|prediction| prediction.sample);
        Some(Self { predictions, runs })
    }

    /// The number of predictions of each trial.
    pub(crate) fn len(&self) -> usize {
        self.predictions.len()
    }

    /// The number of predictions for which A (row) and B (column) are correct (0) or wrong (1).
    pub(crate) fn outcomes(&self) -> [[usize; 2]; 2] {
        let mut counts = [[0; 2]; 2];
        for prediction in &self.predictions {
            let [a, b] = prediction.is_correct().map(|correct| usize::from(!correct));
            counts[a][b] += 1;
        }
        counts
    }

    /// The samples, by position.
    pub(crate) fn samples(&self) -> impl Iterator<Item = PairedSample<'_>> {
        let by_sample = self
            .predictions
            .chunk_by(|one, next| one.sample == next.sample);
        by_sample.map(|predictions| {
            let count = |trial: usize| {
                let correct = predictions.iter().filter(|p| p.is_correct()[trial]);
                correct.count()
            };
            PairedSample {
                predictions,
                correct: [count(0), count(1)],
            }
        })
    }

    /// The samples that one trial (0 or 1) classifies correctly more often than the other one: those
    /// with the largest difference first, otherwise by position.
    pub(crate) fn in_favour_of(&self, trial: usize) -> Vec<PairedSample<'_>> {
        let lead =
            |sample: &PairedSample| sample.correct[trial].checked_sub(sample.correct[1 - trial]);
        let samples = self.samples();
        let mut samples: Vec<_> = samples
            .filter(|s| lead(s).is_some_and(|lead| lead > 0))
            .collect();
        samples.sort_by_key(|sample| std::cmp::Reverse(lead(sample)));
        samples
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::metrics::SamplePredictions;

    /// The samples of a run, their labels and their predicted classes.
    type Run<'a> = (&'a [u32], &'a [u16], &'a [u16]);

    /// A trial with these runs.
    pub(in crate::report::diff) fn recorded(runs: &[Option<Run>]) -> RecordedTrial {
        let run = |&(samples, labels, predicted): &Run| SamplePredictions {
            classes: 3,
            samples: samples.to_vec(),
            labels: labels.to_vec(),
            predicted: predicted.to_vec(),
        };
        RecordedTrial {
            predictions: runs.iter().map(|one| one.as_ref().map(run)).collect(),
            ..RecordedTrial::default()
        }
    }

    /// The positions of samples.
    fn positions(samples: &[PairedSample]) -> Vec<u32> {
        samples
            .iter()
            .map(|one| one.predictions[0].sample)
            .collect()
    }

    #[test]
    fn outcomes_are_counted_for_each_prediction_and_samples_for_the_trial_that_leads() {
        // Two repeats over the samples 4, 6 and 9, of which each fold has a part.
        let a = recorded(&[
            Some((&[4, 9], &[0, 2], &[0, 1])),
            Some((&[6], &[1], &[1])),
            Some((&[4, 6], &[0, 1], &[0, 1])),
            Some((&[9], &[2], &[2])),
        ]);
        let b = recorded(&[
            Some((&[4, 9], &[0, 2], &[1, 2])),
            Some((&[6], &[1], &[2])),
            Some((&[4, 6], &[0, 1], &[0, 0])),
            Some((&[9], &[2], &[0])),
        ]);
        let pairing = Pairing::new([&a, &b]).unwrap();
        assert_eq!((pairing.len(), pairing.runs), (6, 4));
        // Only sample 4 of the second repeat is correct with both.
        assert_eq!(pairing.outcomes(), [[1, 4], [1, 0]]);
        let correct: Vec<[usize; 2]> = pairing.samples().map(|sample| sample.correct).collect();
        assert_eq!(correct, [[2, 1], [2, 0], [1, 1]]);
        assert_eq!(positions(&pairing.in_favour_of(0)), [6, 4], "6 leads by 2");
        assert_eq!(positions(&pairing.in_favour_of(1)), [] as [u32; 0]);
        let first = pairing.samples().next().unwrap();
        assert_eq!(
            first.predictions[0].predicted,
            [0, 1],
            "the first repeat first"
        );
    }

    #[test]
    fn only_runs_that_both_trials_have_are_paired() {
        let a = recorded(&[None, Some((&[6], &[1], &[1]))]);
        let b = recorded(&[Some((&[4], &[0], &[0])), Some((&[6], &[1], &[2]))]);
        let pairing = Pairing::new([&a, &b]).unwrap();
        assert_eq!((pairing.len(), pairing.runs), (1, 1));
        assert_eq!(Pairing::new([&a, &recorded(&[None, None])]), None);
    }

    #[test]
    fn different_samples_or_labels_are_not_paired() {
        let a = recorded(&[Some((&[6], &[1], &[1]))]);
        assert_eq!(
            Pairing::new([&a, &recorded(&[Some((&[7], &[1], &[1]))])]),
            None
        );
        assert_eq!(
            Pairing::new([&a, &recorded(&[Some((&[6], &[0], &[1]))])]),
            None
        );
    }
}
