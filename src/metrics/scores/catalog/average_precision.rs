//! The average precision.

use crate::metrics::scores::definition::{ScoreDefinition, ScoreTolerance, ScoreUnit};
use crate::metrics::scores::samples::RankedSample;
use statistics::Direction;

pub(super) const DEFINITION: ScoreDefinition = ScoreDefinition {
    id: "average_precision",
    description: "For one class against the rest, the precision at the probability of each sample \
                  of the class, averaged over these samples, then over the classes (AP; \
                  `average_precision_score`)",
    label: ["average precision", "précision moyenne"],
    short_label: ["AP", "AP"],
    unit: ScoreUnit::Number,
    direction: Direction::Maximise,
    range: [0.0, 1.0],
    min_classes: 2,
    tolerance: ScoreTolerance::BOUNDED,
    chart_group: None,
    compute: |samples| samples.mean_of_rankings(average_precision),
};

/// The mean over the samples of the class of the precision at their probability. `None` if all samples
/// are of the class or none is.
fn average_precision(ranking: &[RankedSample]) -> Option<f64> {
    let (mut seen, mut of_class, mut sum) = (0.0, 0.0, 0.0);
    // The most probable samples first.
    for group in ranking.chunk_by(|one, other| one.ties_with(*other)).rev() {
        let members = group.iter().filter(|sample| sample.is_of_class()).count() as f64;
        seen += group.len() as f64;
        of_class += members;
        sum += members * (of_class / seen);
    }
    (of_class > 0.0 && of_class < seen).then(|| sum / of_class)
}
