//! The report as one HTML file, which works offline from a folder.
//!
//! [`Page`] has the data and [`render`] fills the template. The browser draws the table and charts
//! (`scripts/*.js`, plain JavaScript without libraries) from JSON in the page; the other sections
//! are HTML. Text is never markup: it is escaped here, and the scripts insert it as text nodes.

mod build_page;
mod cell;
mod column;
mod compact;
mod curves;
mod language;
mod page_data;
mod render;
mod row;
mod script_json;
mod section;
mod template;
mod trial_columns;

pub(super) use build_page::{MAX_CURVE_VALUES, TableOfTrials, build_page, page_language, sections};
pub use cell::Cell;
pub use column::{Better, Column, Kind};
pub use curves::{Curve, Curves};
pub use language::PageLanguage;
pub use page_data::{Page, Scatter};
pub use render::{render, render_reloading};
pub use row::Row;
pub use section::{Drawing, Section, SectionBlock};
