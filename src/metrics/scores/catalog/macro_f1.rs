//! The macro F1 score.

use crate::metrics::ClassCounts;
use crate::metrics::scores::definition::{ScoreDefinition, ScoreTolerance, ScoreUnit};
use crate::metrics::scores::samples::mean;
use statistics::Direction;

pub(super) const DEFINITION: ScoreDefinition = ScoreDefinition {
    id: "macro_f1",
    description: "The mean over the classes of the F1 score, the harmonic mean of precision and recall \
                  (`f1_score` with `average=\"macro\"`)",
    label: ["macro F1", "macro-F1"],
    short_label: ["macro F1", "macro-F1"],
    unit: ScoreUnit::Percent,
    direction: Direction::Maximise,
    range: [0.0, 1.0],
    min_classes: 1,
    tolerance: ScoreTolerance::BOUNDED,
    chart_group: None,
    compute: |samples| mean(samples.counts().occurring_classes().map(ClassCounts::f1)),
};
