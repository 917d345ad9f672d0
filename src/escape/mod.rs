//! Text that stays text in another language: one function for each language, used wherever that
//! language is written. A leaf: it knows nothing of what the text is about.
//!
//! SVG is written by `crates/charts`, JSON and YAML by serde, the CSV and Parquet of reports by polars
//! and parquet.

mod code;
mod csv;
mod html;
mod latex;
mod markdown;

pub(crate) use code::{Piece, code, split_code};
pub(crate) use csv::csv;
pub(crate) use html::html;
pub(crate) use latex::{latex, unsupported_by_pdflatex};
pub(crate) use markdown::{code_block, markdown, markdown_heading, markdown_paragraphs};

/// Text without what breaks a line or controls a terminal: a space for each such character.
pub(crate) fn single_line(text: &str) -> String {
    let is_break = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let line = text.replace("\r\n", " ");
    line.replace(is_break, " ")
}
