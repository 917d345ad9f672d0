//! The scores of a trial over its folds, for TensorBoard: a run named `cv` beside the folds.

use crate::record::error::RecordError;
use crate::record::tensorboard::event_dir::{is_there, remove, write_event_dir};
use crate::record::tensorboard::event_file::{HParam, SessionStatus};
use std::collections::BTreeMap;
use std::path::Path;

/// The scores' folder, beside the folds'.
const FOLDER: &str = "cv";

/// A trial's scores over its repeats and folds.
#[derive(Clone, Debug, PartialEq)]
pub struct CvScores {
    /// The validation accuracy of each run, repeat by repeat, fold by fold.
    pub val_accuracy: Vec<f64>,
    /// The validation loss of each run.
    pub val_loss: Vec<f64>,
}

/// The mean, and the sample standard deviation (divided by n − 1) where there are two or more.
pub fn mean_and_deviation(values: &[f64]) -> Option<(f64, Option<f64>)> {
    let count = values.len() as f64;
    if values.is_empty() {
        return None;
    }
    let mean = values.iter().sum::<f64>() / count;
    Some((mean, statistics::sample_deviation(values, mean)))
}

/// Writes the scores into `<trial folder>/cv`, whole or not at all.
///
/// Each run's score is a step of `CV/val_accuracy` and `CV/val_loss`; mean and standard deviation
/// follow as scalars of their own.
///
/// # Errors
/// Folders that cannot be written to, a full disk.
pub fn write_cv_scores(
    trial_folder: &Path,
    group: &str,
    hparams: &BTreeMap<String, HParam>,
    scores: &CvScores,
    wall_time: f64,
) -> Result<(), RecordError> {
    write_event_dir(&trial_folder.join(FOLDER), wall_time, |events| {
        events.session_start(group, hparams, wall_time)?;
        let runs = scores.val_accuracy.iter().zip(&scores.val_loss);
        for (step, (&accuracy, &loss)) in runs.enumerate() {
            let scalars = [("CV/val_accuracy", accuracy), ("CV/val_loss", loss)];
            events.scalars(&scalars, step as i64, wall_time)?;
        }
        for (name, values) in [
            ("accuracy", &scores.val_accuracy),
            ("loss", &scores.val_loss),
        ] {
            if let Some((mean, deviation)) = mean_and_deviation(values) {
                let tags = [format!("CV/val_{name}_mean"), format!("CV/val_{name}_sd")];
                let mut scalars = vec![(tags[0].as_str(), mean)];
                scalars.extend(deviation.map(|deviation| (tags[1].as_str(), deviation)));
                events.scalars(&scalars, 0, wall_time)?;
            }
        }
        events.session_end(SessionStatus::Success, wall_time)
    })
}

/// Whether a trial's scores are there, whole.
pub fn has_cv_scores(trial_folder: &Path) -> bool {
    is_there(&trial_folder.join(FOLDER))
}

/// Removes a trial's scores: they are not, or no longer, those of its runs.
///
/// # Errors
/// A folder that cannot be removed.
pub fn remove_cv_scores(trial_folder: &Path) -> Result<(), RecordError> {
    remove(&trial_folder.join(FOLDER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deviation_is_that_of_a_sample() {
        assert_eq!(mean_and_deviation(&[]), None);
        assert_eq!(mean_and_deviation(&[3.0]), Some((3.0, None)));
        assert_eq!(
            mean_and_deviation(&[1.0, 3.0]),
            Some((2.0, Some(2.0_f64.sqrt())))
        );
    }
}
