//! The report's page from made-up results: it is complete, loads nothing, and escapes every
//! text. Pages are written to the folder that `TP_SWEEP_PAGES` names, or to `target/tmp/pages`, where
//! `judges/page/run.sh` opens them in a browser.

mod hostile_names;
mod made_up;

use made_up::{all_column_kinds, grid};
use serde_json::Value;
use std::path::PathBuf;
use tp_sweep::report::page::{
    Better, Cell, Column, Curve, Curves, Drawing, Kind, Page, PageLanguage, Row, Scatter, Section,
    SectionBlock, render,
};
use tp_sweep::report::{Align, Table, TrialState};

/// The maximum size of template, styles, scripts and texts.
const BYTES_WITHOUT_DATA: usize = 82_000;

#[test]
fn a_page_of_a_grid_has_all_trials_and_sections() {
    let page = grid(PageLanguage::En, 108, 12);
    let text = render_to_file("grid", &page);
    let data = script(&text, "data");
    assert_eq!(data["rows"].as_array().unwrap().len(), 108);
    assert_eq!(data["columns"][0]["key"], "param_layers");
    assert_eq!(data["rows"][0]["values"][2], 0.1);
    assert_eq!(data["rows"][0]["best"], true);
    assert_eq!(data["rows"][1].get("best"), None);
    assert_eq!(data["rows"][107]["progress"], "failed");
    let curves = script(&text, "curves-data");
    assert_eq!(curves.as_array().unwrap().len(), 108);
    assert_eq!(
        curves[0]["val_loss"]["deviation"].as_array().unwrap().len(),
        12
    );
    assert_eq!(curves[107], Value::Null);
    for shown in [
        "<h1>axe5</h1>",
        "<li>108 trials, 324 runs: 321 finished, 3 failed.</li>",
        "<a href=\"#section-1\">Effect of each factor</a>",
        "<th scope=\"col\" class=\"number\">val acc %</th>",
        "<h3>training.learning_rate</h3>",
        "<figcaption>Validation accuracy by learning rate.",
    ] {
        assert!(text.contains(shown), "{shown}");
    }
}

#[test]
fn a_page_of_ten_thousand_trials_stays_within_its_size_limit() {
    let page = grid(PageLanguage::En, 10_000, 10);
    let text = render_to_file("ten-thousand", &page);
    assert_eq!(
        script(&text, "data")["rows"].as_array().unwrap().len(),
        10_000
    );
    assert!(text.len() < 16_000_000, "{} bytes", text.len());
}

#[test]
fn a_page_distinguishes_numbers_texts_and_empty_cells() {
    let text = render_to_file("kinds", &all_column_kinds());
    let data = script(&text, "data");
    assert_eq!(data["rows"][1]["values"][0], Value::Null);
    assert_eq!(data["rows"][0]["values"][0], 0.9);
    assert_eq!(data["rows"][0]["values"][4], true);
    assert_eq!(data["rows"][38]["values"][2], 1e35);
    assert_eq!(data["rows"][39]["values"][2], Value::Null);
    // No trial has curves.
    assert_eq!(script(&text, "curves-data"), Value::Array(vec![]));
}

#[test]
fn texts_are_in_the_language_of_the_page() {
    let french = render_to_file("french", &grid(PageLanguage::Fr, 108, 12));
    assert!(french.contains("<html lang=\"fr\">"));
    assert!(french.contains("Courbes d’apprentissage"));
    assert!(!french.contains("Learning curves"));
}

#[test]
fn a_page_without_data_is_small_and_one_without_trials_is_valid() {
    let page = Page {
        language: PageLanguage::En,
        title: "empty".into(),
        summary: vec![],
        description: String::new(),
        overview: vec!["0 trials.".into()],
        generated_by: "tp-sweep".into(),
        columns: vec![],
        rows: vec![],
        tied_ranks: None,
        scatter: None,
        sections: vec![],
    };
    let text = render_to_file("empty", &page);
    assert!(text.len() < BYTES_WITHOUT_DATA, "{} bytes", text.len());
    assert_eq!(script(&text, "data")["scatter"], Value::Null);
}

#[test]
fn a_page_loads_nothing_and_equal_pages_are_equal_bytes() {
    let page = grid(PageLanguage::En, 12, 3);
    let text = render(&page);
    assert_eq!(text, render(&page));
    for loader in [
        "src=",
        "@import",
        "url(",
        "fetch(",
        "XMLHttpRequest",
        "import(",
        "WebSocket",
        "sendBeacon",
        "href=\"http",
        "href=\"//",
    ] {
        assert!(!text.replace("`url(#", "").contains(loader), "{loader}");
    }
    // Names of namespaces are not addresses.
    let addresses = text.matches("http").count();
    let known =
        text.matches("'http://www.w3.org/2000/svg'").count() + text.matches("http-equiv").count();
    assert_eq!(addresses, known);
    assert!(text.contains("default-src 'none'"));
}

/// The JSON of a script element, as a browser finds it.
fn script(page: &str, id: &str) -> Value {
    let opening = format!("<script type=\"application/json\" id=\"{id}\">");
    let (_, rest) = page.split_once(&opening).expect("the page has the script");
    let (text, _) = rest.split_once("</script").expect("the script ends");
    serde_json::from_str(text).expect("what is in it is JSON")
}

/// Renders a page and writes it to the folder of pages.
fn render_to_file(name: &str, page: &Page) -> String {
    let text = render(page);
    write_file(&format!("{name}.html"), &text);
    text
}

/// Writes a file for the judges.
fn write_file(name: &str, text: &str) {
    let asked = std::env::var_os("TP_SWEEP_PAGES").map(PathBuf::from);
    let folder = asked.unwrap_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages"));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(name), text).unwrap();
}
