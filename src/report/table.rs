//! A table laid out once, for Markdown that also reads well as plain text.

/// How a column's cells are aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// A table of text cells.
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

    /// The table as Markdown, its columns aligned with spaces.
    pub fn to_markdown(&self) -> String {
        let header: Vec<String> = self.columns.iter().map(|(name, _)| escaped(name)).collect();
        let rows: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|row| row.iter().map(|cell| escaped(cell)).collect())
            .collect();
        // At least three, so that a divider is one in every dialect of Markdown.
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|column| {
                let cells = rows.iter().chain([&header]).map(|row| width(&row[column]));
                cells.max().unwrap_or(0).max(3)
            })
            .collect();
        let line = |cells: &[String]| -> String {
            let padded = cells.iter().zip(&widths).zip(&self.columns);
            let cells: Vec<String> = padded
                .map(|((cell, &full), (_, align))| {
                    let space = " ".repeat(full - width(cell));
                    match align {
                        Align::Left => format!("{cell}{space}"),
                        Align::Right => format!("{space}{cell}"),
                    }
                })
                .collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let dividers: Vec<String> = self
            .columns
            .iter()
            .zip(&widths)
            .map(|((_, align), &full)| match align {
                Align::Left => "-".repeat(full),
                Align::Right => format!("{}:", "-".repeat(full - 1)),
            })
            .collect();
        let mut text = line(&header);
        text.push_str(&line(&dividers));
        for row in &rows {
            text.push_str(&line(row));
        }
        text
    }
}

fn width(cell: &str) -> usize {
    cell.chars().count()
}

/// A bar would end the cell, a line break the row.
fn escaped(cell: &str) -> String {
    cell.replace('|', "\\|").replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_cells_cannot_break_the_table() {
        let mut table = Table::new([("name".into(), Align::Left), ("n".into(), Align::Right)]);
        table.row(vec!["a|b\nc".into(), "5".into()]);
        table.row(vec!["é ±".into(), "1234".into()]);
        insta::assert_snapshot!(table.to_markdown());
    }
}
