//! The balanced accuracy.

use crate::metrics::ClassCounts;
use crate::metrics::scores::definition::{ScoreDefinition, ScoreTolerance, ScoreUnit};
use crate::metrics::scores::samples::mean;
use statistics::Direction;

pub(super) const DEFINITION: ScoreDefinition = ScoreDefinition {
    id: "balanced_accuracy",
    description: "The mean over the classes of the share of their samples that are predicted \
                  correctly (`balanced_accuracy_score`)",
    label: ["balanced accuracy", "exactitude équilibrée"],
    short_label: ["bal. acc", "exact. équil."],
    unit: ScoreUnit::Percent,
    direction: Direction::Maximise,
    range: [0.0, 1.0],
    min_classes: 1,
    tolerance: ScoreTolerance::BOUNDED,
    chart_group: None,
    compute: |samples| {
        let classes = samples.counts().classes().into_iter();
        mean(classes.filter(|class| class.actual > 0).map(ClassCounts::recall))
    },
};
