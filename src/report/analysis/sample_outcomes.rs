//! How the trials of a sweep classify the same validation samples.

use crate::report::results::trial_predictions::{Prediction, TrialPredictions};
use std::collections::BTreeMap;

/// Maximum number of trials: reading the predictions of more would be slow.
const MAX_TRIALS: usize = 128;

/// Maximum number of predictions of all trials together, 2 bytes each.
const MAX_PREDICTIONS: usize = 1 << 24;

/// How several trials classify the same validation samples.
#[derive(Clone, Debug)]
pub(crate) struct SampleOutcomes {
    /// The positions of the trials in the plan, the best first.
    pub(crate) trials: Vec<usize>,
    /// The sample and label of each prediction, in the order of the runs.
    rows: Vec<(u32, u16)>,
    /// The number of predictions of each run.
    run_lengths: Vec<usize>,
    /// The predicted classes: `[trials][rows]`.
    predicted: Vec<Vec<u16>>,
}

/// A sample that many trials classify wrongly. With repeats, a trial predicts it once per repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DifficultSample {
    /// The position of the sample in the data set's training part.
    pub(crate) sample: u32,
    pub(crate) label: u16,
    /// The class that is predicted most often; of equally frequent ones, the first.
    pub(crate) most_predicted: u16,
    /// How often it is predicted.
    pub(crate) most_predicted_count: usize,
    /// The number of wrong predictions.
    pub(crate) wrong: usize,
    /// The number of predictions.
    pub(crate) predictions: usize,
}

impl SampleOutcomes {
    /// Reads the predictions of the ranked trials on the same splits, the best first, up to a maximum
    /// number of trials, and keeps those for the same samples as the best trial's. `None` if the
    /// predictions of the best trial are not known.
    pub(crate) fn read(
        ranked: &[usize],
        read: impl Fn(usize) -> Option<TrialPredictions>,
    ) -> Option<Self> {
        let (&best, others) = ranked.split_first()?;
        let reference = read(best).filter(|read| read.len() > 0)?;
        let mut outcomes = Self {
            trials: vec![best],
            rows: reference.iter().map(|p| (p.sample, p.label)).collect(),
            run_lengths: reference.run_lengths().collect(),
            predicted: vec![predicted(&reference)],
        };
        let limit = MAX_TRIALS.min(MAX_PREDICTIONS / outcomes.rows.len());
        // Predictions that are read in vain take as long as others.
        for &trial in others.iter().take(limit.saturating_sub(1)) {
            if let Some(found) = read(trial).filter(|found| found.is_paired_with(&reference)) {
                outcomes.trials.push(trial);
                outcomes.predicted.push(predicted(&found));
            }
        }
        Some(outcomes)
    }

    /// The number of samples, each counted once.
    pub(crate) fn samples(&self) -> usize {
        let mut samples: Vec<u32> = self.rows.iter().map(|(sample, _)| *sample).collect();
        samples.sort_unstable();
        samples.dedup();
        samples.len()
    }

    /// The indices of these trials in [`Self::trials`], without those that are not there.
    pub(crate) fn indices(&self, trials: &[usize]) -> Vec<usize> {
        let is_asked = |index: &usize| trials.contains(&self.trials[*index]);
        (0..self.trials.len()).filter(is_asked).collect()
    }

    /// The share of predictions for which two of these trials agree, averaged over all pairs; `None`
    /// for fewer than two trials. `indices` are those of [`Self::trials`], as below.
    pub(crate) fn agreement(&self, indices: &[usize]) -> Option<f64> {
        let pairs = indices.len() * indices.len().checked_sub(1)?;
        if pairs == 0 {
            return None;
        }
        let mut agreeing = 0;
        for row in 0..self.rows.len() {
            let votes = self.votes(indices, row);
            agreeing += votes
                .iter()
                .map(|(_, count)| count * (count - 1))
                .sum::<usize>();
        }
        Some(agreeing as f64 / (pairs * self.rows.len()) as f64)
    }

    /// The share of predictions that all of these trials get right, and the share that all get wrong.
    pub(crate) fn unanimous(&self, indices: &[usize]) -> (f64, f64) {
        let (mut right, mut wrong) = (0, 0);
        for (row, &(_, label)) in self.rows.iter().enumerate() {
            let correct = |&&index: &&usize| self.predicted[index][row] == label;
            match indices.iter().filter(correct).count() {
                0 => wrong += 1,
                count if count == indices.len() => right += 1,
                _ => {}
            }
        }
        let share = |count: usize| count as f64 / self.rows.len() as f64;
        (share(right), share(wrong))
    }

    /// The accuracy of the majority vote of these trials: the mean over the runs, as for a trial. Of
    /// classes with equally many votes, the one that the better trial predicts wins.
    pub(crate) fn vote_accuracy(&self, indices: &[usize]) -> f64 {
        self.accuracy(|row| self.is_vote_right(indices, row))
    }

