//! Errors and remedies for cells and columns that cannot be used.

use crate::data::quality::remedy::shortened;
use crate::spec::nearest;

/// The error for a text in a column of numbers.
pub(crate) fn not_a_number(text: &str) -> String {
    let shown = shortened(text);
    if is_formatted_number(text) {
        format!(
            "`{shown}` is not a plain number; write a point before decimals, and nothing between thousands \
             or next to the digits"
        )
    } else {
        format!("`{shown}` is text in a column of numbers; correct it, or empty the cell")
    }
}

/// Whether a text is a number in a format for people: `1,234.5`, `1.234,50 €`, `12 %`, `$3`.
pub(crate) fn is_formatted_number(text: &str) -> bool {
    let is_around = |c: char| "+-$€£¥% ".contains(c) || c.is_whitespace();
    let inner = text.trim_matches(is_around);
    let is_between = |c: char| ",.' _".contains(c) || c.is_whitespace();
    let groups: Vec<&str> = inner.split(is_between).collect();
    let are_digits = groups
        .iter()
        .all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()));
    // All groups but the first and the last must have three digits: not `10.0.0.1`.
    let middle = groups.get(1..groups.len().max(2) - 1).unwrap_or_default();
    let is_bare = inner == text.trim() && groups.len() == 1;
    are_digits && !is_bare && middle.iter().all(|group| group.len() == 3)
}

/// The error for a column that a table does not have, with a likely cause.
pub(crate) fn no_column(label: &str, names: &[String]) -> String {
    // A single name with spaces: the columns have an unsupported separator.
    let is_whole_line = matches!(names, [only] if only.trim().contains(char::is_whitespace));
    if !is_whole_line && let Some(near) = nearest(label, names.iter().map(String::as_str)) {
        return format!("it has no column `{label}`; did you mean `{near}`?");
    }
    let are_values = names.iter().any(|name| name.parse::<f64>().is_ok());
    let help = match (are_values, names) {
        (true, _) => "; if its first line is a row, add a line with the columns' names above it",
        (false, [_]) if is_whole_line => "; commas, semicolons, tabs and `|` separate columns",
        _ => "",
    };
    format!(
        "it has no column `{label}`; it has {}{help}",
        first_names(names)
    )
}

fn first_names(names: &[String]) -> String {
    const MAX_SHOWN: usize = 12;
    match names.len() {
        0..=MAX_SHOWN => names.join(", "),
        count => format!("{}, … ({count} columns)", names[..MAX_SHOWN].join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remedy_fits_the_text() {
        assert!(not_a_number("1.234,5").contains("a point before decimals"));
        assert!(not_a_number("1,234").contains("nothing between thousands"));
        assert!(not_a_number("high, low").contains("is text in a column of numbers"));
        for text in [
            "1,5",
            "1.234,50 €",
            "12 %",
            "$3",
            "1 234",
            "-1'000",
            "1.234.567",
            "1,234,567.8",
        ] {
            assert!(is_formatted_number(text), "{text}");
        }
        for text in [
            "", "12", "a1", "25-34", "<=50K", "3rd", "1e5", "%", "10.0.0.1", "1.2.3",
        ] {
            assert!(!is_formatted_number(text), "{text}");
        }
        let named = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            no_column("species", &names)
        };
        assert!(named(&["specis", "x"]).contains("did you mean `specis`"));
        assert!(named(&["5.1", "3.5", "Iris-setosa"]).contains("columns' names above it"));
        assert!(named(&["x y class"]).contains("separate columns"));
        assert!(named(&["x species"]).contains("separate columns"));
        assert!(named(&["x", "y"]).ends_with("it has x, y"));
    }
}
