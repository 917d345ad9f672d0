//! What to do about cells and columns that cannot be used.

use crate::spec::nearest;

/// Why a text is not a number, and what to do about it.
pub(super) fn not_a_number(text: &str) -> String {
    const MISSING: [&str; 10] = [
        "na", "n/a", "nan", "null", "none", "?", "-", ".", "#n/a", "<na>",
    ];
    let trimmed = text.trim();
    if MISSING.contains(&trimmed.to_lowercase().as_str()) {
        return format!("the value is missing (`{text}`); fill it in, or remove the row");
    }
    let has_comma = trimmed.contains(',');
    let digits = trimmed.bytes().filter(u8::is_ascii_digit).count();
    let is_numeric = digits > 0
        && trimmed
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b",.-+ eE'".contains(&byte));
    match has_comma && is_numeric {
        true => format!(
            "`{text}` is not a number here; write a point before decimals, and nothing between \
             thousands"
        ),
        false => format!(
            "`{text}` is text, not a number; leave the column out, or give each of its values a \
             column of 0 and 1"
        ),
    }
}

/// That a table has no column of this name, and what it may be about.
pub(super) fn no_column(label: &str, names: &[String]) -> String {
    // A single name with spaces in it: columns that something else separates.
    let is_whole_line = matches!(names, [only] if only.trim().contains(char::is_whitespace));
    if !is_whole_line && let Some(near) = nearest(label, names.iter().map(String::as_str)) {
        return format!("it has no column `{label}`; did you mean `{near}`?");
    }
    let are_values = names.iter().any(|name| name.parse::<f64>().is_ok());
    let help = match (are_values, names) {
        (true, _) => "; its first line may be a row: write a line with the columns' names above it",
        (false, [_]) if is_whole_line => {
            "; commas, semicolons, tabulators and `|` separate columns"
        }
        _ => "",
    };
    format!(
        "it has no column `{label}`; it has {}{help}",
        shortened(names)
    )
}

fn shortened(names: &[String]) -> String {
    const SHOWN: usize = 12;
    match names.len() {
        0..=SHOWN => names.join(", "),
        count => format!("{}, … ({count} columns)", names[..SHOWN].join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remedy_belongs_to_what_stands_there() {
        assert!(not_a_number("NA").contains("missing (`NA`)"));
        assert!(not_a_number("?").contains("missing"));
        assert!(not_a_number("1.234,5").contains("a point before decimals"));
        assert!(not_a_number("1,234").contains("nothing between thousands"));
        assert!(not_a_number("high, low").contains("is text"));
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
