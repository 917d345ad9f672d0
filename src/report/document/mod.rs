//! A report as blocks, tables and pictures, before it is Markdown or HTML.
pub(super) mod blocks;
pub(super) mod figure;
pub(super) mod table;
