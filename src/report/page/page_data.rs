//! The data of a page.

use super::column::Column;
use super::language::PageLanguage;
use super::row::Row;
use super::section::Section;
use serde::Serialize;

/// All that a page shows.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    /// The language of the interface; decimals are written with a comma in French. What stands in
    /// the other fields is shown as it is.
    pub language: PageLanguage,
    /// The heading, and the title of the browser's tab.
    pub title: String,
    /// What the sweep is for: plain text with `` `code` ``, paragraphs parted by empty lines.
    #[serde(skip)]
    pub description: String,
    /// Facts of one line each: how many trials and runs, on what, when stopped.
    #[serde(skip)]
    pub overview: Vec<String>,
    /// The program and its version, for the last line: `tp-sweep 0.1.0`.
    #[serde(skip)]
    pub generated_by: String,
    /// The columns of the table of trials, from left to right, without rank, marks, name and
    /// status: those come from [`Row`].
    pub columns: Vec<Column>,
    /// One for each trial, in the order of the ranking.
    pub rows: Vec<Row>,
    /// What accuracy costs, as points; no such chart without it.
    pub scatter: Option<Scatter>,
    /// What follows table and charts, in this order.
    #[serde(skip)]
    pub sections: Vec<Section>,
}

/// The chart of one column against another, with the Pareto front of the rows that are
/// [`Row::pareto`].
#[derive(Clone, Debug, Serialize)]
pub struct Scatter {
    /// [`Column::key`] of the horizontal axis: the seconds.
    #[serde(rename = "across")]
    pub x: String,
    /// [`Column::key`] of the vertical axis: the accuracy.
    #[serde(rename = "up")]
    pub y: String,
}
