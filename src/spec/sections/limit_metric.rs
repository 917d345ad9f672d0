//! The metrics that a limit can name, with their units.

use crate::metrics::{Score, ScoreUnit};
use statistics::Direction;
use std::fmt;

/// A metric of a trial that can be limited. None of them uses the test set, which must not affect a
/// choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitMetric {
    /// The number of trainable parameters.
    Parameters,
    /// The time per epoch, if trained alone.
    SecondsPerEpoch,
    /// The peak memory, if trained alone.
    PeakMemory,
    /// The mean of a score over the validation splits.
    Score(Score),
}

/// The units of a metric with their sizes; the first is the one that examples use.
pub(super) type Units = &'static [(&'static str, f64)];

const SECONDS: Units = &[("s", 1.0), ("ms", 1e-3), ("min", 60.0)];
const BYTES: Units = &[
    ("MiB", 1_048_576.0),
    ("B", 1.0),
    ("KiB", 1024.0),
    ("GiB", 1_073_741_824.0),
    ("kB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
];
const SHARE: Units = &[("%", 1e-2)];

impl LimitMetric {
    /// All metrics.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        [Self::Parameters, Self::SecondsPerEpoch, Self::PeakMemory]
            .into_iter()
            .chain(Score::all().map(Self::Score))
    }

    /// The name in a sweep file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parameters => "parameters",
            Self::SecondsPerEpoch => "seconds_per_epoch",
            Self::PeakMemory => "peak_memory",
            Self::Score(score) => score.id,
        }
    }

    pub(super) fn units(self) -> Units {
        match self {
            Self::Parameters => &[],
            Self::SecondsPerEpoch => SECONDS,
            Self::PeakMemory => BYTES,
            Self::Score(_) if self.is_share() => SHARE,
            Self::Score(_) => &[],
        }
    }

    /// Whether values are shares, which can be in percent.
    pub(super) fn is_share(self) -> bool {
        matches!(self, Self::Score(score) if score.unit == ScoreUnit::Percent)
    }

    /// The least and the greatest possible value. No model is without parameters, time or memory.
    pub(super) fn range(self) -> [f64; 2] {
        match self {
            Self::Parameters | Self::PeakMemory => [1.0, f64::INFINITY],
            Self::SecondsPerEpoch => [f64::MIN_POSITIVE, f64::INFINITY],
            Self::Score(score) => score.range,
        }
    }

    /// A valid limit.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Parameters => "<= 60000",
            Self::SecondsPerEpoch => "<= 0.02",
            Self::PeakMemory => "<= 2 MiB",
            Self::Score(score) => match score.direction {
                Direction::Maximise => ">= 0.9",
                Direction::Minimise => "<= 0.5",
            },
        }
    }

    /// The accepted limits, in words.
    pub(super) fn expected(self) -> String {
        let units: Vec<&str> = self.units().iter().map(|(name, _)| *name).collect();
        let number = match self {
            Self::PeakMemory => format!("a number and a unit ({})", units.join(", ")),
            Self::SecondsPerEpoch => {
                format!(
                    "a number of seconds, or one with a unit ({})",
                    units.join(", ")
                )
            }
            Self::Score(_) if self.is_share() => "a number from 0 to 1, or one in %".to_owned(),
            Self::Parameters | Self::Score(_) => "a number without a unit".to_owned(),
        };
        format!(
            "a limit such as `{}`: one of <=, <, >=, >, then {number}",
            self.example()
        )
    }
}

impl fmt::Display for LimitMetric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
