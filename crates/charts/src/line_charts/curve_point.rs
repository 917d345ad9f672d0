//! The points of line charts.

use crate::scales::scale::Scale;

/// A point of a line, with an optional interval around its value. Numbers that are not finite are
/// missing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// Horizontal coordinate, such as the epoch, from 1.
    pub x: f64,
    /// The value, such as a mean over folds.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

impl CurvePoint {
    /// Creates a point without an interval.
    pub fn new(x: f64, value: f64) -> Self {
        Self {
            x,
            value,
            low: f64::NAN,
            high: f64::NAN,
        }
    }

    /// Creates a point with an interval, which is drawn as a band.
    pub fn with_band(x: f64, value: f64, low: f64, high: f64) -> Self {
        Self {
            x,
            value,
            low,
            high,
        }
    }

    /// Returns whether the axes can show the point.
    pub(crate) fn is_shown(&self, x: Scale, y: Scale) -> bool {
        x.can_show(self.x) && y.can_show(self.value)
    }
}