    /// The number of samples that only the majority vote of these trials gets right, and the number
    /// that only the best trial does. `None` if a sample occurs several times: its predictions are not
    /// independent.
    pub(crate) fn vote_against_best(&self, indices: &[usize]) -> Option<[u64; 2]> {
        if self.samples() < self.rows.len() {
            return None;
        }
        let mut counts = [0; 2];
        for (row, &(_, label)) in self.rows.iter().enumerate() {
            let is_best_right = self.predicted[0][row] == label;
            if self.is_vote_right(indices, row) != is_best_right {
                counts[usize::from(is_best_right)] += 1;
            }
        }
        Some(counts)
    }

    fn is_vote_right(&self, indices: &[usize], row: usize) -> bool {
        let votes = self.votes(indices, row);
        let most = votes.iter().map(|(_, count)| *count).max();
        // In the order of the trials.
        let first = votes.iter().find(|(_, count)| Some(*count) == most);
        first.is_some_and(|&(class, _)| class == self.rows[row].1)
    }

    /// The accuracy of a trial: the mean over the runs.
    pub(crate) fn trial_accuracy(&self, index: usize) -> f64 {
        self.accuracy(|row| self.predicted[index][row] == self.rows[row].1)
    }

    /// The samples that more than half of the predictions of all trials get wrong, the most difficult
    /// first; of equally difficult ones, first those for which the trials agree on another class.
    pub(crate) fn difficult_samples(&self, count: usize) -> Vec<DifficultSample> {
        let mut rows_of: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (row, &(sample, _)) in self.rows.iter().enumerate() {
            rows_of.entry(sample).or_default().push(row);
        }
        let difficult = |(sample, rows): (u32, Vec<usize>)| self.difficult(sample, &rows);
        let mut found: Vec<DifficultSample> = rows_of.into_iter().filter_map(difficult).collect();
        found.sort_by_key(|found| {
            let counts = (found.wrong, found.most_predicted_count);
            (std::cmp::Reverse(counts), found.sample)
        });
        found.truncate(count);
        found
    }

    /// `None` if at most half of the predictions for the sample are wrong.
    fn difficult(&self, sample: u32, rows: &[usize]) -> Option<DifficultSample> {
        let (_, label) = self.rows[*rows.first()?];
        let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
        for predicted in &self.predicted {
            for &row in rows {
                *counts.entry(predicted[row]).or_default() += 1;
            }
        }
        let predictions = rows.len() * self.predicted.len();
        let wrong = predictions - counts.get(&label).copied().unwrap_or(0);
        let (&most_predicted, &most_predicted_count) = counts
            .iter()
            .max_by_key(|(class, count)| (**count, std::cmp::Reverse(**class)))?;
        (2 * wrong > predictions).then_some(DifficultSample {
            sample,
            label,
            most_predicted,
            most_predicted_count,
            wrong,
            predictions,
        })
    }

    /// The classes that these trials predict in a row, in the order of the trials, with the number of
    /// trials that do.
    fn votes(&self, indices: &[usize], row: usize) -> Vec<(u16, usize)> {
        // Few trials, mostly of one opinion.
        let mut votes: Vec<(u16, usize)> = Vec::with_capacity(2);
        for &index in indices {
            let class = self.predicted[index][row];
            match votes.iter_mut().find(|(other, _)| *other == class) {
                Some((_, count)) => *count += 1,
                None => votes.push((class, 1)),
            }
        }
        votes
    }

    /// The mean over the runs of the share of rows that are correct.
    fn accuracy(&self, is_correct: impl Fn(usize) -> bool) -> f64 {
        let mut start = 0;
        let share = |&length: &usize| {
            let rows = start..start + length;
            start += length;
            rows.filter(|&row| is_correct(row)).count() as f64 / length as f64
        };
        let total: f64 = self.run_lengths.iter().map(share).sum();
        total / self.run_lengths.len() as f64
    }
}

