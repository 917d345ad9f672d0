//! The classification of the best trial of a sweep for TensorBoard: a run named `best` next to its folds.

use crate::metrics::ClassificationCounts;
use crate::record::error::RecordError;
use crate::record::fs::atomic::write_atomically;
use crate::record::fs::folder::remove_folder;
use crate::record::run::classification::RunClassification;
use crate::record::tensorboard::confusion_matrix::ConfusionMatrix;
use crate::record::tensorboard::event_dir::{has_event_file, write_event_dir};
use crate::record::tensorboard::pr_curve::PrCurve;
use serde::Serialize;
use std::path::Path;

/// The folder of this run in the folder of the trial.
pub(super) const BEST_FOLDER: &str = "best";

/// The file with the hash of the event file's contents, next to it.
const DIGEST_FILE: &str = "digest";

/// How the best trial classifies samples.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BestTrial {
    /// Confusion matrices by sample set: `validation`, `test`.
    pub confusions: Vec<(String, ConfusionMatrix)>,
    /// The precision-recall curve of each class, with the name of the class.
    pub curves: Vec<(String, PrCurve)>,
}

impl BestTrial {
    /// Computes a confusion matrix for each sample set, and a precision-recall curve for each class on the
    /// test set.
    ///
    /// # Panics
    /// If `names` does not have a name for each class, or if bins are missing;
    /// [`RunClassification::read`] checks the bins.
    pub fn new(names: &[String], classification: &RunClassification) -> Self {
        assert_eq!(
            names.len(),
            classification.test.confusion.len(),
            "one name per class"
        );
        let confusion_matrix = |samples: &str, counts: &ClassificationCounts| {
            let matrix = ConfusionMatrix {
                counts: counts.confusion.clone(),
                classes: names.to_vec(),
            };
            (samples.to_owned(), matrix)
        };
        let validation = classification.validation.iter();
        let confusions = validation.map(|counts| confusion_matrix("validation", counts));
        let test = &classification.test;
        let bins = test.positives.iter().zip(&test.negatives);
        let curves = names
            .iter()
            .zip(bins)
            .map(|(name, (positives, negatives))| {
                let curve = PrCurve::from_bins(positives.clone(), negatives.clone());
                (name.clone(), curve)
            });
        Self {
            confusions: confusions.chain([confusion_matrix("test", test)]).collect(),
            curves: curves.collect(),
        }
    }

    /// A hash of the contents.
    #[expect(
        clippy::expect_used,
        reason = "the value is ours, and JSON can represent it"
    )]
    fn digest(&self) -> String {
        let text = serde_json::to_vec(self).expect("counts and names are JSON");
        blake3::hash(&text).to_hex().to_string()
    }
}

/// Like [`write_best`], but does nothing if the same contents are already written.
///
/// # Errors
/// The folder is not writable, or the disk is full.
pub fn update_best(
    trial_folder: &Path,
    best: &BestTrial,
    step: i64,
    wall_time: f64,
) -> Result<(), RecordError> {
    let digest = best.digest();
    let path = trial_folder.join(BEST_FOLDER).join(DIGEST_FILE);
    let is_same = std::fs::read(&path).is_ok_and(|old| old == digest.as_bytes());
    if is_same && has_best(trial_folder) {
        return Ok(());
    }
    write_best(trial_folder, best, step, wall_time)?;
    write_atomically(&path, digest.as_bytes())
}

/// Writes the images `Confusion/<samples>` and the curves `PR/<class>` into `<trial folder>/best`; they
/// appear complete or not at all.
///
/// # Errors
/// The folder is not writable, or the disk is full.
pub fn write_best(
    trial_folder: &Path,
    best: &BestTrial,
    step: i64,
    wall_time: f64,
) -> Result<(), RecordError> {
    write_event_dir(&trial_folder.join(BEST_FOLDER), wall_time, |events| {
        for (samples, confusion) in &best.confusions {
            let tag = format!("Confusion/{samples}");
            events.write_image(&tag, &confusion.draw(), step, wall_time)?;
        }
        for (class, curve) in &best.curves {
            events.write_pr_curve(&format!("PR/{class}"), curve, step, wall_time)?;
        }
        Ok(())
    })
}

/// Whether a trial is completely marked as the best.
pub fn has_best(trial_folder: &Path) -> bool {
    has_event_file(&trial_folder.join(BEST_FOLDER))
}

/// Removes the mark of a trial as the best.
///
/// # Errors
/// The folder cannot be removed.
pub fn remove_best(trial_folder: &Path) -> Result<(), RecordError> {
    remove_folder(&trial_folder.join(BEST_FOLDER))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classification(probabilities: &[(usize, [f32; 2])]) -> RunClassification {
        let mut test = ClassificationCounts::new(2);
        for (class, probabilities) in probabilities {
            test.add(*class, probabilities);
        }
        RunClassification {
            validation: Some(ClassificationCounts::new(2)),
            test,
        }
    }

    fn names() -> [String; 2] {
        ["cat", "dog"].map(String::from)
    }

    #[test]
    fn the_curves_match_the_probabilities() {
        // Edges of bins, and values between them.
        let samples = [
            (0, [1.0, 0.0]),
            (0, [63.0 / 126.0, 63.0 / 126.0]),
            (1, [0.999, 0.001]),
            (1, [0.25, 0.75]),
        ];
        let best = BestTrial::new(&names(), &classification(&samples));
        for class in 0..2 {
            let mut curve = PrCurve::new();
            for (truth, probabilities) in samples {
                curve.add(probabilities[class], truth == class);
            }
            assert_eq!(best.curves[class], (names()[class].clone(), curve));
        }
        let kinds: Vec<&str> = best
            .confusions
            .iter()
            .map(|(kind, _)| kind.as_str())
            .collect();
        assert_eq!(kinds, ["validation", "test"]);
        assert_eq!(best.confusions[1].1.counts, [[2, 0], [1, 1]]);
    }

    #[test]
    fn the_best_trial_is_rewritten_only_if_its_contents_change() {
        let folder = tempfile::tempdir().unwrap();
        let one = BestTrial::new(&names(), &classification(&[(0, [1.0, 0.0])]));
        let other = BestTrial::new(&names(), &classification(&[(1, [1.0, 0.0])]));
        // The name of the file contains the time of writing.
        let written = |best, time| {
            update_best(folder.path(), best, 0, time).unwrap();
            let entries = std::fs::read_dir(folder.path().join(BEST_FOLDER)).unwrap();
            let names = entries.map(|e| e.unwrap().file_name().into_string().unwrap());
            let events: Vec<String> = names.filter(|name| name != DIGEST_FILE).collect();
            events
        };
        let first = written(&one, 1000.0);
        assert_eq!(first.len(), 1);
        assert_eq!(written(&one, 2000.0), first);
        let second = written(&other, 3000.0);
        assert_ne!(second, first);
        assert_eq!(second.len(), 1);
        // An interrupted write: the digest is written last.
        std::fs::remove_file(folder.path().join(BEST_FOLDER).join(DIGEST_FILE)).unwrap();
        assert_ne!(written(&other, 4000.0), second);
        remove_best(folder.path()).unwrap();
        assert!(!has_best(folder.path()));
    }
}
