//! Linear and logarithmic scales.

/// The scale of an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences have equal lengths.
    #[default]
    Linear,
    /// Equal ratios have equal lengths; zero and negative values are omitted.
    Log,
}

/// Maximum magnitude on a linear scale: differences of larger values could overflow.
pub(super) const MAX_LINEAR: f64 = 1e300;
/// Maximum on a logarithmic scale, and reciprocal of the minimum: beyond, arithmetic on powers of
/// ten could overflow or underflow.
pub(super) const MAX_LOG: f64 = 1e200;

impl Scale {
    /// Returns whether an axis can show the value.
    pub(crate) fn can_show(self, value: f64) -> bool {
        match self {
            Self::Linear => value.abs() <= MAX_LINEAR,
            Self::Log => (1.0 / MAX_LOG..=MAX_LOG).contains(&value),
        }
    }
}
