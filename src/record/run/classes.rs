//! `classes.json`: how each class fares in a run.

use crate::bounded_io::read_file;
use crate::metrics::{ClassificationCounts, SCORE_BINS};
use crate::record::error::RecordError;
use crate::record::fs::atomic::{remove_file, write_before_result};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The name of the file in a run's folder.
const FILE: &str = "classes.json";

/// The most bytes of the file: a thousand classes take far fewer.
const LARGEST: u64 = 64 << 20;

/// The most samples in one count: sums over all runs of a trial stay far from overflow.
const MOST_SAMPLES: u64 = 1 << 32;

/// How each class fares in a run: its final model on samples that it was not trained on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunClasses {
    /// On the validation samples, where there are any.
    pub validation: Option<ClassificationCounts>,
    /// On the held-out test set.
    pub test: ClassificationCounts,
}

/// Removes the scores from a run's folder, if they are there.
///
/// # Errors
/// A file that cannot be removed.
pub fn remove_classes(folder: &Path) -> Result<(), RecordError> {
    remove_file(&folder.join(FILE))
}

impl RunClasses {
    /// Writes the scores into a run's folder; before its result, which says that all is there.
    ///
    /// # Errors
    /// Folders that cannot be written to, a full disk.
    #[expect(
        clippy::expect_used,
        reason = "what is written is our own value, which JSON can hold"
    )]
    pub fn write(&self, folder: &Path) -> Result<(), RecordError> {
        let text = serde_json::to_vec(self).expect("scores are plain numbers");
        write_before_result(&folder.join(FILE), &text)
    }

    /// The scores in the folder of a complete run, if they can be read.
    pub fn read(folder: &Path) -> Option<Self> {
        let text = read_file(&folder.join(FILE), LARGEST).ok()?;
        let classes: Self = serde_json::from_slice(&text).ok()?;
        let count = classes.test.confusion.len();
        let whole = |scores: &ClassificationCounts| is_whole(scores, count);
        let all = classes.validation.as_ref().is_none_or(whole) && whole(&classes.test);
        all.then_some(classes)
    }

    /// The scores on the samples of both; nothing where they are not of the same classes, or only
    /// one has validation samples.
    pub fn plus(mut self, other: &Self) -> Option<Self> {
        if self.test.confusion.len() != other.test.confusion.len() {
            return None;
        }
        match (&mut self.validation, &other.validation) {
            (Some(own), Some(other)) => own.merge(other),
            (None, None) => {}
            _ => return None,
        }
        self.test.merge(&other.test);
        Some(self)
    }
}

/// Whether the tables have a row, a column and bins for each of so many classes.
fn is_whole(scores: &ClassificationCounts, classes: usize) -> bool {
    let has = |table: &[Vec<u64>], columns: usize| {
        let mut counts = table.iter().flatten();
        table.len() == classes
            && table.iter().all(|row| row.len() == columns)
            && counts.all(|&count| count <= MOST_SAMPLES)
    };
    has(&scores.confusion, classes)
        && has(&scores.positives, SCORE_BINS)
        && has(&scores.negatives, SCORE_BINS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(count: usize, validated: bool) -> RunClasses {
        let mut scores = ClassificationCounts::new(count);
        scores.add(0, &vec![0.5; count]);
        RunClasses {
            validation: validated.then(|| scores.clone()),
            test: scores,
        }
    }

    #[test]
    fn scores_that_lack_a_part_are_none() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(RunClasses::read(folder.path()), None);
        let whole = classes(3, true);
        whole.write(folder.path()).unwrap();
        assert_eq!(RunClasses::read(folder.path()), Some(whole.clone()));
        let mut short = whole.clone();
        short.test.positives[1].pop();
        short.write(folder.path()).unwrap();
        assert_eq!(RunClasses::read(folder.path()), None);
        let mut vast = whole.clone();
        vast.test.positives[0][0] = u64::MAX;
        vast.write(folder.path()).unwrap();
        assert_eq!(RunClasses::read(folder.path()), None);
        let mut other = whole;
        other.validation = Some(ClassificationCounts::new(2));
        other.write(folder.path()).unwrap();
        assert_eq!(RunClasses::read(folder.path()), None);
    }

    #[test]
    fn only_scores_of_one_kind_are_added() {
        let sum = classes(3, true).plus(&classes(3, true)).unwrap();
        assert_eq!(sum.test.confusion[0][0], 2);
        assert_eq!(sum.validation.unwrap().confusion[0][0], 2);
        assert_eq!(classes(3, true).plus(&classes(3, false)), None);
        assert_eq!(classes(3, true).plus(&classes(2, true)), None);
    }
}
