//! What is shown of a sweep's best trial alone: a run named `best` beside its folds.

use super::confusion::Confusion;
use super::curve::PrCurve;
use super::error::RecordError;
use super::whole::{is_there, remove, write_whole};
use std::path::Path;

/// The folder, beside the folds'.
const FOLDER: &str = "best";

/// How the best trial classifies.
#[derive(Clone, Debug, PartialEq)]
pub struct BestTrial {
    /// Confusion matrices by the name of the samples: `validation`, `test`.
    pub confusions: Vec<(String, Confusion)>,
    /// A curve for each class, by the class's name.
    pub curves: Vec<(String, PrCurve)>,
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
    write_whole(&trial_folder.join(FOLDER), wall_time, |events| {
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
