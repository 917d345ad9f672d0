//! The top-5 accuracy.

use crate::metrics::scores::definition::{ScoreDefinition, ScoreTolerance, ScoreUnit};
use statistics::Direction;

pub(super) const DEFINITION: ScoreDefinition = ScoreDefinition {
    id: "top_5_accuracy",
    description: "The share of samples whose class is among the five most probable ones; undefined \
                  for five classes or fewer (`top_k_accuracy_score` with `k=5`)",
    label: ["top-5 accuracy", "exactitude top 5"],
    short_label: ["top-5 acc", "exact. top 5"],
    unit: ScoreUnit::Percent,
    direction: Direction::Maximise,
    range: [0.0, 1.0],
    min_classes: 6,
    tolerance: ScoreTolerance::BOUNDED,
    chart_group: None,
    compute: |samples| samples.top_k_accuracy(5),
};
