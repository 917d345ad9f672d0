//! The Matthews correlation coefficient.

use crate::metrics::scores::definition::{ScoreDefinition, ScoreTolerance, ScoreUnit};
use crate::metrics::ClassificationCounts;
use statistics::Direction;

pub(super) const DEFINITION: ScoreDefinition = ScoreDefinition {
    id: "matthews_correlation",
    description: "The correlation between true and predicted classes; about 0 for random guesses, \
                  and 0 if all samples or all predictions are of one class (MCC; \
                  `matthews_corrcoef`)",
    label: ["Matthews correlation", "corrélation de Matthews"],
    short_label: ["MCC", "MCC"],
    unit: ScoreUnit::Number,
    direction: Direction::Maximise,
    range: [-1.0, 1.0],
    min_classes: 1,
    tolerance: ScoreTolerance::BOUNDED,
    chart_group: None,
    compute: |samples| matthews_correlation(samples.counts()),
};

/// The correlation for several classes (Gorodkin 2004); 0 if all samples are of one class or all
/// predictions are, as in scikit-learn.
fn matthews_correlation(counts: &ClassificationCounts) -> Option<f64> {
    let classes = counts.classes();
    let sum = |of: fn(f64, f64) -> f64| -> f64 {
        let pairs = classes.iter();
        pairs
            .map(|class| of(class.actual as f64, class.predicted as f64))
            .sum()
    };
    let samples = sum(|actual, _| actual);
    let correct: f64 = classes.iter().map(|class| class.correct as f64).sum();
    let covariance = correct * samples - sum(|actual, predicted| actual * predicted);
    let of_predictions = samples * samples - sum(|_, predicted| predicted * predicted);
    let of_classes = samples * samples - sum(|actual, _| actual * actual);
    let scale = (of_predictions * of_classes).sqrt();
    (samples > 0.0).then(|| if scale == 0.0 { 0.0 } else { covariance / scale })
}
