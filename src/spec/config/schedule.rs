//! Learning-rate schedules as a sweep file writes them.

use crate::spec::values::config_value::string_enum;
use crate::spec::values::number::{Count, Fraction, NonNegative, Positive};
use crate::spec::values::tagged_enum::tagged_enum;

tagged_enum! {
    /// How the learning rate changes over the schedule's units (epochs or steps).
    ///
    /// Each is the PyTorch scheduler named with it, settings and defaults included.
    pub enum Schedule, "schedule",
        "a schedule: constant, cosine, { step: { every: 10, gamma: 0.1 } } or another of \
         docs/sweep-file.md"
    {
        /// The same learning rate throughout.
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
            /// The units at which it changes, ascending.
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
        /// Half a cosine over `period` units, again and again (`CosineAnnealingWarmRestarts`).
        CosineWarmRestarts = "cosine_warm_restarts" {
            /// Units of the first half cosine.
            period: Count,
            /// Each further one is this many times as long as the one before.
            multiplier: Count = Count::constant(1),
            /// The learning rate at the end of each.
            minimum: NonNegative = NonNegative::constant(0.0),
        } example "{ period: 5 }",
        /// A straight line from `start` to `end` times the learning rate (`LinearLR`).
        Linear = "linear" {
            /// The factor at the start.
            start: Positive = Positive::constant(1.0),
            /// The factor at the end.
            end: NonNegative = NonNegative::constant(0.0),
            /// Units from start to end; null for all that there are.
            over: Option<Count> = None,
        },
        /// `(1 − unit/over)^power` times the learning rate (`PolynomialLR`).
        Polynomial = "polynomial" {
            /// The power.
            power: Positive = Positive::constant(1.0),
            /// Units until it is 0; null for all that there are.
            over: Option<Count> = None,
        },
        /// Up to the learning rate, then down to almost nothing (`OneCycleLR`; Smith and Topin
        /// 2018); counts steps.
        OneCycle = "one_cycle" {
            /// The share of the steps that go up (`pct_start`).
            start_share: Fraction = Fraction::constant(0.3),
            /// It starts at the learning rate divided by this (`div_factor`).
            divisor: Positive = Positive::constant(25.0),
            /// It ends at its start divided by this (`final_div_factor`).
            final_divisor: Positive = Positive::constant(1e4),
        },
        /// Multiplied by `factor` when `training.monitor` has stopped getting better
        /// (`ReduceLROnPlateau`); counts epochs.
        Plateau = "plateau" {
            /// The factor of one reduction.
            factor: Fraction = Fraction::constant(0.1),
            /// Epochs without improvement that are let pass.
            patience: u64 = 10,
            /// The relative change that counts as an improvement.
            threshold: NonNegative = NonNegative::constant(1e-4),
            /// Epochs after a reduction in which nothing is counted.
            cooldown: u64 = 0,
            /// The lowest learning rate.
            minimum: NonNegative = NonNegative::constant(0.0),
        },
    }
}

string_enum! {
    /// What a schedule and its warm-up count.
    pub enum ScheduleUnit {
        /// Epochs: the learning rate is constant within an epoch.
        Epoch = "epoch",
        /// Optimizer steps.
        Step = "step",
    }
}
