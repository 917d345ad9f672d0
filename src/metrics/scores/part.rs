//! Scores on one part of the data.

use super::score::Score;

/// A part of the data that a model is scored on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The samples that a run is trained on.
    Training,
    /// The samples that it holds out for validation.
    Validation,
    /// The test set.
    Test,
}

impl Part {
    /// The name in columns and tags, such as `val`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Training => "train",
            Self::Validation => "val",
            Self::Test => "test",
        }
    }

    /// A score on this part.
    pub const fn score(self, score: Score) -> PartScore {
        PartScore { part: self, score }
    }
}

/// A score on one part of the data, such as the validation accuracy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartScore {
    /// The part.
    pub part: Part,
    /// The score.
    pub score: Score,
}

impl PartScore {
    /// The name in columns and keys, such as `val_accuracy`.
    pub fn id(self) -> String {
        format!("{}_{}", self.part.id(), self.score.id)
    }

    /// The score of this name.
    pub fn named(id: &str) -> Option<Self> {
        let parts = [Part::Training, Part::Validation, Part::Test];
        let mut found = parts.into_iter().filter_map(|part| {
            let score = id.strip_prefix(part.id())?.strip_prefix('_')?;
            Some(part.score(Score::named(score)?))
        });
        found.next()
    }

    /// The tag of its scalar in TensorBoard, such as `Accuracy/val`.
    pub fn tag(self) -> String {
        match self.score.chart_group {
            Some(group) => format!("{group}/{}", self.part.id()),
            None => format!("Metrics/{}", self.id()),
        }
    }
}
