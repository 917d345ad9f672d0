//! Escapes text for other languages: one function for each language, used wherever that language is
//! written.
//!
//! `crates/charts` writes SVG, serde JSON and YAML, polars and parquet the CSV and Parquet files of
//! reports.

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

/// Replaces each line break and control character by a space.
pub(crate) fn single_line(text: &str) -> String {
    let is_break = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let line = text.replace("\r\n", " ");
    line.replace(is_break, " ")
}
