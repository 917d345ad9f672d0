//! Learning-rate schedules.

use crate::values::config_value::string_enum;
use crate::values::number::{Count, Fraction, NonNegative, Positive};
use crate::values::tagged_enum::tagged_enum;

tagged_enum! {
    /// How the learning rate changes over units of time (epochs or steps).
    ///
    /// Each variant equals the PyTorch scheduler that it names, with the same settings and defaults.
    pub enum Schedule, "schedule",
        "a schedule: constant, cosine, { step: { every: 10, gamma: 0.1 } } or another one in \
         docs/sweep-file.md"
    {
        /// A constant learning rate.
        Constant = "constant" {},
        /// Multiplied by `gamma` after `every` units (`StepLR`).
        Step = "step" {
            /// Units between two changes.
            every: Count,
            /// The factor of one change.
            gamma: Positive = Positive::constant(0.1),
        } example "{ every: 10, gamma: 0.1 }",
        /// Multiplied by `gamma` at each of the milestones (`MultiStepLR`).
        MultiStep = "multistep" {
            /// The units at which the learning rate changes, ascending.
            milestones: Vec<Count>,
            /// The factor of one change.
            gamma: Positive = Positive::constant(0.1),
        } example "{ milestones: [5, 8], gamma: 0.1 }",
        /// Multiplied by `gamma` after each unit (`ExponentialLR`).
        Exponential = "exponential" {
            /// The factor of one unit.
            gamma: Positive,
        } example "{ gamma: 0.9 }",
        /// Half a cosine from the learning rate down to `minimum` (`CosineAnnealingLR`).
        Cosine = "cosine" {
            /// The learning rate at the end.
            minimum: NonNegative = NonNegative::constant(0.0),
        },
        /// Half a cosine over `period` units, repeated (`CosineAnnealingWarmRestarts`).
        CosineWarmRestarts = "cosine_warm_restarts" {
            /// Units of the first half cosine.
            period: Count,
            /// Factor between the lengths of successive half cosines.
            multiplier: Count = Count::constant(1),
            /// The learning rate at the end of each half cosine.
            minimum: NonNegative = NonNegative::constant(0.0),
        } example "{ period: 5 }",
        /// A straight line from `start` to `end` times the learning rate (`LinearLR`).
        Linear = "linear" {
            /// The factor at the start.
            start: Positive = Positive::constant(1.0),
            /// The factor at the end.
            end: NonNegative = NonNegative::constant(0.0),
            /// Units from start to end; `null` for all units.
            over: Option<Count> = None,
        },
        /// `(1 − unit/over)^power` times the learning rate (`PolynomialLR`).
        Polynomial = "polynomial" {
            /// The exponent.
            power: Positive = Positive::constant(1.0),
            /// Units until the learning rate is 0; `null` for all units.
            over: Option<Count> = None,
        },
        /// Up to the learning rate, then down to almost nothing (`OneCycleLR`; Smith and Topin
        /// 2018); counts steps.
        OneCycle = "one_cycle" {
            /// The share of steps with an increasing learning rate (`pct_start`).
            start_share: Fraction = Fraction::constant(0.3),
            /// The first learning rate is the maximum divided by this (`div_factor`).
            divisor: Positive = Positive::constant(25.0),
            /// The last learning rate is the first one divided by this (`final_div_factor`).
            final_divisor: Positive = Positive::constant(1e4),
        },
        /// Multiplied by `factor` when `training.monitor` has stopped improving
        /// (`ReduceLROnPlateau`); counts epochs.
        Plateau = "plateau" {
            /// The factor of one reduction.
            factor: Fraction = Fraction::constant(0.1),
            /// Epochs without improvement before a reduction.
            patience: u64 = 10,
            /// The minimum relative change that counts as an improvement.
            threshold: NonNegative = NonNegative::constant(1e-4),
            /// Epochs after a reduction that do not count.
            cooldown: u64 = 0,
            /// The minimum learning rate.
            minimum: NonNegative = NonNegative::constant(0.0),
        },
    }
}

string_enum! {
    /// The unit of a schedule and its warm-up.
    pub enum ScheduleUnit {
        /// Epochs: the learning rate is constant within an epoch.
        Epoch = "epoch",
        /// Optimizer steps.
        Step = "step",
    }
}
