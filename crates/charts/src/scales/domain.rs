//! The domain of a scale, and the positions of values in it.

use crate::scales::scale::{MAX_LINEAR, MAX_LOG, Scale};

/// Values whose relative difference is smaller than this count as equal.
const RELATIVE_RESOLUTION: f64 = 1e-9;
/// Padding at each end, as a fraction of the domain.
const PADDING: f64 = 0.04;

/// The interval of values that a scale covers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Domain {
    scale: Scale,
    /// The bounds, as base-10 logarithms on a logarithmic scale.
    start: f64,
    end: f64,
}

impl Domain {
    /// Returns a domain that covers all values that the scale can show, with padding at both ends,
    /// or `None` if there are no such values.
    pub(crate) fn padded(scale: Scale, values: impl IntoIterator<Item = f64>) -> Option<Self> {
        Some(Self::tight(scale, values)?.padded_by(f64::INFINITY))
    }

    /// Like [`Domain::padded`], but on a linear scale the padding is at most half a unit, for whole
    /// numbers.
    pub(crate) fn padded_integers(
        scale: Scale,
        values: impl IntoIterator<Item = f64>,
    ) -> Option<Self> {
        let max_padding = match scale {
            Scale::Linear => 0.5,
            Scale::Log => f64::INFINITY,
        };
        Some(Self::tight(scale, values)?.padded_by(max_padding))
    }

    /// Adds padding at both ends, at most `max_padding`.
    fn padded_by(self, max_padding: f64) -> Self {
        let fraction = PADDING.min(max_padding / (self.end - self.start));
        self.expanded(fraction, fraction)
    }

    /// Extends the domain by fractions of its length. A linear domain of nonnegative values does
    /// not extend below zero.
    pub(crate) fn expanded(self, before: f64, after: f64) -> Self {
        let distance = self.end - self.start;
        let start = self.start - before * distance;
        let wider = Self {
            start: if self.scale == Scale::Linear && self.start >= 0.0 {
                start.max(0.0)
            } else {
                start
            },
            end: self.end + after * distance,
            ..self
        };
        wider.clamped()
    }

    /// Clamps the bounds to values that the scale can show.
    fn clamped(self) -> Self {
        let limit = match self.scale {
            Scale::Linear => MAX_LINEAR,
            Scale::Log => libm::log10(MAX_LOG),
        };
        Self {
            start: self.start.max(-limit),
            end: self.end.min(limit),
            ..self
        }
    }

    /// Returns the domain from the minimum to the maximum value, wider if all values are equal, or
    /// `None` if the scale can show no value.
    pub(crate) fn tight(scale: Scale, values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let shown = values.into_iter().filter(|&value| scale.can_show(value));
        let (min, max) = shown.fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), value| {
            (min.min(value), max.max(value))
        });
        (min <= max).then(|| {
            let (start, end) = match scale {
                Scale::Linear => (min, max),
                Scale::Log => (libm::log10(min), libm::log10(max)),
            };
            let size = start.abs().max(end.abs());
            let (start, end) = match scale {
                _ if end - start > RELATIVE_RESOLUTION * size && end - start > 1.0 / MAX_LINEAR => {
                    (start, end)
                }
                Scale::Linear if size < 1.0 / MAX_LINEAR => (-1.0, 1.0),
                Scale::Linear => (start - 0.1 * size, end + 0.1 * size),
                Scale::Log => (start - 0.5, end + 0.5),
            };
            Self { scale, start, end }.clamped()
        })
    }

    pub(crate) fn scale(&self) -> Scale {
        self.scale
    }

    /// Returns the bounds, as base-10 logarithms on a logarithmic scale.
    pub(crate) fn bounds(&self) -> (f64, f64) {
        (self.start, self.end)
    }

    /// Returns the position of a value, from 0 to 1 between the bounds, or `None` if the scale
    /// cannot show it.
    pub(crate) fn fraction(&self, value: f64) -> Option<f64> {
        self.scale.can_show(value).then(|| {
            let position = match self.scale {
                Scale::Linear => value,
                Scale::Log => libm::log10(value),
            };
            (position - self.start) / (self.end - self.start)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn positions_are_proportional_on_linear_and_logarithmic_scales() {
        let linear = Domain::tight(Scale::Linear, [2.0, 4.0]).unwrap();
        assert_eq!(linear.fraction(3.0), Some(0.5));
        let log = Domain::tight(Scale::Log, [0.0, 1.0, 100.0]).unwrap();
        assert_eq!(log.fraction(10.0), Some(0.5));
        assert_eq!(log.fraction(0.0), None);
        assert_eq!(log.fraction(-3.0), None);
        assert_eq!(log.fraction(f64::INFINITY), None);
    }

    #[test]
    fn domains_are_padded_but_not_below_zero() {
        let loss = Domain::padded(Scale::Linear, [0.0, 2.0]).unwrap();
        assert_eq!(loss.fraction(0.0), Some(0.0));
        assert!(loss.fraction(2.0).unwrap() < 1.0);
        let log = Domain::padded(Scale::Log, [0.01, 10.0]).unwrap();
        assert!(log.fraction(0.01).unwrap() > 0.0 && log.fraction(10.0).unwrap() < 1.0);
    }

    #[test]
    fn equal_values_lie_in_the_middle() {
        for (scale, value) in [
            (Scale::Linear, 0.0),
            (Scale::Linear, -7.0),
            (Scale::Linear, 98.6),
            (Scale::Log, 98.6),
            (Scale::Log, 1.0),
        ] {
            let domain = Domain::tight(scale, [value, value]).unwrap();
            let fraction = domain.fraction(value).unwrap();
            assert!(
                (fraction - 0.5).abs() < 1e-9,
                "{scale:?} {value} {fraction}"
            );
        }
    }

    #[test]
    fn no_values_give_no_domain() {
        assert_eq!(Domain::padded(Scale::Linear, []), None);
        assert_eq!(
            Domain::padded(Scale::Linear, [f64::NAN, f64::INFINITY]),
            None
        );
        assert_eq!(Domain::padded(Scale::Log, [0.0, -1.0]), None);
    }

    proptest! {
        #[test]
        fn every_value_is_between_the_bounds(
            values in prop::collection::vec(any::<f64>(), 1..20), log: bool,
        ) {
            let scale = if log { Scale::Log } else { Scale::Linear };
            let shown: Vec<f64> = values.iter().copied().filter(|&value| scale.can_show(value)).collect();
            match Domain::padded(scale, values.clone()) {
                None => prop_assert!(shown.is_empty()),
                Some(domain) => for value in shown {
                    let fraction = domain.fraction(value).unwrap();
                    prop_assert!((-1e-9..=1.0 + 1e-9).contains(&fraction), "{value} {fraction} {domain:?}");
                },
            }
        }
    }
}
