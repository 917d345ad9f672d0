//! The documentation agrees with the files, examples and rooms.

use crate::support::imports::Crate;
use crate::support::repository;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use tp_sweep::plan::Plan;
use tp_sweep::spec::{
    Source, Sweep, dataset_files_table, dataset_table, optimizer_table, reference_table,
    schema_text, score_table, variant_table,
};
use tp_sweep::stages::ModelLayer;

/// The YAML blocks of a Markdown file, with their line numbers; excerpts are marked and left out.
fn examples(file: &str) -> Vec<(usize, String)> {
    let text = std::fs::read_to_string(repository().join(file)).unwrap();
    let mut examples = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in text.lines().enumerate() {
        match (&mut open, line) {
            (None, "```yaml") => open = Some((number + 2, String::new())),
            (Some(_), "```") => examples.extend(open.take()),
            (Some((_, block)), _) => *block += &format!("{line}\n"),
            (None, _) => {}
        }
    }
    examples.retain(|(_, block)| !block.starts_with("# an excerpt"));
    examples
}

#[test]
fn every_example_can_be_planned() {
    let mut count = 0;
    for file in ["README.md", "docs/sweep-file.md", "docs/cluster.md"] {
        for (line, text) in examples(file) {
            let name = format!("{file}, from line {line}");
            let source = Source {
                name: name.clone(),
                text,
            };
            let sweep = Sweep::parse(source, "example", &[]).unwrap_or_else(|e| panic!("{e}"));
            let plan = Plan::new(&sweep).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert!(!plan.trials.is_empty());
            count += 1;
        }
    }
    assert!(count >= 8, "{count} examples");
}

#[test]
fn every_sweep_of_the_repository_can_be_planned() {
    let mut count = 0;
    for entry in std::fs::read_dir(repository().join("sweeps")).unwrap() {
        let path = entry.unwrap().path();
        let sweep = Sweep::load(&path, &[]).unwrap_or_else(|e| panic!("{e}"));
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert_eq!(sweep.name, stem, "a sweep is named like its file");
        assert!(!sweep.description.is_empty(), "{stem} says what it is for");
        let plan = Plan::new(&sweep).unwrap_or_else(|e| panic!("{stem}: {e}"));
        assert!(plan.warnings.is_empty(), "{stem}: {:?}", plan.warnings);
        count += 1;
    }
    assert!(count >= 9, "{count} sweeps");
}

/// The Markdown files of the repository, but for those of results.
fn documents() -> Vec<PathBuf> {
    let folders = [
        "",
        "docs",
        "docs/decisions",
        "data/mnist",
        "runs",
        "reports",
        "judges",
        "judges/cuda",
        "judges/pytorch",
        "judges/scores",
        "judges/statistics",
    ];
    let entries = folders.map(|folder| std::fs::read_dir(repository().join(folder)).unwrap());
    let paths = entries
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path());
    let is_document = |path: &PathBuf| path.extension().is_some_and(|e| e == "md");
    let is_result = |path: &Path| {
        let folder = path.parent().and_then(Path::file_name);
        folder.is_some_and(|f| f == "reports") && !path.ends_with("README.md")
    };
    paths
        .filter(is_document)
        .filter(|path| !is_result(path))
        .collect()
}

#[test]
fn every_link_leads_to_a_file() {
    let mut count = 0;
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let file = document.parent().unwrap().join(target);
            assert!(file.exists(), "{}: {target}", document.display());
            count += 1;
        }
    }
    assert!(count >= 20, "{count} links");
}

/// The rooms that each room may import, as ARCHITECTURE.md's table says.
fn permitted() -> BTreeMap<String, BTreeSet<String>> {
    let text = std::fs::read_to_string(repository().join("ARCHITECTURE.md")).unwrap();
    let mut rooms: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").collect();
        let room = cells[0].trim().trim_matches('`').to_owned();
        let imports = cells.last().unwrap();
        let permitted = match imports.trim() {
            "nothing" => BTreeSet::new(),
            "all" | "all above" => rooms.keys().cloned().collect(),
            _ => imports
                .split('`')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect(),
        };
        rooms.insert(room, permitted);
    }
    rooms
}

