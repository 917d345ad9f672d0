//! Cells without a value.

use crate::spec::ColumnNames;

/// Texts that programs write for a missing number.
const MARKERS: [&str; 15] = [
    "na", "n/a", "#n/a", "#nv", "#n/v", "<na>", "nan", "-nan", "null", "none", "nil", "nat", "?",
    "-", ".",
];

/// The texts and numbers that stand for a missing value, in addition to empty cells.
#[derive(Clone, Debug, Default)]
pub(crate) struct MissingValues {
    texts: Vec<String>,
    numbers: Vec<f64>,
}

impl MissingValues {
    /// From the texts in the settings.
    pub(crate) fn new<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let texts: Vec<String> = names.map(|name| name.trim().to_owned()).collect();
        // Files with semicolons have decimal commas.
        let point = |text: &String| text.replacen(',', ".", 1).parse().ok();
        let numbers = texts.iter().filter_map(point).collect();
        Self { texts, numbers }
    }

    /// From `data.na_values`, if set.
    pub(crate) fn of(names: Option<&ColumnNames>) -> Self {
        Self::new(names.into_iter().flat_map(ColumnNames::iter))
    }

    /// Whether a text stands for a missing value in every column.
    pub(crate) fn is_text(&self, text: &str) -> bool {
        let text = text.trim();
        text.is_empty() || self.texts.iter().any(|marker| marker == text)
    }

    /// Whether the name of a category stands for a missing value, as text or as a number.
    pub(crate) fn is_name(&self, name: &str) -> bool {
        self.is_text(name)
            || name
                .parse()
                .is_ok_and(|number: f64| self.numbers.contains(&number))
    }

    /// Whether a truth value stands for a missing value.
    pub(crate) fn is_flag(&self, flag: bool) -> bool {
        let flag = flag.to_string();
        self.texts
            .iter()
            .any(|marker| marker.eq_ignore_ascii_case(&flag))
    }

    /// Whether a number stands for a missing value.
    pub(crate) fn is_number(&self, number: f64) -> bool {
        number.is_nan() || self.numbers.contains(&number)
    }
}

/// Whether programs write this text for a missing value. In a column of text it may be a value.
pub(crate) fn is_missing_marker(text: &str) -> bool {
    MARKERS.contains(&text.trim().to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_user_names_is_missing_as_text_and_as_number() {
        let missing = MissingValues::new(["-999", "unknown"].into_iter());
        assert!(missing.is_text(" unknown ") && missing.is_text("") && missing.is_text("-999"));
        assert!(!missing.is_text("NA") && is_missing_marker("NA") && is_missing_marker("?"));
        assert!(missing.is_number(-999.0) && missing.is_number(f64::NAN));
        assert!(!missing.is_number(0.0));
        let missing = MissingValues::new(["-999.0", "FALSE"].into_iter());
        assert!(missing.is_name("-999") && missing.is_flag(false) && !missing.is_flag(true));
    }
}
