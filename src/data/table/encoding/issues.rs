//! Missing values and unknown categories in an encoded part.

use crate::data::quality::remedy::shortened;
use crate::spec::TableWarning;

/// The missing values and unknown categories of a part.
#[derive(Default)]
pub(crate) struct EncodingIssues {
    has_missing: bool,
    /// Columns without an indicator of missing values, with the number of missing values.
    without_indicator: Vec<(String, usize)>,
    /// Columns with categories that the training part lacks, with the number of these cells and the categories.
    unknown_categories: Vec<(String, usize, Vec<String>)>,
}

impl EncodingIssues {
    /// Records missing values of a column, which may have an `indicator` feature for them.
    pub(crate) fn add_missing(&mut self, column: &str, cells: usize, has_indicator: bool) {
        self.has_missing = true;
        if !has_indicator {
            self.without_indicator.push((column.to_owned(), cells));
        }
    }

    /// Records cells with categories that the training part lacks.
    pub(crate) fn add_unknown(&mut self, column: &str, mut cells: Vec<&str>) {
        let count = cells.len();
        cells.sort_unstable();
        cells.dedup();
        if count > 0 {
            let categories = cells.into_iter().map(shortened).collect();
            self.unknown_categories
                .push((column.to_owned(), count, categories));
        }
    }

    /// Whether any value is missing.
    pub(crate) fn has_missing(&self) -> bool {
        self.has_missing
    }

    /// The warnings: one of each kind, however many columns there are.
    pub(crate) fn warnings(self) -> Vec<TableWarning> {
        let (without_indicator, unknown) = (self.without_indicator, self.unknown_categories);
        let without_indicator =
            (!without_indicator.is_empty()).then_some(TableWarning::MissingWithoutIndicator {
                columns: without_indicator,
            });
        let unknown =
            (!unknown.is_empty()).then_some(TableWarning::UnknownCategories { columns: unknown });
        without_indicator.into_iter().chain(unknown).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_columns_are_reported_in_one_line() {
        let mut issues = EncodingIssues::default();
        for column in 0..40 {
            issues.add_missing(&format!("c{column}"), 2, column % 2 == 0);
            issues.add_unknown(&format!("c{column}"), vec!["b", "a", "b"]);
        }
        assert!(issues.has_missing());
        let warnings = issues.warnings();
        let text: Vec<String> = warnings
            .iter()
            .map(|warning| warning.in_english(|name| format!("`{name}`")))
            .collect();
        assert_eq!(text.len(), 2);
        assert!(text[0].contains("`c1` (2), `c3` (2)") && text[0].contains("and 8 more"));
        assert!(text[1].contains("`c0` (3: `a`, `b`)"), "{}", text[1]);
        assert!(EncodingIssues::default().warnings().is_empty());
    }
}
