//! The examples of the documentation are sweeps that can be planned.

mod support;

use support::repository;
use tp_sweep::plan::Plan;
use tp_sweep::spec::{Source, Sweep};

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
    for file in ["README.md", "docs/sweep-file.md"] {
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