#[test]
fn rooms_import_only_what_the_architecture_permits() {
    let rooms = permitted();
    assert_eq!(rooms.len(), 28, "{:?}", rooms.keys());
    let source = Crate::read(&repository().join("src"));
    let mut count = 0;
    for (file, line, names) in source.paths() {
        let first = file.components().next().unwrap().as_os_str();
        let room = Path::new(first).with_extension("");
        let (Some(permitted), Some(name)) = (rooms.get(room.to_str().unwrap()), names.first())
        else {
            continue;
        };
        if rooms.contains_key(name) && Path::new(name) != room {
            let file = file.display();
            assert!(permitted.contains(name), "src/{file}:{line} uses {name}");
            count += 1;
        }
    }
    assert!(count >= 100, "{count} imports");
}

/// Compares a file of the repository with its generated text; `UPDATE_DOCS=1` writes the file instead.
fn assert_generated(file: &str, generate: impl Fn(&str) -> String) {
    let path = repository().join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let generated = generate(&text);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, generated).unwrap();
    } else {
        assert!(
            text == generated,
            "{file} is out of date; run UPDATE_DOCS=1 cargo test --release --test it documentation"
        );
    }
}

/// The page with the table of scores and each table between `<!-- keys: SECTION -->` and `<!-- end keys -->` generated.
fn with_generated_tables(page: &str) -> String {
    let mut generated = String::new();
    let mut rest = page;
    let mut count = 0;
    while let Some((before, after)) = rest.split_once("<!-- keys: ") {
        let (section, after) = after.split_once(" -->").unwrap();
        let (_, after) = after.split_once("<!-- end keys -->").unwrap();
        let table = reference_table(section).unwrap_or_else(|| panic!("no keys: {section}"));
        generated += &format!("{before}<!-- keys: {section} -->\n\n{table}\n<!-- end keys -->");
        rest = after;
        count += 1;
    }
    assert!(count >= 6, "{count} tables");
    let page = with_generated_table(&(generated + rest), "scores", &score_table());
    let page = with_generated_table(&page, "norms and activations", &variant_table());
    with_generated_table(&page, "optimizers", &optimizer_table())
}

/// The page with the table between `<!-- NAME -->` and `<!-- end NAME -->` generated.
fn with_generated_table(page: &str, name: &str, table: &str) -> String {
    let [start, end] = [format!("<!-- {name} -->"), format!("<!-- end {name} -->")];
    let (before, after) = page.split_once(&start).unwrap();
    let (_, after) = after.split_once(&end).unwrap();
    format!("{before}{start}\n\n{table}\n{end}{after}")
}

#[test]
fn the_tables_of_data_sets_equal_their_definitions() {
    assert_generated("docs/data.md", |page| {
        let page = with_generated_table(page, "data sets", &dataset_table());
        with_generated_table(&page, "files of data sets", &dataset_files_table())
    });
}

#[test]
fn the_table_of_layers_equals_the_definitions_of_stages() {
    let row = |[kind, pytorch, fields]: [&str; 3]| format!("| `{kind}` | {pytorch} | {fields} |\n");
    let rows: String = ModelLayer::kinds().into_iter().map(row).collect();
    let table = format!("| `kind` | PyTorch | fields |\n| --- | --- | --- |\n{rows}");
    assert_generated("docs/models.md", |page| {
        with_generated_table(page, "layers", &table)
    });
}

#[test]
fn the_tables_of_keys_equal_the_key_descriptions() {
    assert_generated("docs/sweep-file.md", with_generated_tables);
}

#[test]
fn the_schema_is_generated() {
    assert_generated("docs/sweep.schema.json", |_| schema_text());
}
