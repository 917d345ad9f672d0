//! The data of a page.

use super::column::Column;
use super::language::PageLanguage;
use super::row::Row;
use super::section::Section;
use serde::Serialize;

/// The data of a page.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    /// The language of the interface and of number formats. The other fields are shown as they are.
    pub language: PageLanguage,
    /// The heading, and the title of the browser's tab.
    pub title: String,
    /// The lines of the summary: plain text with `` `code` ``.
    #[serde(skip)]
    pub summary: Vec<String>,
    /// The sweep's description: plain text with `` `code` ``; empty lines separate paragraphs.
    #[serde(skip)]
    pub description: String,
    /// Facts of one line each, such as the description of the data.
    #[serde(skip)]
    pub overview: Vec<String>,
    /// The program and its version, for the footer: `tp-sweep 0.1.0`.
    #[serde(skip)]
    pub generated_by: String,
    /// The columns of the table of trials from left to right, without rank, marks, name and status,
    /// which come from [`Row`].
    pub columns: Vec<Column>,
    /// One row for each trial, in the order of the ranking.
    pub rows: Vec<Row>,
    /// The last rank of the leading ties, whose ranks are shown as one range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tied_ranks: Option<u32>,
    /// The chart of score against time, if there is one.
    pub scatter: Option<Scatter>,
    /// The sections after the table and charts.
    #[serde(skip)]
    pub sections: Vec<Section>,
}

/// The chart of one column against another; the rows with [`Row::pareto`] are emphasised.
#[derive(Clone, Debug, Serialize)]
pub struct Scatter {
    /// The [`Column::key`] of the horizontal axis: the seconds per epoch.
    #[serde(rename = "across")]
    pub x: String,
    /// The [`Column::key`] of the vertical axis: the score.
    #[serde(rename = "up")]
    pub y: String,
}
