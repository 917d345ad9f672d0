//! The cross-validation scores of a trial for TensorBoard: a run named `cv` next to the folds.

use super::mean_curves::{MeanCurve, band_scalars, mean_and_deviation};
use crate::metrics::{Part, Score, Scores};
use crate::record::error::RecordError;
use crate::record::fs::folder::remove_folder;
use crate::record::tensorboard::event_dir::{has_event_file, write_event_dir};
use crate::record::tensorboard::event_file::{HParam, SessionStatus, step};
use std::collections::BTreeMap;
use std::path::Path;

/// The folder of the scores in the folder of a trial.
pub(super) const CV_FOLDER: &str = "cv";

/// The title of the mean curves in the Custom Scalars tab.
const CATEGORY: &str = "Mean and standard deviation over the folds";

/// The scores of a trial on each repeat and fold.
#[derive(Clone, Debug, PartialEq)]
pub struct CvScores {
    /// The scores of each run on its validation samples, in the order of repeats, then folds.
    pub runs: Vec<Scores>,
    /// The mean curves of the runs; none if the sweep file disables events.
    pub curves: Vec<MeanCurve>,
}

/// Writes the scores into `<trial folder>/cv`; they appear complete or not at all.
///
/// The scores of each run are a step of `CV/val_accuracy`, `CV/val_loss` and so on. Mean and standard
/// deviation of a score that all runs have are separate scalars. Each mean curve is three scalars, the mean
/// and the edges of its band, and a chart of the Custom Scalars tab.
///
/// # Errors
/// The folder is not writable, or the disk is full.
pub fn write_cv_scores(
    trial_folder: &Path,
    group: &str,
    hparams: &BTreeMap<String, HParam>,
    scores: &CvScores,
    wall_time: f64,
) -> Result<(), RecordError> {
    write_event_dir(&trial_folder.join(CV_FOLDER), wall_time, |events| {
        events.write_session_start(group, hparams, wall_time)?;
        let tag = |score: Score| format!("CV/{}", Part::Validation.score(score).id());
        for (step, run) in scores.runs.iter().enumerate() {
            let scalars: Vec<(String, f64)> = run
                .iter()
                .map(|(score, value)| (tag(score), value))
                .collect();
            events.write_scalars(&scalars, step as i64, wall_time)?;
        }
        for score in Score::all() {
            let values: Option<Vec<f64>> = scores.runs.iter().map(|run| run.get(score)).collect();
            if let Some((mean, deviation)) = values.and_then(|values| mean_and_deviation(&values)) {
                let tag = tag(score);
                let mut scalars = vec![(format!("{tag}_mean"), mean)];
                scalars.extend(deviation.map(|deviation| (format!("{tag}_sd"), deviation)));
                events.write_scalars(&scalars, 0, wall_time)?;
            }
        }
        for (epoch, scalars) in band_scalars(&scores.curves) {
            events.write_scalars(&scalars, step(epoch), wall_time)?;
        }
        if !scores.curves.is_empty() {
            let bands = scores.curves.iter().map(MeanCurve::band).collect();
            events.write_margin_charts(CATEGORY, bands, wall_time)?;
        }
        events.write_session_end(SessionStatus::Success, wall_time)
    })
}

/// Whether the complete scores of a trial exist.
pub fn has_cv_scores(trial_folder: &Path) -> bool {
    has_event_file(&trial_folder.join(CV_FOLDER))
}

/// Removes the scores of a trial, because they do not match its runs.
///
/// # Errors
/// The folder cannot be removed.
pub fn remove_cv_scores(trial_folder: &Path) -> Result<(), RecordError> {
    remove_folder(&trial_folder.join(CV_FOLDER))
}
