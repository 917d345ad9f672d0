//! Numbers in the shortest form that SVG allows.

use std::fmt::{self, Display, Formatter, Write};

/// Rounds a coordinate to hundredths of a pixel. Coordinates of charts never exceed an `i64`.
pub(super) fn hundredths(value: f64) -> i64 {
    (value * 100.0).round() as i64
}

/// A number with at most two decimals and no superfluous digits.
pub(super) struct Number(pub(super) f64);

impl Display for Number {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        Hundredths(hundredths(self.0)).fmt(to)
    }
}

/// A number of hundredths, written as a decimal number.
pub(super) struct Hundredths(pub(super) i64);

impl Display for Hundredths {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        if self.0 < 0 {
            to.write_char('-')?;
        }
        let (integers, rest) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        match (integers, rest) {
            (0, 0) => to.write_char('0'),
            (_, 0) => write!(to, "{integers}"),
            (0, _) => to.write_str(decimals(rest).as_str()),
            (..) => write!(to, "{integers}{}", decimals(rest)),
        }
    }
}

fn decimals(hundredths: u64) -> String {
    if hundredths.is_multiple_of(10) {
        format!(".{}", hundredths / 10)
    } else {
        format!(".{hundredths:02}")
    }
}

/// A number of hundredths that follows another one in path data, separated by its minus sign or a
/// space.
pub(super) struct After(pub(super) i64);

impl Display for After {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        if self.0 >= 0 {
            to.write_char(' ')?;
        }
        Hundredths(self.0).fmt(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_two_decimals_at_most() {
        let cases = [
            (0.0, "0"),
            (-0.001, "0"),
            (0.5, ".5"),
            (-0.25, "-.25"),
            (12.0, "12"),
            (12.3, "12.3"),
            (12.345, "12.35"),
            (-7.006, "-7.01"),
            (100.05, "100.05"),
        ];
        for (value, text) in cases {
            assert_eq!(Number(value).to_string(), text);
        }
    }

    #[test]
    fn consecutive_numbers_are_separated_by_a_space_or_a_sign() {
        assert_eq!(format!("{}{}", Hundredths(150), After(250)), "1.5 2.5");
        assert_eq!(format!("{}{}", Hundredths(150), After(-250)), "1.5-2.5");
        assert_eq!(format!("{}{}", Hundredths(150), After(0)), "1.5 0");
    }
}
