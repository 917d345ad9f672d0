//! The report as one HTML file: it works from a folder, loads nothing and asks nothing of a network.
//!
//! [`Page`] is what it shows, [`render`] puts that into the template. Table and charts are drawn in
//! the browser (`*.js`, plain JavaScript without a library) from data that stand in the page as
//! JSON; further sections are HTML already. Text is never markup: here it is escaped, and the
//! scripts make text nodes of it.

mod build;
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

pub(super) use build::build_page;
pub use cell::Cell;
pub use column::{Better, Column, Kind};
pub use curves::{Curve, Curves};
pub use language::PageLanguage;
pub use page_data::{Page, Scatter};
pub use render::render;
pub use row::Row;
pub use section::{Drawing, Section, SectionBlock};
