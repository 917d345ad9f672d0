//! Decimal commas: in which columns of a CSV text `1,5` is the number 1.5; and points that may separate thousands.

use super::records::{Field, Form, Records};
use crate::data::table::columns::missing::{Missing, is_marker};

/// What commas and points mean in each column.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Commas {
    /// For each column whether its commas are decimal: all of its cells are numbers then.
    pub(crate) decimal: Vec<bool>,
    /// For each column a number of which it is unclear whether its point separates thousands.
    pub(crate) unclear: Vec<Option<String>>,
}

/// What the cells of a column are.
#[derive(Clone, Default)]
struct Seen {
    /// Numbers with a comma.
    commas: bool,
    /// Numbers with a comma that cannot separate thousands.
    certain: bool,
    /// Numbers with a point.
    points: bool,
    /// Numbers with a point that cannot separate thousands.
    decimal_points: bool,
    /// Numbers with neither.
    plain: bool,
    /// A number whose point may separate thousands.
    thousands: Option<String>,
    /// What is no number, even if commas are decimal.
    other: bool,
}

/// What the commas and points of each column mean. A column's commas are decimal if they cannot separate thousands
/// (`1,234`), there or, where no number of the file has a point, elsewhere in the file. The columns `written` are not
/// looked at: they are read as they are. Where a file is European by its semicolons, points are doubted.
///
/// # Errors
/// A text that cannot be taken apart.
pub(crate) fn read(
    mut records: Records,
    written: &[bool],
    missing: &Missing,
    is_european: bool,
) -> Result<Commas, String> {
    let mut seen = vec![Seen::default(); written.len()];
    let mut fields = Vec::new();
    while records.next(&mut fields)?.is_some() {
        for ((field, seen), _) in fields
            .iter()
            .zip(&mut seen)
            .zip(written)
            .filter(|(_, w)| !**w)
        {
            seen.add(plain(field), missing);
        }
    }
    let is_certain = seen.iter().any(|seen| seen.certain && !seen.other);
    let has_points = seen.iter().any(|seen| seen.points);
    let is_decimal = |seen: &Seen| {
        let is_sure = seen.certain || is_certain && !has_points;
        seen.commas && is_sure && !seen.other && !seen.points
    };
    let unclear = |seen: &Seen| {
        // Beside numbers without a point, or in a file whose commas are decimal.
        let is_doubtful = seen.plain && is_european || is_certain;
        let may_be = !seen.other && is_doubtful && !seen.decimal_points && !seen.commas;
        seen.thousands.clone().filter(|_| may_be)
    };
    Ok(Commas {
        decimal: seen.iter().map(is_decimal).collect(),
        unclear: seen.iter().map(unclear).collect(),
    })
}

impl Seen {
    fn add(&mut self, text: &str, missing: &Missing) {
        if let Some(is_certain) = comma_number(text) {
            self.commas = true;
            self.certain |= is_certain;
        } else if missing.is_text(text) || is_marker(text) {
        } else if text.parse::<f64>().is_err() {
            self.other = true;
        } else if !text.contains('.') {
            self.plain = true;
        } else {
            self.points = true;
            match may_be_thousands(text) {
                true => self.thousands = Some(text.to_owned()),
                false => self.decimal_points = true,
            }
        }
    }
}

/// Whether the point of a number may separate thousands: `1.792`, but neither `0.792` nor `1.79`.
fn may_be_thousands(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    digits.split_once('.').is_some_and(|(before, after)| {
        let groups = (1..=3).contains(&before.len()) && after.len() == 3;
        groups && !before.starts_with('0') && all_digits(before) && all_digits(after)
    })
}

/// A number's text without what may quote it.
pub(crate) fn plain<'a>(field: &Field<'a>) -> &'a str {
    match field.form {
        Form::Quoted => field.raw.trim_matches('"').trim(),
        Form::Plain | Form::Irregular => field.raw.trim(),
    }
}

/// Whether a text is a number with a comma, and then whether that is surely a decimal one: not
/// one between thousands.
fn comma_number(text: &str) -> Option<bool> {
    let (whole, rest) = text.split_once(',')?;
    let digits = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fraction = rest.split(['e', 'E']).next().unwrap_or(rest);
    let is_number = all_digits(digits)
        && !fraction.is_empty()
        && all_digits(fraction)
        && text.replacen(',', ".", 1).parse::<f64>().is_ok();
    let may_be_thousands =
        (1..=3).contains(&digits.len()) && !digits.starts_with('0') && fraction.len() == 3;
    is_number.then_some(!may_be_thousands)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commas(text: &str, count: usize) -> Commas {
        let missing = Missing::new(["fehlt"].into_iter());
        read(
            Records::new(text, b';', 1),
            &vec![false; count],
            &missing,
            true,
        )
        .unwrap()
    }

    fn decimal(text: &str, count: usize) -> Vec<bool> {
        commas(text, count).decimal
    }

    #[test]
    fn commas_are_decimal_where_nothing_else_is_possible() {
        let text = "1,5;a;1,234;3\n\"-0,25\";b;2;4\n";
        assert_eq!(decimal(text, 4), [true, false, true, false]);
        assert_eq!(decimal("1,5e-3;a\n;b\n", 2), [true, false]);
        // A text among them: not a column of numbers. What stands for a missing value is none.
        assert_eq!(decimal("1,5;1,5\n2,5;x\n", 2), [true, false]);
        assert_eq!(decimal("1,5;a\nNA;b\n#NV;c\nfehlt;d\n", 2), [true, false]);
        // Points of another column, such as versions, change nothing.
        assert_eq!(decimal("1,5;2.5\n", 2), [true, false]);
        let written = read(
            Records::new("1,5;2,5\n", b';', 1),
            &[true, false],
            &Missing::default(),
            true,
        );
        assert_eq!(written.unwrap().decimal, [false, true]);
    }

    #[test]
    fn commas_that_may_separate_thousands_are_not_certain() {
        assert_eq!(decimal("1,234;a\n2,000;b\n", 2), [false, false]);
        assert_eq!(decimal("1,234;1,5;0.5\n", 3), [false, true, false]);
        assert_eq!(decimal("1;2\n", 2), [false, false]);
    }

    #[test]
    fn points_that_may_separate_thousands_are_unclear() {
        let unclear = |text: &str| commas(text, 1).unclear.remove(0);
        assert_eq!(unclear("345\n1.792\n9.120\n"), Some("9.120".to_owned()));
        assert_eq!(
            commas("1.792;1,5\n", 2).unclear[0],
            Some("1.792".to_owned())
        );
        for text in [
            "345\n1.79\n1.792\n",
            "1.500\n1.792\n",
            "345\n0.792\n",
            "345\n1200\n",
            "a\n1\n1.792\n",
        ] {
            assert_eq!(unclear(text), None, "{text}");
        }
    }
}
