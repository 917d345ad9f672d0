//! The scalars of an epoch, as TensorBoard names them.

use crate::metrics::EpochMetrics;

/// The metrics of a model after an epoch: losses, accuracies and gradient norms.
pub(crate) fn model_scalars(metrics: &EpochMetrics) -> Vec<(String, f64)> {
    let always = [
        ("Loss/train", metrics.train_loss),
        ("Accuracy/train", metrics.train_accuracy),
    ];
    let validation = [
        metrics.val_loss.map(|loss| ("Loss/val", loss)),
        metrics.val_accuracy.map(|share| ("Accuracy/val", share)),
    ];
    let named = always.into_iter().chain(validation.into_iter().flatten());
    let norms = (1..)
        .zip(&metrics.gradient_norms)
        .map(|(layer, &norm)| (format!("GradientNorm/layer{layer}"), norm));
    let named = named.map(|(tag, value)| (tag.to_owned(), value));
    named.chain(norms).collect()
}

/// The scalars that the event file of a run has for an epoch: those of the model, the learning rate,
/// and the time.
pub(crate) fn epoch_scalars(metrics: &EpochMetrics) -> Vec<(String, f64)> {
    let mut scalars = model_scalars(metrics);
    scalars.push(("LearningRate".to_owned(), metrics.learning_rate));
    scalars.push(("Metrics/epoch_seconds".to_owned(), metrics.seconds));
    scalars
}
