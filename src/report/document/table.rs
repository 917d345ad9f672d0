//! Tables, for Markdown, LaTeX and the terminal.

use crate::escape::{latex, markdown, single_line, unsupported_by_pdflatex};
use unicode_width::UnicodeWidthStr;

/// The alignment of a column's cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// For text.
    Left,
    /// For numbers.
    Right,
}

/// A table of plain text; markup in cells is escaped.
#[derive(Clone, Debug, Default)]
pub struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Makes an empty table with these columns.
    pub fn new(columns: impl IntoIterator<Item = (String, Align)>) -> Self {
        Self {
            columns: columns.into_iter().collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row with one cell for each column.
    pub fn row(&mut self, cells: Vec<String>) {
        debug_assert_eq!(cells.len(), self.columns.len(), "one cell for each column");
        self.rows.push(cells);
    }

    /// The number of rows.
    pub fn height(&self) -> usize {
        self.rows.len()
    }

    /// The headers of the columns and the alignment of their cells.
    pub fn columns(&self) -> &[(String, Align)] {
        &self.columns
    }

    /// The rows, with one cell for each column.
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    /// The table for LaTeX with the package `booktabs`. A comment lists the characters that
    /// pdfLaTeX does not support.
    pub fn to_latex(&self) -> String {
        let aligns: String = self
            .columns
            .iter()
            .map(|(_, align)| match align {
                Align::Left => 'l',
                Align::Right => 'r',
            })
            .collect();
        let line = |cells: &mut dyn Iterator<Item = &String>| {
            let cells: Vec<String> = cells.map(|cell| latex(cell)).collect();
            format!("{} \\\\\n", cells.join(" & "))
        };
        let mut text = String::from("% \\usepackage{booktabs}\n");
        let headers = self.columns.iter().map(|(name, _)| name.as_str());
        let cells = self.rows.iter().flatten().map(String::as_str);
        let unsupported = unsupported_by_pdflatex(headers.chain(cells));
        if !unsupported.is_empty() {
            let unsupported: String = unsupported.into_iter().collect();
            text.push_str(&format!(
                "% pdfLaTeX does not support these characters; use LuaLaTeX or XeLaTeX with a font that \
                 has them: {unsupported}\n"
            ));
        }
        text.push_str(&format!("\\begin{{tabular}}{{{aligns}}}\n\\toprule\n"));
        text.push_str(&line(&mut self.columns.iter().map(|(name, _)| name)));
        text.push_str("\\midrule\n");
        for row in &self.rows {
            text.push_str(&line(&mut row.iter()));
        }
        text.push_str("\\bottomrule\n\\end{tabular}\n");
        text
    }

    /// The table as Markdown, with aligned columns.
    pub fn to_markdown(&self) -> String {
        let dividers = |(align, width): (Align, usize)| match align {
            Align::Left => "-".repeat(width),
            Align::Right => format!("{}:", "-".repeat(width - 1)),
        };
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        self.layout(markdown, dividers, line)
    }

    /// The table as plain text for a terminal, narrower than Markdown.
    pub fn to_text(&self) -> String {
        let dividers = |(_, width): (Align, usize)| "-".repeat(width);
        let line = |cells: &[String]| format!("{}\n", cells.join("  ").trim_end());
        self.layout(single_line, dividers, line)
    }

    /// Formats header, dividers and rows, each cell as wide as its column.
    fn layout(
        &self,
        shown: impl Fn(&str) -> String,
        divider: impl Fn((Align, usize)) -> String,
        line: impl Fn(&[String]) -> String,
    ) -> String {
        let header: Vec<String> = self.columns.iter().map(|(name, _)| shown(name)).collect();
        let rows = self.rows.iter();
        let rows: Vec<Vec<String>> = rows
            .map(|row| row.iter().map(|cell| shown(cell)).collect())
            .collect();
        // Every dialect of Markdown accepts dividers of at least three characters.
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|column| {
                let cells = rows.iter().chain([&header]).map(|row| width(&row[column]));
                cells.max().unwrap_or(0).max(3)
            })
            .collect();
        let aligns = || self.columns.iter().map(|(_, align)| *align);
        let padded = |cells: &[String]| -> String {
            let cells: Vec<String> = cells
                .iter()
                .zip(aligns().zip(&widths))
                .map(|(cell, (align, &full))| {
                    let space = " ".repeat(full - width(cell));
                    match align {
                        Align::Left => format!("{cell}{space}"),
                        Align::Right => format!("{space}{cell}"),
                    }
                })
                .collect();
            line(&cells)
        };
        let dividers: Vec<String> = aligns().zip(widths.iter().copied()).map(divider).collect();
        let mut text = padded(&header);
        text.push_str(&line(&dividers));
        for row in &rows {
            text.push_str(&padded(row));
        }
        text
    }
}

/// The columns of a terminal that a text takes.
pub(super) fn width(cell: &str) -> usize {
    UnicodeWidthStr::width(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_take_two_columns_are_counted_as_two() {
        let mut table = Table::new([("名前".into(), Align::Left), ("n".into(), Align::Right)]);
        table.row(vec!["a".into(), "1".into()]);
        assert_eq!(table.to_text(), "名前    n\n----  ---\na       1\n");
    }

    #[test]
    fn latex_markup_in_cells_is_escaped() {
        let mut table = Table::new([("a_b".into(), Align::Left), ("n %".into(), Align::Right)]);
        table.row(vec!["\\x & {y}^2".into(), "5 ± 1".into()]);
        assert_eq!(
            table.to_latex(),
            "% \\usepackage{booktabs}\n\\begin{tabular}{lr}\n\\toprule\na\\_b & n \\% \\\\\n\\midrule\n\
             \\textbackslash{}x \\& \\{y\\}\\textasciicircum{}2 & 5 $\\pm$ 1 \\\\\n\
             \\bottomrule\n\\end{tabular}\n"
        );
    }

    #[test]
    fn latex_lists_characters_that_pdflatex_does_not_support() {
        let mut table = Table::new([("é".into(), Align::Left)]);
        assert!(!table.to_latex().contains("LuaLaTeX"));
        table.row(vec!["日 λ 本日".into()]);
        let comment = "% pdfLaTeX does not support these characters; use LuaLaTeX or XeLaTeX with a font \
                       that has them: 日本\n";
        assert!(table.to_latex().contains(comment), "{}", table.to_latex());
    }

    #[test]
    fn columns_are_aligned_and_cells_cannot_break_the_table() {
        let mut table = Table::new([("name".into(), Align::Left), ("n".into(), Align::Right)]);
        table.row(vec!["a|b\nc".into(), "5".into()]);
        table.row(vec!["é ±".into(), "1234".into()]);
        insta::assert_snapshot!(table.to_markdown());
        assert_eq!(
            table.to_text(),
            "name      n\n-----  ----\na|b c     5\n\u{e9} \u{b1}    1234\n"
        );
    }
}
