//! Numbers as files have them.

/// The largest whole number up to which 64-bit floats hold every whole number: 2⁵³.
pub(crate) const MAX_EXACT_FLOAT: f64 = 9_007_199_254_740_992.0;

/// A number with all of its digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    /// A whole number, which a float may round.
    Whole(i128),
    /// A float.
    Float(f64),
}

impl Number {
    /// The number as a 64-bit float.
    pub(crate) fn to_f64(self) -> f64 {
        match self {
            Self::Whole(number) => number as f64,
            Self::Float(number) => number,
        }
    }

    /// The number rounded once to 32 bits.
    pub(crate) fn to_f32(self) -> f32 {
        match self {
            Self::Whole(number) => number as f32,
            Self::Float(number) => number as f32,
        }
    }

    /// The number minus an offset, which is subtracted before a float rounds a whole number.
    pub(crate) fn minus(self, offset: f64) -> f64 {
        match self {
            Self::Whole(number) if offset.fract() == 0.0 => {
                number.saturating_sub(offset as i128) as f64
            }
            _ => self.to_f64() - offset,
        }
    }
}
