//! Cells without a value and levels that the training part lacks, in a part that is encoded.

use crate::data::quality::remedy::shortened;
use crate::spec::TableWarning;

/// What a part lacks.
#[derive(Default)]
pub(crate) struct Gaps {
    is_incomplete: bool,
    /// Columns without a feature for missing values, with the number of cells that have none.
    unmarked: Vec<(String, usize)>,
    /// Columns with the number of cells whose level the training part lacks, and these levels.
    unknown: Vec<(String, usize, Vec<String>)>,
}

impl Gaps {
    /// Records cells without a value, for which the column may have an `indicator`.
    pub(crate) fn absent(&mut self, column: &str, cells: usize, indicator: bool) {
        self.is_incomplete = true;
        if !indicator {
            self.unmarked.push((column.to_owned(), cells));
        }
    }

    /// Records cells with levels that the training part lacks.
    pub(crate) fn unknown(&mut self, column: &str, mut cells: Vec<&str>) {
        let count = cells.len();
        cells.sort_unstable();
        cells.dedup();
        if count > 0 {
            let levels = cells.into_iter().map(shortened).collect();
            self.unknown.push((column.to_owned(), count, levels));
        }
    }

    /// Whether any cell has no value.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.is_incomplete
    }

    /// The warnings: one of each kind, however many columns there are.
    pub(crate) fn warnings(self) -> Vec<TableWarning> {
        let (unmarked, unknown) = (self.unmarked, self.unknown);
        let unmarked =
            (!unmarked.is_empty()).then_some(TableWarning::Unmarked { columns: unmarked });
        let unknown =
            (!unknown.is_empty()).then_some(TableWarning::UnknownCategories { columns: unknown });
        unmarked.into_iter().chain(unknown).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_columns_are_reported_in_one_line() {
        let mut gaps = Gaps::default();
        for column in 0..40 {
            gaps.absent(&format!("c{column}"), 2, column % 2 == 0);
            gaps.unknown(&format!("c{column}"), vec!["b", "a", "b"]);
        }
        assert!(gaps.is_incomplete());
        let warnings = gaps.warnings();
        let text: Vec<String> = warnings
            .iter()
            .map(|warning| warning.in_english(|name| format!("`{name}`")))
            .collect();
        assert_eq!(text.len(), 2);
        assert!(text[0].contains("`c1` (2), `c3` (2)") && text[0].contains("and 8 more"));
        assert!(text[1].contains("`c0` (3: `a`, `b`)"), "{}", text[1]);
        assert!(Gaps::default().warnings().is_empty());
    }
}
