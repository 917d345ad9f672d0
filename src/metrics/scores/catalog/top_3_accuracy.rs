//! The top-3 accuracy.

use crate::metrics::scores::definition::{ScoreDefinition, ScoreTolerance, ScoreUnit};
use statistics::Direction;

pub(super) const DEFINITION: ScoreDefinition = ScoreDefinition {
    id: "top_3_accuracy",
    description: "The share of samples whose class is among the three most probable ones; \
                  undefined for three classes or fewer (`top_k_accuracy_score` with `k=3`)",
    label: ["top-3 accuracy", "exactitude top 3"],
    short_label: ["top-3 acc", "exact. top 3"],
    unit: ScoreUnit::Percent,
    direction: Direction::Maximise,
    range: [0.0, 1.0],
    min_classes: 4,
    tolerance: ScoreTolerance::BOUNDED,
    chart_group: None,
    compute: |samples| samples.top_k_accuracy(3),
};
