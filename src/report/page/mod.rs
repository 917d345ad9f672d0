//! The report as one HTML file: it works from a folder, loads nothing and asks nothing of a network.
//!
//! [`Page`] is what it shows, [`render`] puts that into the template. Table and charts are drawn in
//! the browser (`*.js`, plain JavaScript without a library) from data that stand in the page as
//! JSON; further sections are HTML already. Text is never markup: here it is escaped, and the
//! scripts make text nodes of it.

pub(super) mod build;
mod cell;
mod column;
mod compact;
mod curves;
mod escape;
mod language;
mod row;
mod section;
mod template;

pub use cell::Cell;
pub use column::{Better, Column, Kind};
pub use curves::{Curve, Curves};
pub use language::Language;
pub use row::{Progress, Row};
pub use section::{Block, Figure, Section};

use crate::escape::html;
use escape::json;
use serde::Serialize;
use std::fmt::Write;

/// All that a page shows.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    /// The language of the interface; decimals are written with a comma in French. What stands in
    /// the other fields is shown as it is.
    pub language: Language,
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
    pub across: String,
    /// [`Column::key`] of the vertical axis: the accuracy.
    pub up: String,
}

/// The scripts, in the order in which they stand in the page: what a file uses is above it.
const SCRIPTS: [&str; 18] = [
    include_str!("dom.js"),
    include_str!("text.js"),
    include_str!("format.js"),
    include_str!("scale.js"),
    include_str!("column.js"),
    include_str!("order.js"),
    include_str!("filter.js"),
    include_str!("store.js"),
    include_str!("address.js"),
    include_str!("marker.js"),
    include_str!("table.js"),
    include_str!("csv.js"),
    include_str!("controls.js"),
    include_str!("parallel.js"),
    include_str!("brush.js"),
    include_str!("curves.js"),
    include_str!("scatter.js"),
    include_str!("main.js"),
];

/// The page as a file. Pure: equal pages give equal bytes.
pub fn render(page: &Page) -> String {
    let data = json(page);
    let mut curves: Vec<Option<&Curves>> =
        page.rows.iter().map(|row| row.curves.as_ref()).collect();
    if curves.iter().all(Option::is_none) {
        curves.clear();
    }
    let sections = section::sections(&page.sections);
    let nonce = nonce(&[&data, &page.description, &sections]);
    let text = page.language.text();
    template::fill(include_str!("page.html"), |name| match name {
        "language" => page.language.code().to_owned(),
        "nonce" => nonce.clone(),
        "title" => html(&page.title),
        "description" => section::paragraphs(&page.description),
        "overview" => items(page.overview.iter().map(|fact| section::inline(fact))),
        "contents" => items(page.sections.iter().enumerate().map(contents)),
        "sections" => sections.clone(),
        "generated_by" => html(&page.generated_by),
        "css" => compact::compact_styles(include_str!("page.css")),
        "theme" => compact::compact(include_str!("theme.js")),
        "scripts" => SCRIPTS.map(compact::compact).concat(),
        "data" => data.clone(),
        "curves" => json(&curves),
        "text" => json(&text),
        key => html(text.get(key).map_or(key, String::as_str)),
    })
}

/// What the page's own scripts are known by. It is the same for equal pages, and nobody can foresee it
/// in a text of theirs: that would have to have its own hash in it.
fn nonce(texts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for text in texts {
        hasher.update(text.as_bytes());
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

fn items(texts: impl Iterator<Item = String>) -> String {
    texts.fold(String::new(), |mut list, text| {
        let _ = writeln!(list, "<li>{text}</li>");
        list
    })
}

fn contents((position, section): (usize, &Section)) -> String {
    let id = section::id(position);
    format!("<a href=\"#{id}\">{}</a>", html(&section.title))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_in_the_template_is_known() {
        let known = [
            "language",
            "nonce",
            "title",
            "description",
            "overview",
            "contents",
            "sections",
            "generated_by",
            "css",
            "theme",
            "scripts",
            "data",
            "curves",
            "text",
        ];
        let text = Language::En.text();
        template::fill(include_str!("page.html"), |name| {
            let is_known = known.contains(&name) || text.contains_key(name);
            assert!(is_known, "page.html has {{{{{name}}}}}");
            String::new()
        });
    }

    #[test]
    fn scripts_make_no_markup_of_text() {
        for script in SCRIPTS {
            for maker in [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
            ] {
                assert!(!script.contains(maker), "{maker}");
            }
        }
    }
}
