//! Cells without a value and levels that the training part lacks, in a part that is encoded.

use super::remedy::{listed, shortened};

/// What a part lacks.
#[derive(Default)]
pub(super) struct Gaps {
    is_incomplete: bool,
    /// Columns without a feature for missing values, with the number of cells that have none.
    unmarked: Vec<(String, usize)>,
    /// Columns with unknown levels: the name, the number of such cells, their levels.
    unknown: Vec<(String, usize, Vec<String>)>,
}

impl Gaps {
    /// Records cells without a value, for which the column may have an `indicator`.
    pub(super) fn absent(&mut self, column: &str, cells: usize, indicator: bool) {
        self.is_incomplete = true;
        if !indicator {
            self.unmarked.push((column.to_owned(), cells));
        }
    }

    /// Records cells with levels that the training part lacks.
    pub(super) fn unknown(&mut self, column: &str, mut cells: Vec<&str>) {
        let count = cells.len();
        cells.sort_unstable();
        cells.dedup();
        if count > 0 {
            let levels = cells.iter().map(|level| format!("`{}`", shortened(level)));
            self.unknown
                .push((column.to_owned(), count, levels.collect()));
        }
    }

    /// Whether any cell has no value.
    pub(super) fn is_incomplete(&self) -> bool {
        self.is_incomplete
    }

    /// The warnings, which call the encoded part `part`.
    pub(super) fn warnings(self, part: &str) -> Vec<String> {
        let mut warnings = Vec::new();
        let unmarked = |(column, cells): &(String, usize)| format!("`{column}` ({cells})");
        let columns: Vec<String> = self.unmarked.iter().map(unmarked).collect();
        if !columns.is_empty() {
            warnings.push(format!(
                "{part} has missing values in columns that are complete in the training part: {}; they \
                 are filled, without an `is missing` feature",
                listed(&columns)
            ));
        }
        let unknown = |(column, cells, levels): &(String, usize, Vec<String>)| {
            format!("`{column}` ({cells}: {})", first(levels))
        };
        let columns: Vec<String> = self.unknown.iter().map(unknown).collect();
        if !columns.is_empty() {
            warnings.push(format!(
                "{part} has levels that the training part lacks: {}; all features of the column are 0 \
                 there",
                listed(&columns)
            ));
        }
        warnings
    }
}

/// The first levels.
fn first(levels: &[String]) -> String {
    const SHOWN: usize = 3;
    let mut shown = levels
        .iter()
        .take(SHOWN)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if levels.len() > SHOWN {
        shown.push_str(", …");
    }
    shown
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
        let warnings = gaps.warnings("the test part");
        assert_eq!(warnings.len(), 2);
        assert!(warnings[0].contains("`c1` (2), `c3` (2)") && warnings[0].contains("and 8 more"));
        assert!(
            warnings[1].contains("`c0` (3: `a`, `b`)"),
            "{}",
            warnings[1]
        );
        assert!(Gaps::default().warnings("").is_empty());
    }
}
