//! What is defined for each score.

use super::samples::EvaluatedSamples;
use statistics::Direction;

/// The definition of one score.
pub struct ScoreDefinition {
    /// The name in sweep files, results and columns, such as `macro_f1`.
    pub id: &'static str,
    /// What it measures, with its definition or its function in scikit-learn; one English sentence for
    /// the documentation, without the full stop.
    pub description: &'static str,
    /// The name in reports, in English and in French.
    pub label: [&'static str; 2],
    /// A shorter name for headers of tables, in English and in French.
    pub short_label: [&'static str; 2],
    /// How values are shown.
    pub unit: ScoreUnit,
    /// The direction in which values improve.
    pub direction: Direction,
    /// The least and the greatest value.
    pub range: [f64; 2],
    /// The least number of classes of a data set for which it can be defined.
    pub min_classes: usize,
    /// How closely another machine reproduces a value.
    pub tolerance: ScoreTolerance,
    /// The group of the score's charts in TensorBoard; `None` for the group of all such scores.
    pub chart_group: Option<&'static str>,
    /// Computes the score; `None` if it is undefined for these samples.
    pub compute: fn(&EvaluatedSamples) -> Option<f64>,
}

/// How values of a score are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScoreUnit {
    /// A share from 0 to 1, in percent.
    Percent,
    /// A number.
    Number,
}

/// The difference that is always accepted between a value and the one that a different device or kind of CPU
/// computes: the larger of both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoreTolerance {
    /// The accepted difference.
    pub absolute: f64,
    /// The accepted difference relative to the value.
    pub relative: f64,
}

impl ScoreTolerance {
    /// For scores with a bounded range.
    pub(super) const BOUNDED: Self = Self {
        absolute: 0.002,
        relative: 0.0,
    };

    /// For losses, which have no upper bound.
    pub(super) const LOSS: Self = Self {
        absolute: 0.0005,
        relative: 0.005,
    };

    /// How many times the spread of a value is accepted too: the least power of two with which all measured results of
    /// another vector unit agree (docs/decisions/0082-tolerance-across-processors.md).
    const SPREADS: f64 = 8.0;

    /// Whether a value agrees with the recorded one. `spread` is the difference that other rounding errors of the same
    /// training cause, as far as it was measured.
    pub fn accepts(self, recorded: f64, value: f64, spread: f64) -> bool {
        let always = self.absolute.max(self.relative * recorded.abs());
        (recorded - value).abs() <= always.max(Self::SPREADS * spread)
    }
}
