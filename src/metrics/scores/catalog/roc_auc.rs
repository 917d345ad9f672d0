//! The area under the ROC curve.

use crate::metrics::scores::definition::{ScoreDefinition, ScoreTolerance, ScoreUnit};
use crate::metrics::scores::samples::RankedSample;
use statistics::Direction;

pub(super) const DEFINITION: ScoreDefinition = ScoreDefinition {
    id: "roc_auc",
    description: "The probability that a sample of a class has a higher probability of this class \
                  than a sample of another class: the area under the ROC curve, one class against \
                  the rest, as the mean over the classes (`roc_auc_score` with \
                  `multi_class=\"ovr\"`)",
    label: ["ROC AUC", "aire sous la courbe ROC"],
    short_label: ["ROC AUC", "AUC ROC"],
    unit: ScoreUnit::Number,
    direction: Direction::Maximise,
    range: [0.0, 1.0],
    min_classes: 2,
    tolerance: ScoreTolerance::BOUNDED,
    chart_group: None,
    compute: |samples| samples.mean_of_rankings(roc_auc),
};

/// The share of pairs of a sample of the class and another one that are in this order; equal ones count
/// half (Mann and Whitney 1947). `None` if there are no pairs.
fn roc_auc(ranking: &[RankedSample]) -> Option<f64> {
    let (mut below, mut of_class, mut ordered) = (0.0, 0.0, 0.0);
    for group in ranking.chunk_by(|one, other| one.ties_with(*other)) {
        let members = group.iter().filter(|sample| sample.is_of_class()).count() as f64;
        let others = group.len() as f64 - members;
        ordered += members * (below + others / 2.0);
        below += others;
        of_class += members;
    }
    let pairs = below * of_class;
    (pairs > 0.0).then(|| ordered / pairs)
}
