//! A page as one HTML file.

use super::compact::{compact, compact_styles};
use super::curves::Curves;
use super::page_data::Page;
use super::script_json::script_json;
use super::section::{self, Section};
use super::template;
use crate::escape::html;
use std::fmt::Write;

/// The scripts, each after those that it uses.
pub(super) const SCRIPTS: [&str; 18] = [
    include_str!("scripts/dom.js"),
    include_str!("scripts/text.js"),
    include_str!("scripts/format.js"),
    include_str!("scripts/scale.js"),
    include_str!("scripts/column.js"),
    include_str!("scripts/order.js"),
    include_str!("scripts/filter.js"),
    include_str!("scripts/store.js"),
    include_str!("scripts/address.js"),
    include_str!("scripts/marker.js"),
    include_str!("scripts/table.js"),
    include_str!("scripts/csv.js"),
    include_str!("scripts/controls.js"),
    include_str!("scripts/parallel.js"),
    include_str!("scripts/brush.js"),
    include_str!("scripts/curves.js"),
    include_str!("scripts/scatter.js"),
    include_str!("scripts/main.js"),
];

/// Renders the page as HTML. Pure: equal pages give equal bytes.
pub fn render(page: &Page) -> String {
    render_reloading(page, None)
}

/// Renders the page as HTML that a browser loads again after so many seconds.
pub fn render_reloading(page: &Page, seconds: Option<u32>) -> String {
    let reload = seconds.map_or_else(String::new, |seconds| {
        format!("<meta http-equiv=\"refresh\" content=\"{seconds}\">\n")
    });
    let data = script_json(page);
    let mut curves: Vec<Option<&Curves>> =
        page.rows.iter().map(|row| row.curves.as_ref()).collect();
    if curves.iter().all(Option::is_none) {
        curves.clear();
    }
    let sections = section::sections(&page.sections);
    let nonce = nonce(&[
        &data,
        &page.summary.join("\n"),
        &page.description,
        &sections,
    ]);
    let text = page.language.text();
    template::fill(include_str!("page.html"), |name| match name {
        "language" => page.language.code().to_owned(),
        "nonce" => nonce.clone(),
        "reload" => reload.clone(),
        "title" => html(&page.title),
        "description" => section::paragraphs(&page.description),
        "summary" => items(page.summary.iter().map(|line| section::inline(line))),
        "overview" => items(page.overview.iter().map(|fact| section::inline(fact))),
        "contents" => items(page.sections.iter().enumerate().map(contents)),
        "sections" => sections.clone(),
        "generated_by" => html(&page.generated_by),
        "css" => compact_styles(include_str!("page.css")),
        "theme" => compact(include_str!("scripts/theme.js")),
        "scripts" => SCRIPTS.map(compact).concat(),
        "data" => data.clone(),
        "curves" => script_json(&curves),
        "text" => script_json(&text),
        key => html(text.get(key).map_or(key, String::as_str)),
    })
}

/// The nonce of the page's scripts (Content Security Policy). It is equal for equal pages, and no
/// text in the page can contain it, because it is a hash of these texts.
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
    use crate::report::page::PageLanguage;

    #[test]
    fn each_name_in_the_template_is_known() {
        let known = [
            "language",
            "nonce",
            "reload",
            "title",
            "description",
            "summary",
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
        let text = PageLanguage::En.text();
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
