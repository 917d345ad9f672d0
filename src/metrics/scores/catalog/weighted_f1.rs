//! The weighted F1 score.

use crate::metrics::scores::definition::{ScoreDefinition, ScoreTolerance, ScoreUnit};
use statistics::Direction;

pub(super) const DEFINITION: ScoreDefinition = ScoreDefinition {
    id: "weighted_f1",
    description: "The mean F1 score of the classes, weighted by their numbers of samples \
                  (`f1_score` with `average=\"weighted\"`)",
    label: ["weighted F1", "F1 pondérée"],
    short_label: ["weighted F1", "F1 pondérée"],
    unit: ScoreUnit::Percent,
    direction: Direction::Maximise,
    range: [0.0, 1.0],
    min_classes: 1,
    tolerance: ScoreTolerance::BOUNDED,
    chart_group: None,
    compute: |samples| {
        let classes = samples.counts().classes().into_iter();
        let sum: f64 = classes.map(|class| class.f1() * class.actual as f64).sum();
        (!samples.is_empty()).then(|| sum / samples.len() as f64)
    },
};
