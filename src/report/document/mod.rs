//! A report as blocks, tables and figures, which Markdown and HTML are made from.
pub(super) mod blocks;
pub(super) mod figure;
mod plain_text;
pub(super) mod table;
