//! The macro precision.

use crate::metrics::ClassCounts;
use crate::metrics::scores::definition::{ScoreDefinition, ScoreTolerance, ScoreUnit};
use crate::metrics::scores::samples::mean;
use statistics::Direction;

pub(super) const DEFINITION: ScoreDefinition = ScoreDefinition {
    id: "macro_precision",
    description: "The mean over the classes of the share of their predictions that are correct; a \
                  class that is never predicted counts as 0 (`precision_score` with \
                  `average=\"macro\"`)",
    label: ["macro precision", "macro-précision"],
    short_label: ["macro precision", "macro-précision"],
    unit: ScoreUnit::Percent,
    direction: Direction::Maximise,
    range: [0.0, 1.0],
    min_classes: 1,
    tolerance: ScoreTolerance::BOUNDED,
    chart_group: None,
    compute: |samples| {
        let classes = samples.counts().occurring_classes();
        mean(classes.map(ClassCounts::precision))
    },
};
