//! The page escapes every text, whatever its characters.

use super::made_up::curve;
use super::*;

#[test]
fn hostile_texts_are_escaped() {
    let plain = render_to_file("hostile-plain", &hostile("plain"));
    for (name, text) in [
        (
            "hostile-script",
            "</script><script>window.broken = true</script><!--<script>",
        ),
        (
            "hostile-quotes",
            "\"'><img src=x onerror='window.broken = true'>{{data}}`<b>`",
        ),
        (
            "hostile-unicode",
            "é\u{2028}\u{2029}\u{202e}\u{0}\u{1f600}\u{200b}\\u003c\n\tz\u{301}\u{301}\u{301}",
        ),
        (
            "hostile-title",
            "</title></style></textarea><script>window.broken = true</script>&amp;&#60;",
        ),
    ] {
        let page = render_to_file(name, &hostile(text));
        // As many elements as with a plain text, of each kind: none was added, none was ended.
        for tag in [
            "<script", "</script", "<!--", "<img", "<b>", "<code>", "<td", "<li>", "<p>",
        ] {
            let count = |page: &str| page.matches(tag).count();
            let of_backticks = match tag {
                "<code>" => count(&page) - count(&plain),
                _ => 0,
            };
            assert_eq!(
                count(&page),
                count(&plain) + of_backticks,
                "{tag} of {name}"
            );
        }
        // And the text is unchanged.
        let data = script(&page, "data");
        for place in [
            &data["title"],
            &data["rows"][0]["name"],
            &data["rows"][1]["reason"],
            &data["columns"][0]["label"],
            &data["columns"][0]["tooltip"],
            &data["rows"][0]["values"][0],
        ] {
            assert_eq!(place, text);
        }
    }
}

/// Names that would be markup, scripts or templates, or turn the text behind them around.
const HOSTILE_NAMES: [&str; 11] = [
    "<script>window.broken = 1</script>",
    "&amp; &lt;b&gt; &#60;",
    "\"'><img src=x onerror=\"window.broken = 2\">",
    "`code` ``two`` `",
    "a\u{202e}b<c>",
    "\u{1f600}\u{200d}\u{1f525}",
    "</title><script>window.broken = 3</script>",
    "</script><!-- <script>",
    "{{data}} ${1} \\u003c",
    "javascript:window.broken=4",
    "*a* _b_ [c](d) | ~e~ $f$",
];

/// The factor, which is a column's header, and the label of the data.
const HOSTILE_FACTOR: &str = "<b>size</b> & \u{202e}\"a\"";

#[test]
fn a_sweep_with_hostile_names_gives_a_valid_page() {
    let folder = tempfile::tempdir().unwrap();
    // Classes with these names too, which the report of the best trial lists.
    let mut table = String::from("x,y,<i>label</i>\n");
    for index in 0..10 * HOSTILE_NAMES.len() {
        let class = index % HOSTILE_NAMES.len();
        let name = HOSTILE_NAMES[class].replace('"', "\"\"");
        table.push_str(&format!("{class}.5,{},\"{name}\"\n", index % 7));
    }
    std::fs::write(folder.path().join("table.csv"), table).unwrap();
    let levels = HOSTILE_NAMES.iter().enumerate();
    let levels: serde_json::Map<String, Value> = levels
        .map(|(index, &name)| (name.into(), serde_json::json!({ "model.width": index + 1 })))
        .collect();
    let sweep = serde_json::json!({
        "description": HOSTILE_NAMES.join("\n\n"),
        "data": { "set": "table", "path": "table.csv", "label": "<i>label</i>" },
        "training": { "epochs": 2, "learning_rate": 0.1 },
        "validation": { "folds": 2 },
        "grid": { HOSTILE_FACTOR: levels },
    });
    let file = folder.path().join("hostile-sweep.yaml");
    std::fs::write(&file, sweep.to_string()).unwrap();
    let ran = std::process::Command::new(env!("CARGO_BIN_EXE_tp-sweep"))
        .args(["hostile-sweep.yaml", "--device", "cpu", "--quiet"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(ran.status.success(), "{ran:?}");
    let page = std::fs::read_to_string(folder.path().join("reports/hostile-sweep.html")).unwrap();
    let data = script(&page, "data");
    let rows = data["rows"].as_array().unwrap();
    assert_eq!(rows.len(), HOSTILE_NAMES.len());
    for name in HOSTILE_NAMES {
        let is_there = rows.iter().any(|row| row["values"][0] == name);
        assert!(is_there, "{name}");
    }
    write_file("hostile-sweep.html", &page);
    let names = serde_json::json!({ "names": HOSTILE_NAMES, "factor": HOSTILE_FACTOR });
    write_file("hostile-sweep.json", &names.to_string());
}

/// Two trials with this text wherever a text can occur.
fn hostile(text: &str) -> Page {
    let column = |key: &str, kind| Column {
        tooltip: text.into(),
        levels: vec![text.into()],
        ..Column::new(key, text, kind)
    };
    let row = |value: f64, state| Row {
        state,
        reason: Some(text.into()),
        rank: Some(1),
        best: true,
        values: vec![text.into(), value.into(), text.into()],
        curves: Some(Curves {
            train_loss: curve(2, 1.0, 0.5, 0.0),
            ..Curves::default()
        }),
        ..Row::new(text)
    };
    let mut table = Table::new([(text.to_owned(), Align::Left)]);
    table.row(vec![text.into()]);
    Page {
        language: PageLanguage::En,
        title: text.into(),
        summary: vec![text.into()],
        description: text.into(),
        overview: vec![text.into()],
        generated_by: text.into(),
        columns: vec![
            column("factor", Kind::Factor),
            column("number", Kind::Number),
            column("text", Kind::Text),
        ],
        rows: vec![row(1.0, TrialState::Finished), row(2.0, TrialState::Failed)],
        tied_ranks: None,
        scatter: Some(Scatter {
            x: "number".into(),
            y: "number".into(),
        }),
        sections: vec![Section {
            title: text.into(),
            blocks: vec![
                SectionBlock::Heading(text.into()),
                SectionBlock::Paragraph(text.into()),
                SectionBlock::List(vec![text.into()]),
                SectionBlock::Code(text.into()),
                SectionBlock::Table(table),
                SectionBlock::Figure(Drawing {
                    svg: "<svg viewBox=\"0 0 1 1\"></svg>".into(),
                    caption: text.into(),
                }),
            ],
        }],
    }
}
