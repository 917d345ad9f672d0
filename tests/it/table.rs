//! `table` and `run --progress json`: what programs read.

use crate::support::Project;

const SWEEP: &str = "
name: small
data: { limit: 300 }
training: { epochs: 2, batch_size: 100 }
validation: { folds: 3 }
grid:
  model.width: [4, 8]
  training.learning_rate: [0.1, 1.0e+30]
";

/// The rows of a CSV without quotes, by column.
fn rows(csv: &str) -> Vec<std::collections::HashMap<&str, &str>> {
    let mut lines = csv.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            assert_eq!(cells.len(), names.len(), "{line}");
            names.iter().copied().zip(cells).collect()
        })
        .collect()
}

#[test]
fn tables_have_a_row_for_each_run_and_each_epoch() {
    let project = Project::new(SWEEP);
    assert_eq!(project.run(&["table", "sweep.yaml", "runs"]).code, 3);
    let trained = project.train(&["--quiet"]);
    assert_eq!(trained.code, 1, "{}", trained.error);
    let done = project.run(&["table", "sweep.yaml", "runs"]);
    assert_eq!(done.code, 0, "{}", done.error);
    let runs = rows(&done.output);
    assert_eq!(runs.len(), 12);
    assert_eq!(runs[0]["trial"], "width4_lr0.1");
    assert_eq!([runs[0]["repeat"], runs[2]["fold"]], ["0", "2"]);
    assert_eq!(runs[0]["param_model.width"], "4");
    assert_eq!(runs[0]["status"], "finished");
    let accuracy: f64 = runs[0]["val_accuracy"].parse().unwrap();
    let recorded = project.read("runs/small/width4_lr0.1/fold-0/result.json");
    let recorded: serde_json::Value = serde_json::from_str(&recorded).unwrap();
    assert_eq!(recorded["result"]["validation"]["accuracy"], accuracy);
    assert!(!runs[0]["test_macro_f1"].is_empty());
    // The runs that diverged have a reason instead of scores.
    let failed: Vec<_> = runs
        .iter()
        .filter(|run| run["status"] == "failed")
        .collect();
    assert!(failed.len() >= 3, "{}", done.output);
    assert!(!failed[0]["reason"].is_empty() && failed[0]["val_accuracy"].is_empty());

    let epochs = project.run(&["table", "sweep.yaml", "epochs", "--output", "epochs.csv"]);
    assert_eq!((epochs.code, epochs.output.as_str()), (0, ""));
    let text = project.read("epochs.csv");
    let epochs = rows(&text);
    let finished = runs.len() - failed.len();
    assert!(epochs.len() >= 2 * finished, "{text}");
    assert_eq!([epochs[0]["epoch"], epochs[1]["epoch"]], ["1", "2"]);
    for column in [
        "train_loss",
        "val_accuracy",
        "learning_rate",
        "gradient_norm_layer2",
    ] {
        assert!(!epochs[0][column].is_empty(), "{column}: {text}");
    }
    assert!(!epochs[0].contains_key("val_macro_f1"), "{text}");
}

#[test]
fn a_table_does_not_replace_its_input() {
    let project = Project::new(SWEEP);
    project.train(&["--quiet", "--set", "training.epochs=1"]);
    let set = ["--set", "training.epochs=1", "--output", "sweep.yaml"];
    let done = project.run(&[&["table", "sweep.yaml", "runs"], &set[..]].concat());
    assert_eq!(done.code, 2, "{}", done.error);
    assert_eq!(project.read("sweep.yaml"), SWEEP);
}

#[test]
fn progress_as_json_counts_the_runs() {
    let project =
        Project::new("{ name: small, data: { limit: 300 }, grid: { model.width: [4, 8] } }");
    let short = ["--set", "training.epochs=1", "--set", "validation.folds=2"];
    let done = project.train(&[&["--progress", "json"], &short[..]].concat());
    assert_eq!(done.code, 0, "{}", done.error);
    let lines = done.error.lines().filter(|line| line.starts_with('{'));
    let events: Vec<serde_json::Value> = lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(events[0]["event"], "started");
    assert_eq!([&events[0]["runs"], &events[0]["done"]], [4, 0]);
    let runs: Vec<_> = events
        .iter()
        .filter(|event| event["event"] == "run")
        .collect();
    assert_eq!(runs.len(), 4);
    assert_eq!([&runs[3]["done"], &runs[3]["failed"]], [4, 0]);
    assert!(events.iter().any(|event| event["event"] == "profiling"));
    assert_eq!(events.last().unwrap()["event"], "finished");
}
