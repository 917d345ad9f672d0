//! Decimal commas: in which columns of a CSV text `1,5` is the number 1.5.

use super::records::{Field, Form, Records};

/// What the cells of a column are.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// Numbers with a comma.
    commas: bool,
    /// What is no number, even if commas are decimal.
    other: bool,
}

/// For each column whether its commas are decimal: all of its cells are numbers then. `None` if the
/// meaning of commas is not certain: if a number of the file has a decimal point, or if every comma
/// could separate thousands (`1,234`).
///
/// # Errors
/// A text that cannot be taken apart.
pub(super) fn columns(mut records: Records, count: usize) -> Result<Option<Vec<bool>>, String> {
    let mut seen = vec![Seen::default(); count];
    let (mut certain, mut points) = (false, false);
    let mut fields = Vec::new();
    while records.next(&mut fields)?.is_some() {
        for (field, seen) in fields.iter().zip(&mut seen) {
            let text = plain(field);
            match comma_number(text) {
                Some(is_certain) => {
                    seen.commas = true;
                    certain |= is_certain;
                }
                None if text.is_empty() => {}
                None => {
                    let is_number = text.parse::<f64>().is_ok();
                    points |= is_number && text.contains('.');
                    seen.other |= !is_number;
                }
            }
        }
    }
    let is_decimal = |seen: &Seen| seen.commas && !seen.other;
    Ok((certain && !points).then(|| seen.iter().map(is_decimal).collect()))
}

/// A number's text without what may quote it.
pub(super) fn plain<'a>(field: &Field<'a>) -> &'a str {
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

    fn decimal(text: &str, count: usize) -> Option<Vec<bool>> {
        columns(Records::new(text, b';', 1), count).unwrap()
    }

    #[test]
    fn commas_are_decimal_where_nothing_else_is_possible() {
        let text = "1,5;a;1,234;3\n\"-0,25\";b;2;4\n";
        assert_eq!(decimal(text, 4), Some(vec![true, false, true, false]));
        assert_eq!(decimal("1,5e-3;a\n;b\n", 2), Some(vec![true, false]));
        // A text among them: not a column of numbers.
        assert_eq!(decimal("1,5;1,5\n2,5;x\n", 2), Some(vec![true, false]));
    }

    #[test]
    fn commas_that_may_separate_thousands_are_not_certain() {
        assert_eq!(decimal("1,234;a\n2,000;b\n", 2), None);
        assert_eq!(decimal("1,5;2.5\n", 2), None);
        assert_eq!(decimal("1;2\n", 2), None);
    }
}
