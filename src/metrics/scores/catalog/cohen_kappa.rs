//! Cohen's kappa.

use crate::metrics::scores::definition::{ScoreDefinition, ScoreTolerance, ScoreUnit};
use crate::metrics::ClassificationCounts;
use statistics::Direction;

pub(super) const DEFINITION: ScoreDefinition = ScoreDefinition {
    id: "cohen_kappa",
    description: "The agreement between true and predicted classes in excess of chance, as a share \
                  of the largest possible excess; undefined if all samples and predictions are of \
                  one class (`cohen_kappa_score`)",
    label: ["Cohen’s kappa", "kappa de Cohen"],
    short_label: ["kappa", "kappa"],
    unit: ScoreUnit::Number,
    direction: Direction::Maximise,
    range: [-1.0, 1.0],
    min_classes: 2,
    tolerance: ScoreTolerance::BOUNDED,
    chart_group: None,
    compute: |samples| cohen_kappa(samples.counts()),
};

/// The observed agreement beyond the expected one, as a share of the largest possible one (Cohen 1960).
/// `None` if chance alone agrees always: all samples and predictions are of one class.
fn cohen_kappa(counts: &ClassificationCounts) -> Option<f64> {
    let classes = counts.classes();
    let samples: f64 = classes.iter().map(|class| class.actual as f64).sum();
    let correct: f64 = classes.iter().map(|class| class.correct as f64).sum();
    let products = classes
        .iter()
        .map(|class| class.actual as f64 * class.predicted as f64);
    let expected = products.sum::<f64>() / samples;
    (expected < samples).then(|| (correct - expected) / (samples - expected))
}
