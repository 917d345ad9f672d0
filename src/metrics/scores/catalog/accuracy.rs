//! The accuracy.

use crate::metrics::scores::definition::{ScoreDefinition, ScoreTolerance, ScoreUnit};
use statistics::Direction;

pub(super) const DEFINITION: ScoreDefinition = ScoreDefinition {
    id: "accuracy",
    description: "The share of samples whose most probable class is their own (`accuracy_score`)",
    label: ["accuracy", "exactitude"],
    short_label: ["acc", "exact."],
    unit: ScoreUnit::Percent,
    direction: Direction::Maximise,
    range: [0.0, 1.0],
    min_classes: 1,
    tolerance: ScoreTolerance::BOUNDED,
    chart_group: Some("Accuracy"),
    compute: |samples| Some(samples.accuracy()),
};
