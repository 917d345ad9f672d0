//! What is shown of a sweep's best trial alone: a run named `best` beside its folds.

use crate::metrics::ClassificationCounts;
use crate::record::error::RecordError;
use crate::record::fs::atomic::write_atomically;
use crate::record::run::classes::RunClasses;
use crate::record::tensorboard::confusion::Confusion;
use crate::record::tensorboard::event_dir::{is_there, remove, write_event_dir};
use crate::record::tensorboard::pr_curve::PrCurve;
use serde::Serialize;
use std::path::Path;

/// The folder, beside the folds'.
const FOLDER: &str = "best";

/// The hash of what was written, beside it.
const DIGEST: &str = "digest";

/// How the best trial classifies.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BestTrial {
    /// Confusion matrices by the name of the samples: `validation`, `test`.
    pub confusions: Vec<(String, Confusion)>,
    /// A curve for each class, by the class's name.
    pub curves: Vec<(String, PrCurve)>,
}

impl BestTrial {
    /// What a trial's scores show: a confusion matrix for each kind of samples, and for each class
    /// a curve over the test samples.
    ///
    /// # Panics
    /// When there is not a name for each class, or scores lack bins; [`RunClasses::read`] gives
    /// only whole ones.
    pub fn new(names: &[String], scores: &RunClasses) -> Self {
        assert_eq!(names.len(), scores.test.confusion.len(), "a name a class");
        let confusion = |samples: &str, scores: &ClassificationCounts| {
            let confusion = Confusion {
                counts: scores.confusion.clone(),
                classes: names.to_vec(),
            };
            (samples.to_owned(), confusion)
        };
        let validation = scores.validation.iter();
        let confusions = validation.map(|scores| confusion("validation", scores));
        let bins = scores.test.positives.iter().zip(&scores.test.negatives);
        let curves = names
            .iter()
            .zip(bins)
            .map(|(name, (positives, negatives))| {
                let curve = PrCurve::from_bins(positives.clone(), negatives.clone());
                (name.clone(), curve)
            });
        Self {
            confusions: confusions
                .chain([confusion("test", &scores.test)])
                .collect(),
            curves: curves.collect(),
        }
    }

    /// Tells contents apart.
    #[expect(
        clippy::expect_used,
        reason = "what is written is our own value, which JSON can hold"
    )]
    fn digest(&self) -> String {
        let text = serde_json::to_vec(self).expect("counts and names are plain values");
        blake3::hash(&text).to_hex().to_string()
    }
}

/// Writes as [`write_best`] does, unless this is what is there.
///
/// # Errors
/// Folders that cannot be written to, a full disk.
pub fn renew_best(
    trial_folder: &Path,
    best: &BestTrial,
    step: i64,
    wall_time: f64,
) -> Result<(), RecordError> {
    let digest = best.digest();
    let path = trial_folder.join(FOLDER).join(DIGEST);
    let is_same = std::fs::read(&path).is_ok_and(|there| there == digest.as_bytes());
    if is_same && has_best(trial_folder) {
        return Ok(());
    }
    write_best(trial_folder, best, step, wall_time)?;
    write_atomically(&path, digest.as_bytes())
}

/// Writes `<trial folder>/best`, whole or not at all: images `Confusion/<samples>`, curves
/// `PR/<class>`.
///
/// # Errors
/// Folders that cannot be written to, a full disk.
pub fn write_best(
    trial_folder: &Path,
    best: &BestTrial,
    step: i64,
    wall_time: f64,
) -> Result<(), RecordError> {
    write_event_dir(&trial_folder.join(FOLDER), wall_time, |events| {
        for (samples, confusion) in &best.confusions {
            let tag = format!("Confusion/{samples}");
            events.image(&tag, &confusion.draw(), step, wall_time)?;
        }
        for (class, curve) in &best.curves {
            events.pr_curve(&format!("PR/{class}"), curve, step, wall_time)?;
        }
        Ok(())
    })
}

/// Whether a trial has been written as the best, whole.
pub fn has_best(trial_folder: &Path) -> bool {
    is_there(&trial_folder.join(FOLDER))
}

/// Removes what marks a trial as the best: it is not, or no longer.
///
/// # Errors
/// A folder that cannot be removed.
pub fn remove_best(trial_folder: &Path) -> Result<(), RecordError> {
    remove(&trial_folder.join(FOLDER))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(probabilities: &[(usize, [f32; 2])]) -> RunClasses {
        let mut test = ClassificationCounts::new(2);
        for (class, probabilities) in probabilities {
            test.add(*class, probabilities);
        }
        RunClasses {
            validation: Some(ClassificationCounts::new(2)),
            test,
        }
    }

    fn names() -> [String; 2] {
        ["cat", "dog"].map(String::from)
    }

    #[test]
    fn the_curves_are_those_of_the_probabilities() {
        // The edges of bins, and what is between them.
        let samples = [
            (0, [1.0, 0.0]),
            (0, [63.0 / 126.0, 63.0 / 126.0]),
            (1, [0.999, 0.001]),
            (1, [0.25, 0.75]),
        ];
        let best = BestTrial::new(&names(), &scores(&samples));
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
    fn what_is_there_is_written_anew_only_when_it_is_something_else() {
        let folder = tempfile::tempdir().unwrap();
        let one = BestTrial::new(&names(), &scores(&[(0, [1.0, 0.0])]));
        let other = BestTrial::new(&names(), &scores(&[(1, [1.0, 0.0])]));
        // The time of writing is in the file's name.
        let written = |best, time| {
            renew_best(folder.path(), best, 0, time).unwrap();
            let entries = std::fs::read_dir(folder.path().join(FOLDER)).unwrap();
            let names = entries.map(|e| e.unwrap().file_name().into_string().unwrap());
            let events: Vec<String> = names.filter(|name| name != DIGEST).collect();
            events
        };
        let first = written(&one, 1000.0);
        assert_eq!(first.len(), 1);
        assert_eq!(written(&one, 2000.0), first);
        let second = written(&other, 3000.0);
        assert_ne!(second, first);
        assert_eq!(second.len(), 1);
        // Torn: the digest is the last that is written.
        std::fs::remove_file(folder.path().join(FOLDER).join(DIGEST)).unwrap();
        assert_ne!(written(&other, 4000.0), second);
        remove_best(folder.path()).unwrap();
        assert!(!has_best(folder.path()));
    }
}
