//! A document as plain text, for a terminal.

use super::blocks::{Block, Document};
use super::table::width;
use crate::escape::{Piece, single_line, split_code};

impl Document {
    /// The summary and the blocks as plain text, without the title. Figures are left out.
    pub fn to_text(&self) -> String {
        let mut text = self.summary_text();
        for block in &self.blocks {
            match block {
                Block::Heading(2, title) => {
                    let title = single_line(title);
                    let line = "=".repeat(width(&title));
                    text.push_str(&format!("\n{title}\n{line}\n"));
                }
                Block::Heading(_, title) => {
                    text.push_str(&format!("\n{}:\n", single_line(title)));
                }
                Block::Paragraph(prose) => text.push_str(&format!("\n{}\n", plain_line(prose))),
                Block::List(items) => {
                    text.push('\n');
                    for item in items {
                        text.push_str(&format!("- {}\n", plain_line(item)));
                    }
                }
                Block::Table(table) => text.push_str(&format!("\n{}", table.to_text())),
                Block::Yaml(lines) => text.push_str(&format!("\n{}\n", lines.trim_end())),
                Block::Figure(_) => {}
            }
        }
        text
    }

    /// The summary as plain text.
    pub fn summary_text(&self) -> String {
        let lines = self.summary.iter().map(|line| plain_line(line));
        lines.map(|line| format!("{line}\n")).collect()
    }
}

/// Prose on one line, without the backticks around code.
fn plain_line(prose: &str) -> String {
    let pieces = split_code(prose).into_iter().map(|piece| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Code(code) => code.to_owned(),
    });
    single_line(&pieces.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::document::table::{Align, Table};

    #[test]
    fn a_terminal_gets_headings_prose_and_tables_without_markup() {
        let mut table = Table::new([
            ("key".to_owned(), Align::Left),
            ("A".to_owned(), Align::Right),
        ]);
        table.row(vec!["model.width".to_owned(), "64".to_owned()]);
        let mut document = Document {
            title: "title".to_owned(),
            summary: vec!["A: `lr0.1_width64`.".to_owned()],
            ..Document::default()
        };
        document.section("Settings");
        document.paragraph("Set `keep`\nto `all`.");
        document.table(table);
        document.subsection("More");
        document.list(vec!["one `a*b`".to_owned(), "two".to_owned()]);
        assert_eq!(
            document.to_text(),
            "A: lr0.1_width64.\n\nSettings\n========\n\nSet keep to all.\n\n\
             key            A\n-----------  ---\nmodel.width   64\n\nMore:\n\n- one a*b\n- two\n"
        );
    }
}