fn predicted(predictions: &TrialPredictions) -> Vec<u16> {
    predictions
        .iter()
        .map(|p: Prediction| p.predicted)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::SamplePredictions;
    use std::cell::Cell;
    use std::collections::HashMap;

    /// The predictions of two runs of two samples, 5 and 8, then 2 and 9, of classes 0, 1, 2, 0.
    fn trial(predicted: [u16; 4]) -> TrialPredictions {
        let run = |samples: [u32; 2], labels: [u16; 2], predicted: &[u16]| SamplePredictions {
            classes: 3,
            samples: samples.to_vec(),
            labels: labels.to_vec(),
            predicted: predicted.to_vec(),
        };
        TrialPredictions::new(vec![
            run([5, 8], [0, 1], &predicted[..2]),
            run([2, 9], [2, 0], &predicted[2..]),
        ])
    }

    fn outcomes() -> SampleOutcomes {
        let known = HashMap::from([
            (7, trial([0, 1, 1, 1])),
            (3, trial([0, 2, 2, 1])),
            (4, trial([0, 2, 1, 2])),
        ]);
        // Trial 6 has no predictions.
        SampleOutcomes::read(&[7, 6, 3, 4], |trial| known.get(&trial).cloned()).unwrap()
    }

    #[test]
    fn only_trials_with_predictions_for_the_same_samples_are_compared() {
        let outcomes = outcomes();
        assert_eq!(outcomes.trials, [7, 3, 4]);
        assert_eq!(outcomes.samples(), 4);
        assert_eq!(outcomes.indices(&[4, 6, 7]), [0, 2]);
        let fewer = TrialPredictions::new(Vec::new());
        let read = |trial_index: usize| match trial_index {
            0 => Some(trial([0, 1, 2, 0])),
            _ => Some(fewer.clone()),
        };
        assert_eq!(SampleOutcomes::read(&[0, 1], read).unwrap().trials, [0]);
        assert!(SampleOutcomes::read(&[1, 0], read).is_none());
        assert!(SampleOutcomes::read(&[], read).is_none());
    }

    #[test]
    fn a_limited_number_of_trials_is_read_even_if_none_can_be_compared() {
        let reads = Cell::new(0);
        let read = |trial_index: usize| {
            reads.set(reads.get() + 1);
            Some(match trial_index {
                0 => trial([0, 1, 2, 0]),
                _ => TrialPredictions::new(Vec::new()),
            })
        };
        let ranked: Vec<usize> = (0..1000).collect();
        assert_eq!(SampleOutcomes::read(&ranked, read).unwrap().trials, [0]);
        assert_eq!(reads.get(), MAX_TRIALS);
    }

    #[test]
    fn agreement_is_the_mean_over_all_pairs() {
        let outcomes = outcomes();
        // Pairs 7-3: 2 of 4, 7-4: 2 of 4, 3-4: 2 of 4 rows.
        assert_eq!(outcomes.agreement(&[0, 1, 2]), Some(0.5));
        assert_eq!(outcomes.agreement(&[0]), None);
        assert_eq!(outcomes.agreement(&[]), None);
        assert_eq!(outcomes.unanimous(&[0, 1, 2]), (0.25, 0.25));
    }

    #[test]
    fn a_tied_vote_goes_to_the_better_trial() {
        let outcomes = outcomes();
        // Votes 0, 2, 1, 1 for classes 0, 1, 2, 0.
        assert_eq!(outcomes.vote_accuracy(&[0, 1, 2]), 0.25);
        // Of two trials, the first decides.
        assert_eq!(outcomes.vote_accuracy(&[0, 1]), outcomes.trial_accuracy(0));
        assert_eq!(outcomes.trial_accuracy(0), 0.5);
        assert_eq!(outcomes.trial_accuracy(1), 0.5);
        assert_eq!(outcomes.trial_accuracy(2), 0.25);
        // The best trial alone is right on sample 8.
        assert_eq!(outcomes.vote_against_best(&[0, 1, 2]), Some([0, 1]));
        // Trial 3 decides: it alone is right on sample 2.
        assert_eq!(outcomes.vote_against_best(&[1, 2]), Some([1, 1]));
        assert_eq!(outcomes.vote_against_best(&[0]), Some([0, 0]));
    }

    #[test]
    fn the_most_difficult_samples_come_first() {
        let outcomes = outcomes();
        let found = outcomes.difficult_samples(10);
        let shown = found.iter().map(|f| (f.sample, f.wrong, f.most_predicted));
        assert_eq!(shown.collect::<Vec<_>>(), [(9, 3, 1), (2, 2, 1), (8, 2, 2)]);
        assert_eq!(found[0].most_predicted_count, 2);
        assert!(found.iter().all(|found| found.predictions == 3));
        assert_eq!(outcomes.difficult_samples(1), found[..1]);
    }

    #[test]
    fn a_sample_of_several_repeats_is_counted_once() {
        let run = |predicted: u16| SamplePredictions {
            classes: 2,
            samples: vec![4],
            labels: vec![0],
            predicted: vec![predicted],
        };
        let twice = TrialPredictions::new(vec![run(1), run(1)]);
        let outcomes = SampleOutcomes::read(&[0], |_| Some(twice.clone())).unwrap();
        assert_eq!(outcomes.samples(), 1);
        assert_eq!(outcomes.vote_against_best(&[0]), None);
        let found = outcomes.difficult_samples(5);
        assert_eq!((found[0].wrong, found[0].predictions), (2, 2));
    }
}
