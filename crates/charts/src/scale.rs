//! Where values lie between the two ends of an axis.

/// How values are spaced along an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences are equally long.
    #[default]
    Linear,
    /// Equal ratios are equally long; zero and less are left out.
    Log,
}

/// Beyond it differences of two values might not be numbers any more.
const LARGEST: f64 = 1e300;
/// Beyond it, and below its reciprocal, parts of powers of ten might not be.
const LARGEST_LOG: f64 = 1e200;
/// Less than this, seen beside the values, two values are one.
const RESOLUTION: f64 = 1e-9;
/// Room between the outermost values and the ends, as a share of their distance.
const ROOM: f64 = 0.04;

impl Scale {
    /// Whether an axis can show the value.
    pub(crate) fn shows(self, value: f64) -> bool {
        match self {
            Self::Linear => value.abs() <= LARGEST,
            Self::Log => (1.0 / LARGEST_LOG..=LARGEST_LOG).contains(&value),
        }
    }
}

/// A scale between two ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Span {
    scale: Scale,
    /// The ends, as logarithms to base 10 on a logarithmic scale.
    start: f64,
    end: f64,
}

impl Span {
    /// Wide enough for all values that the scale can show, with some room at both ends; nothing
    /// where there is none.
    pub(crate) fn around(scale: Scale, values: impl IntoIterator<Item = f64>) -> Option<Self> {
        Some(Self::exactly(scale, values)?.widened(f64::INFINITY))
    }

    /// As `around`; whole values on a linear scale get less than one more of them for room.
    pub(crate) fn around_whole(
        scale: Scale,
        values: impl IntoIterator<Item = f64>,
    ) -> Option<Self> {
        let most = match scale {
            Scale::Linear => 0.5,
            Scale::Log => f64::INFINITY,
        };
        Some(Self::exactly(scale, values)?.widened(most))
    }

    /// With room at both ends, at most this much.
    fn widened(self, most: f64) -> Self {
        let share = ROOM.min(most / (self.end - self.start));
        self.extended(share, share)
    }

    /// With more room at the ends, as shares of their distance; but quantities that cannot be
    /// negative should not look as if they were.
    pub(crate) fn extended(self, before: f64, after: f64) -> Self {
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
        wider.limited()
    }

    /// With ends that the scale can show.
    fn limited(self) -> Self {
        let limit = match self.scale {
            Scale::Linear => LARGEST,
            Scale::Log => libm::log10(LARGEST_LOG),
        };
        Self {
            start: self.start.max(-limit),
            end: self.end.min(limit),
            ..self
        }
    }

    /// From the least to the greatest value; wider where all values are equal.
    pub(crate) fn exactly(scale: Scale, values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let shown = values.into_iter().filter(|&value| scale.shows(value));
        let (least, greatest) = shown.fold(
            (f64::INFINITY, f64::NEG_INFINITY),
            |(least, greatest), value| (least.min(value), greatest.max(value)),
        );
        (least <= greatest).then(|| {
            let (start, end) = match scale {
                Scale::Linear => (least, greatest),
                Scale::Log => (libm::log10(least), libm::log10(greatest)),
            };
            let size = start.abs().max(end.abs());
            let (start, end) = match scale {
                _ if end - start > RESOLUTION * size && end - start > 1.0 / LARGEST => (start, end),
                Scale::Linear if size < 1.0 / LARGEST => (-1.0, 1.0),
                Scale::Linear => (start - 0.1 * size, end + 0.1 * size),
                Scale::Log => (start - 0.5, end + 0.5),
            };
            Self { scale, start, end }.limited()
        })
    }

    pub(crate) fn scale(&self) -> Scale {
        self.scale
    }

    /// The ends; as logarithms to base 10 on a logarithmic scale.
    pub(crate) fn ends(&self) -> (f64, f64) {
        (self.start, self.end)
    }

    /// How far along the value lies, 0 to 1 between the ends; nothing for what the scale cannot
    /// show.
    pub(crate) fn share(&self, value: f64) -> Option<f64> {
        self.scale.shows(value).then(|| {
            let place = match self.scale {
                Scale::Linear => value,
                Scale::Log => libm::log10(value),
            };
            (place - self.start) / (self.end - self.start)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn linear_and_logarithmic_values_lie_where_they_should() {
        let linear = Span::exactly(Scale::Linear, [2.0, 4.0]).unwrap();
        assert_eq!(linear.share(3.0), Some(0.5));
        let log = Span::exactly(Scale::Log, [0.0, 1.0, 100.0]).unwrap();
        assert_eq!(log.share(10.0), Some(0.5));
        assert_eq!(log.share(0.0), None);
        assert_eq!(log.share(-3.0), None);
        assert_eq!(log.share(f64::INFINITY), None);
    }

    #[test]
    fn there_is_room_at_the_ends_but_not_below_zero() {
        let loss = Span::around(Scale::Linear, [0.0, 2.0]).unwrap();
        assert_eq!(loss.share(0.0), Some(0.0));
        assert!(loss.share(2.0).unwrap() < 1.0);
        let log = Span::around(Scale::Log, [0.01, 10.0]).unwrap();
        assert!(log.share(0.01).unwrap() > 0.0 && log.share(10.0).unwrap() < 1.0);
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
            let span = Span::exactly(scale, [value, value]).unwrap();
            let share = span.share(value).unwrap();
            assert!((share - 0.5).abs() < 1e-9, "{scale:?} {value} {share}");
        }
    }

    #[test]
    fn nothing_to_show_gives_no_span() {
        assert_eq!(Span::around(Scale::Linear, []), None);
        assert_eq!(Span::around(Scale::Linear, [f64::NAN, f64::INFINITY]), None);
        assert_eq!(Span::around(Scale::Log, [0.0, -1.0]), None);
    }

    proptest! {
        #[test]
        fn every_value_lies_between_the_ends(
            values in prop::collection::vec(any::<f64>(), 1..20), log: bool,
        ) {
            let scale = if log { Scale::Log } else { Scale::Linear };
            let shown: Vec<f64> = values.iter().copied().filter(|&value| scale.shows(value)).collect();
            match Span::around(scale, values.clone()) {
                None => prop_assert!(shown.is_empty()),
                Some(span) => for value in shown {
                    let share = span.share(value).unwrap();
                    prop_assert!((-1e-9..=1.0 + 1e-9).contains(&share), "{value} {share} {span:?}");
                },
            }
        }
    }
}
