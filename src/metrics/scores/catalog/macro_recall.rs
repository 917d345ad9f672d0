//! The macro recall.

use crate::metrics::ClassCounts;
use crate::metrics::scores::definition::{ScoreDefinition, ScoreTolerance, ScoreUnit};
use crate::metrics::scores::samples::mean;
use statistics::Direction;

pub(super) const DEFINITION: ScoreDefinition = ScoreDefinition {
    id: "macro_recall",
    description: "The mean over the classes of the share of their samples that are predicted \
                  correctly; a class that is predicted but has no samples counts as 0 \
                  (`recall_score` with `average=\"macro\"`)",
    label: ["macro recall", "macro-rappel"],
    short_label: ["macro recall", "macro-rappel"],
    unit: ScoreUnit::Percent,
    direction: Direction::Maximise,
    range: [0.0, 1.0],
    min_classes: 1,
    tolerance: ScoreTolerance::BOUNDED,
    chart_group: None,
    compute: |samples| {
        let classes = samples.counts().occurring_classes();
        mean(classes.map(ClassCounts::recall))
    },
};
