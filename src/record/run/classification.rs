//! `classes.json`: how the final model of a run classifies the samples of each class.

use super::result::RunResult;
use crate::bounded_io::read_file;
use crate::metrics::{ClassificationCounts, SCORE_BINS, Scores};
use crate::record::error::RecordError;
use crate::record::fs::atomic::write_before_result;
use crate::record::fs::folder::remove_file;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The name of the file in the folder of a run.
const FILE: &str = "classes.json";

/// Maximum size of the file: far more than a thousand classes take.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// Maximum of one count, so that sums over all runs of a trial cannot overflow.
const MAX_SAMPLES: u64 = 1 << 32;

/// How the final model of a run classifies samples that it was not trained on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunClassification {
    /// The validation samples; `None` without validation.
    pub validation: Option<ClassificationCounts>,
    /// The test set.
    pub test: ClassificationCounts,
}

/// Removes the file from the folder of a run, if it exists.
///
/// # Errors
/// The file cannot be removed.
pub fn remove_classification(folder: &Path) -> Result<(), RecordError> {
    remove_file(&folder.join(FILE))
}

/// Removes the file from the folder of a run if it does not give the accuracies of the result: that of
/// another attempt at this run, whose result was not kept.
///
/// # Errors
/// The file cannot be removed.
pub(super) fn remove_other_classification(
    folder: &Path,
    result: &RunResult,
) -> Result<(), RecordError> {
    let Some(found) = RunClassification::read(folder) else {
        return Ok(());
    };
    let is_of =
        |counts: Option<&ClassificationCounts>, scores: Option<&Scores>| match (counts, scores) {
            (None, None) => true,
            (Some(counts), Some(scores)) => {
                let rows = counts.confusion.iter();
                let all: u64 = rows.clone().flatten().sum();
                let correct: u64 = rows.enumerate().map(|(class, row)| row[class]).sum();
                is_share_correct(scores, correct as usize, all as usize)
            }
            _ => false,
        };
    let is_validation = is_of(found.validation.as_ref(), result.validation.as_ref());
    if is_validation && is_of(Some(&found.test), result.test.as_ref()) {
        return Ok(());
    }
    remove_classification(folder)
}

impl RunClassification {
    /// Writes the file into the folder of a run. Call this before the result is written, which marks the
    /// run as complete.
    ///
    /// # Errors
    /// The folder is not writable, or the disk is full.
    #[expect(
        clippy::expect_used,
        reason = "the value is ours, and JSON can represent it"
    )]
    pub fn write(&self, folder: &Path) -> Result<(), RecordError> {
        let text = serde_json::to_vec(self).expect("counts are plain numbers");
        write_before_result(&folder.join(FILE), &text)
    }

    /// Reads the file from the folder of a complete run; `None` if it is missing or invalid.
    pub fn read(folder: &Path) -> Option<Self> {
        let text = read_file(&folder.join(FILE), MAX_FILE_BYTES).ok()?;
        let read: Self = serde_json::from_slice(&text).ok()?;
        let classes = read.test.confusion.len();
        let is_valid = |counts: &ClassificationCounts| is_complete(counts, classes);
        let is_all_valid = read.validation.as_ref().is_none_or(is_valid) && is_valid(&read.test);
        is_all_valid.then_some(read)
    }

    /// The sum of both; `None` if they have different classes, or if only one has validation samples.
    pub fn merge(mut self, other: &Self) -> Option<Self> {
        if self.test.confusion.len() != other.test.confusion.len() {
            return None;
        }
        match (&mut self.validation, &other.validation) {
            (Some(counts), Some(other)) => counts.merge(other),
            (None, None) => {}
            _ => return None,
        }
        self.test.merge(&other.test);
        Some(self)
    }
}

/// Two accuracies on the same samples that differ by less are equal: a sample more counts for more.
const SAME_ACCURACY: f64 = 1e-9;

/// Whether the accuracy is that of so many correctly classified samples.
pub(super) fn is_share_correct(scores: &Scores, correct: usize, samples: usize) -> bool {
    let accuracy = scores.accuracy().unwrap_or(f64::NAN);
    (correct as f64 / samples as f64 - accuracy).abs() <= SAME_ACCURACY
}

/// Whether each table has a row for each class, and the right number of columns or bins.
fn is_complete(counts: &ClassificationCounts, classes: usize) -> bool {
    let has_shape = |table: &[Vec<u64>], columns: usize| {
        let mut cells = table.iter().flatten();
        table.len() == classes
            && table.iter().all(|row| row.len() == columns)
            && cells.all(|&count| count <= MAX_SAMPLES)
    };
    has_shape(&counts.confusion, classes)
        && has_shape(&counts.positives, SCORE_BINS)
        && has_shape(&counts.negatives, SCORE_BINS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classification(count: usize, validated: bool) -> RunClassification {
        let mut scores = ClassificationCounts::new(count);
        scores.add(0, &vec![0.5; count]);
        RunClassification {
            validation: validated.then(|| scores.clone()),
            test: scores,
        }
    }

    #[test]
    fn an_incomplete_file_is_rejected() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(RunClassification::read(folder.path()), None);
        let complete = classification(3, true);
        complete.write(folder.path()).unwrap();
        assert_eq!(
            RunClassification::read(folder.path()),
            Some(complete.clone())
        );
        let mut short = complete.clone();
        short.test.positives[1].pop();
        short.write(folder.path()).unwrap();
        assert_eq!(RunClassification::read(folder.path()), None);
        let mut vast = complete.clone();
        vast.test.positives[0][0] = u64::MAX;
        vast.write(folder.path()).unwrap();
        assert_eq!(RunClassification::read(folder.path()), None);
        let mut other = complete;
        other.validation = Some(ClassificationCounts::new(2));
        other.write(folder.path()).unwrap();
        assert_eq!(RunClassification::read(folder.path()), None);
    }

    #[test]
    fn only_counts_of_the_same_classes_are_merged() {
        let sum = classification(3, true)
            .merge(&classification(3, true))
            .unwrap();
        assert_eq!(sum.test.confusion[0][0], 2);
        assert_eq!(sum.validation.unwrap().confusion[0][0], 2);
        assert_eq!(
            classification(3, true).merge(&classification(3, false)),
            None
        );
        assert_eq!(
            classification(3, true).merge(&classification(2, true)),
            None
        );
    }
}
