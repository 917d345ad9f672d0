//! Decimal commas in a CSV text (`1,5` for 1.5), and points that may separate thousands.

use super::records::{Field, Quoting, Records};
use crate::data::table::columns::missing::{MissingValues, is_missing_marker};

/// What commas and points mean in each column.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct DecimalMarks {
    /// For each column, whether its commas are decimal marks; if so, all of its cells are numbers.
    pub(crate) has_decimal_comma: Vec<bool>,
    /// For each column, a number whose point may separate thousands or decimals.
    pub(crate) ambiguous_numbers: Vec<Option<String>>,
}

/// The forms of numbers in a column.
#[derive(Clone, Default)]
struct NumberForms {
    /// Whether there are numbers with a comma.
    comma_numbers: bool,
    /// Whether there are numbers with a comma that cannot separate thousands.
    decimal_commas: bool,
    /// Whether there are numbers with a point.
    points: bool,
    /// Whether there are numbers with a point that cannot separate thousands.
    decimal_points: bool,
    /// Whether there are numbers with neither.
    plain: bool,
    /// A number whose point may separate thousands.
    thousands: Option<String>,
    /// Whether there are texts that are not numbers, even with decimal commas.
    texts: bool,
}

/// Determines what commas and points mean in each column. A column's commas are decimal marks if some cannot separate
/// thousands (as in `1,234`), either in this column or, if no number in the file has a point, in another one. Columns with
/// `is_text` are ignored. In a European file (with semicolons), points may separate thousands.
///
/// # Errors
/// A text that cannot be parsed.
pub(crate) fn read(
    mut records: Records,
    is_text: &[bool],
    missing: &MissingValues,
    is_european: bool,
) -> Result<DecimalMarks, String> {
    let mut forms = vec![NumberForms::default(); is_text.len()];
    let mut fields = Vec::new();
    while records.next(&mut fields)?.is_some() {
        for ((field, forms), &is_text) in fields.iter().zip(&mut forms).zip(is_text) {
            if !is_text {
                forms.add(unquoted(field), missing);
            }
        }
    }
    let has_decimal_commas = forms
        .iter()
        .any(|forms| forms.decimal_commas && !forms.texts);
    let has_points = forms.iter().any(|forms| forms.points);
    let is_decimal = |forms: &NumberForms| {
        let is_certain = forms.decimal_commas || has_decimal_commas && !has_points;
        forms.comma_numbers && is_certain && !forms.texts && !forms.points
    };
    let ambiguous_number = |forms: &NumberForms| {
        // Points are ambiguous next to numbers without a point, or in a file with decimal commas.
        let may_be_thousands = forms.plain && is_european || has_decimal_commas;
        let is_ambiguous =
            !forms.texts && may_be_thousands && !forms.decimal_points && !forms.comma_numbers;
        forms.thousands.clone().filter(|_| is_ambiguous)
    };
    Ok(DecimalMarks {
        has_decimal_comma: forms.iter().map(is_decimal).collect(),
        ambiguous_numbers: forms.iter().map(ambiguous_number).collect(),
    })
}

impl NumberForms {
    fn add(&mut self, text: &str, missing: &MissingValues) {
        if let Some(is_decimal) = comma_number(text) {
            self.comma_numbers = true;
            self.decimal_commas |= is_decimal;
        } else if missing.is_text(text) || is_missing_marker(text) {
        } else if text.parse::<f64>().is_err() {
            self.texts = true;
        } else if !text.contains('.') {
            self.plain = true;
        } else {
            self.points = true;
            if may_be_thousands(text) {
                self.thousands = Some(text.to_owned());
            } else {
                self.decimal_points = true;
            }
        }
    }
}

/// Whether the point of a number may separate thousands: `1.792`, but neither `0.792` nor `1.79`.
fn may_be_thousands(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.split_once('.').is_some_and(|(before, after)| {
        let groups = (1..=3).contains(&before.len()) && after.len() == 3;
        groups && !before.starts_with('0') && all_digits(before) && all_digits(after)
    })
}

/// The text of a field without quotation marks.
pub(crate) fn unquoted<'a>(field: &Field<'a>) -> &'a str {
    match field.quoting {
        Quoting::Full => field.raw.trim_matches('"').trim(),
        Quoting::None | Quoting::Irregular => field.raw.trim(),
    }
}

/// For a number with a comma, whether the comma cannot separate thousands; `None` for other texts.
fn comma_number(text: &str) -> Option<bool> {
    let (whole, rest) = text.split_once(',')?;
    let digits = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    let fraction = rest.split(['e', 'E']).next().unwrap_or(rest);
    let is_number = all_digits(digits)
        && !fraction.is_empty()
        && all_digits(fraction)
        && text.replacen(',', ".", 1).parse::<f64>().is_ok();
    let may_be_thousands =
        (1..=3).contains(&digits.len()) && !digits.starts_with('0') && fraction.len() == 3;
    is_number.then_some(!may_be_thousands)
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(text: &str, count: usize) -> DecimalMarks {
        let missing = MissingValues::new(["fehlt"].into_iter());
        read(
            Records::new(text, b';', 1),
            &vec![false; count],
            &missing,
            true,
        )
        .unwrap()
    }

    fn decimal(text: &str, count: usize) -> Vec<bool> {
        marks(text, count).has_decimal_comma
    }

    #[test]
    fn commas_are_decimal_where_nothing_else_is_possible() {
        let text = "1,5;a;1,234;3\n\"-0,25\";b;2;4\n";
        assert_eq!(decimal(text, 4), [true, false, true, false]);
        assert_eq!(decimal("1,5e-3;a\n;b\n", 2), [true, false]);
        // With a text, it is not a column of numbers. Markers of missing values do not count as text.
        assert_eq!(decimal("1,5;1,5\n2,5;x\n", 2), [true, false]);
        assert_eq!(decimal("1,5;a\nNA;b\n#NV;c\nfehlt;d\n", 2), [true, false]);
        // Points in another column, such as versions, do not matter.
        assert_eq!(decimal("1,5;2.5\n", 2), [true, false]);
        let written = read(
            Records::new("1,5;2,5\n", b';', 1),
            &[true, false],
            &MissingValues::default(),
            true,
        );
        assert_eq!(written.unwrap().has_decimal_comma, [false, true]);
    }

    #[test]
    fn commas_that_may_separate_thousands_are_not_certain() {
        assert_eq!(decimal("1,234;a\n2,000;b\n", 2), [false, false]);
        assert_eq!(decimal("1,234;1,5;0.5\n", 3), [false, true, false]);
        assert_eq!(decimal("1;2\n", 2), [false, false]);
    }

    #[test]
    fn points_that_may_separate_thousands_are_ambiguous() {
        let unclear = |text: &str| marks(text, 1).ambiguous_numbers.remove(0);
        assert_eq!(unclear("345\n1.792\n9.120\n"), Some("9.120".to_owned()));
        assert_eq!(
            marks("1.792;1,5\n", 2).ambiguous_numbers[0],
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
