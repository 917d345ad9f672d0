//! The metrics that a limit can name, with their units.

use crate::spec::values::config_value::string_enum;

string_enum! {
    /// A metric of a trial that can be limited. None of them uses the test set, which must not affect
    /// a choice.
    pub enum LimitMetric {
        /// The number of weights and biases.
        Parameters = "parameters",
        /// The time per epoch, if trained alone.
        SecondsPerEpoch = "seconds_per_epoch",
        /// The peak memory, if trained alone.
        PeakMemory = "peak_memory",
        /// The mean validation accuracy.
        Accuracy = "accuracy",
        /// The mean validation loss.
        Loss = "loss",
        /// The mean macro F1 score on the validation samples.
        MacroF1 = "macro_f1",
    }
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
    pub(super) fn units(self) -> Units {
        match self {
            Self::Parameters | Self::Loss => &[],
            Self::SecondsPerEpoch => SECONDS,
            Self::PeakMemory => BYTES,
            Self::Accuracy | Self::MacroF1 => SHARE,
        }
    }

    /// Whether values are from 0 to 1.
    pub(super) fn is_share(self) -> bool {
        matches!(self, Self::Accuracy | Self::MacroF1)
    }

    /// A valid limit.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Parameters => "<= 60000",
            Self::SecondsPerEpoch => "<= 0.02",
            Self::PeakMemory => "<= 2 MiB",
            Self::Accuracy | Self::MacroF1 => ">= 0.9",
            Self::Loss => "<= 0.5",
        }
    }

    /// The accepted limits, in words.
    pub(super) fn expected(self) -> String {
        let units: Vec<&str> = self.units().iter().map(|(name, _)| *name).collect();
        let number = match self {
            Self::Parameters | Self::Loss => "a number without a unit".to_owned(),
            Self::PeakMemory => format!("a number and a unit ({})", units.join(", ")),
            Self::SecondsPerEpoch => {
                format!(
                    "a number of seconds, or one with a unit ({})",
                    units.join(", ")
                )
            }
            Self::Accuracy | Self::MacroF1 => "a number from 0 to 1, or one in %".to_owned(),
        };
        format!(
            "a limit such as `{}`: one of <=, <, >=, >, then {number}",
            self.example()
        )
    }
}
