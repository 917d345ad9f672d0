//! The loss.

use crate::metrics::scores::definition::{ScoreDefinition, ScoreTolerance, ScoreUnit};
use statistics::Direction;

pub(super) const DEFINITION: ScoreDefinition = ScoreDefinition {
    id: "loss",
    description: "The mean cross-entropy, also called log loss (`log_loss`)",
    label: ["loss", "perte"],
    short_label: ["loss", "perte"],
    unit: ScoreUnit::Number,
    direction: Direction::Minimise,
    range: [0.0, f64::INFINITY],
    min_classes: 1,
    tolerance: ScoreTolerance::LOSS,
    chart_group: Some("Loss"),
    compute: |samples| Some(samples.loss()),
};
