//! The scalars of an epoch, as TensorBoard names them.

use super::epochs_csv::EpochColumns;
use super::result::RunResult;
use crate::metrics::{EpochMetrics, Part, Scores};

/// The metrics of a model after an epoch: scores and gradient norms.
pub(crate) fn model_scalars(metrics: &EpochMetrics) -> Vec<(String, f64)> {
    let scores = metrics.scores().map(|(score, value)| (score.tag(), value));
    let norms = (1..)
        .zip(&metrics.gradient_norms)
        .map(|(layer, &norm)| (format!("GradientNorm/layer{layer}"), norm));
    scores.chain(norms).collect()
}

/// The scalars that the event file of a run has for an epoch: those of the model, the learning rate,
/// and the time.
pub(crate) fn epoch_scalars(metrics: &EpochMetrics) -> Vec<(String, f64)> {
    let mut scalars = model_scalars(metrics);
    scalars.push(("LearningRate".to_owned(), metrics.learning_rate));
    scalars.push(("Metrics/epoch_seconds".to_owned(), metrics.seconds));
    scalars
}

/// The scalars that the event file of a run has for its final model: its scores, except those that each
/// epoch has.
pub(crate) fn final_scalars(columns: EpochColumns, result: &RunResult) -> Vec<(String, f64)> {
    let of = |part: Part, scores: Option<&Scores>| -> Vec<_> {
        let scores = scores.into_iter().flat_map(Scores::iter);
        scores
            .map(|(score, value)| (part.score(score), value))
            .collect()
    };
    let validation = of(Part::Validation, result.validation.as_ref());
    let test = of(Part::Test, result.test.as_ref());
    let all = validation.into_iter().chain(test);
    all.filter(|(score, _)| columns.scores().all(|of_epochs| of_epochs != *score))
        .map(|(score, value)| (score.tag(), value))
        .collect()
}
