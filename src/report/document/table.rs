//! A table laid out once, for Markdown that also reads well as plain text.

use crate::escape::{latex, markdown, single_line, unsupported_by_pdflatex};

/// How a column's cells are aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// A table of plain texts: markup in a cell is text like any other.
#[derive(Clone, Debug, Default)]
pub struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns.
    pub fn new(columns: impl IntoIterator<Item = (String, Align)>) -> Self {
        Self {
            columns: columns.into_iter().collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row, one cell for each column.
    pub fn row(&mut self, cells: Vec<String>) {
        debug_assert_eq!(cells.len(), self.columns.len(), "one cell for each column");
        self.rows.push(cells);
    }

    /// How many rows it has.
    pub fn height(&self) -> usize {
        self.rows.len()
    }

    /// The columns: their headers, and how their cells are aligned.
    pub fn columns(&self) -> &[(String, Align)] {
        &self.columns
    }

    /// The rows, a cell for each column.
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    /// The table for a LaTeX document, for the package `booktabs`; a comment names the characters that pdfLaTeX
    /// does not have.
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
                "% pdfLaTeX does not have these characters; use LuaLaTeX or XeLaTeX with a font that has \
                 them: {unsupported}\n"
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

    /// The table as Markdown, its columns aligned with spaces.
    pub fn to_markdown(&self) -> String {
        let dividers = |(align, width): (Align, usize)| match align {
            Align::Left => "-".repeat(width),
            Align::Right => format!("{}:", "-".repeat(width - 1)),
        };
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        self.layout(markdown, dividers, line)
    }

    /// The table as plain text, for a terminal: narrower than Markdown.
    pub fn to_text(&self) -> String {
        let dividers = |(_, width): (Align, usize)| "-".repeat(width);
        let line = |cells: &[String]| format!("{}\n", cells.join("  ").trim_end());
        self.layout(single_line, dividers, line)
    }

    /// Header, dividers and rows, each cell as wide as its column.
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
        // At least three, so that a divider is one in every dialect of Markdown.
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

fn width(cell: &str) -> usize {
    cell.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latex_takes_nothing_for_its_own() {
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
    fn latex_names_what_pdflatex_does_not_have() {
        let mut table = Table::new([("é".into(), Align::Left)]);
        assert!(!table.to_latex().contains("LuaLaTeX"));
        table.row(vec!["日 λ 本日".into()]);
        let comment = "% pdfLaTeX does not have these characters; use LuaLaTeX or XeLaTeX with a font \
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
