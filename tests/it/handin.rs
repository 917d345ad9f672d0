//! `pack` and `grade`: archives that are handed in.

use crate::support::{Project, repository};
use std::path::Path;
use std::process::Command;

const SWEEP: &str = "
name: small
data: { limit: 300 }
training: { epochs: 2, batch_size: 50 }
validation: { folds: 2 }
grid:
  model.width: [4, 8]
";

fn data() -> String {
    repository().join("data").display().to_string()
}

/// A project with the results of the small sweep, packed into small.tar.gz.
fn packed() -> Project {
    let project = Project::new(SWEEP);
    let trained = project.train(&["--quiet"]);
    assert_eq!(trained.code, 0, "{}", trained.error);
    let done = project.run(&["pack", "sweep.yaml", "--data", &data()]);
    assert_eq!(done.code, 0, "{}", done.error);
    assert!(
        done.output.starts_with("small.tar.gz: 4 runs, "),
        "{}",
        done.output
    );
    project
}

/// Unpacks small.tar.gz, changes one of its files, and packs it again as changed.tar.gz, without touching the manifest.
fn with_change(project: &Project, file: &str, change: impl Fn(&str) -> String) {
    let tar = |arguments: &[&str]| {
        let mut command = Command::new("tar");
        command.current_dir(project.path("")).args(arguments);
        assert!(command.status().unwrap().success());
    };
    std::fs::create_dir_all(project.path("edit")).unwrap();
    tar(&["-xzf", "small.tar.gz", "-C", "edit"]);
    let path = Path::new("edit/small").join(file);
    let text = project.read(path.to_str().unwrap());
    let changed = change(&text);
    assert_ne!(text, changed, "{file}");
    project.write(path.to_str().unwrap(), &changed);
    repack(project);
}

/// Gives the changed archive a manifest that hides the change.
fn with_new_manifest(project: &Project, file: &str) {
    let manifest = project.read("edit/small/pack.json");
    let mut manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let contents = std::fs::read(project.path("edit/small").join(file)).unwrap();
    manifest["files"][file] = serde_json::json!({
        "bytes": contents.len(),
        "blake3": blake3::hash(&contents).to_hex().to_string(),
    });
    project.write("edit/small/pack.json", &manifest.to_string());
    repack(project);
}

/// Packs the edited files into changed.tar.gz.
fn repack(project: &Project) {
    let mut command = Command::new("tar");
    command.current_dir(project.path(""));
    command.args(["-czf", "changed.tar.gz", "-C", "edit", "small"]);
    assert!(command.status().unwrap().success());
}

fn grade(project: &Project, archives: &[&str]) -> crate::support::Done {
    let data = data();
    let fixed = ["--sample", "4", "--seed", "1", "--data", &data];
    project.run(&[&["grade"], archives, &fixed[..]].concat())
}

const RESULT: &str = "runs/small/width8/fold-1/result.json";

#[test]
fn an_honest_archive_is_reproduced() {
    let project = packed();
    let done = grade(&project, &["small.tar.gz"]);
    assert_eq!(done.code, 0, "{}{}", done.output, done.error);
    insta::assert_snapshot!(done.output, @r"
    archive       sweep  results  files      report  trained again     verdict
    small.tar.gz  small  4 of 4   unchanged  equal   4 of 4 identical  reproduced

    Sample of 4 runs per archive, chosen by --seed 1.
    ");
    // The same results give the same archive.
    let first = std::fs::read(project.path("small.tar.gz")).unwrap();
    let again = [
        "pack",
        "sweep.yaml",
        "--output",
        "again.tar.gz",
        "--data",
        &data(),
    ];
    assert_eq!(project.run(&again).code, 0);
    assert_eq!(std::fs::read(project.path("again.tar.gz")).unwrap(), first);
}

/// A limit of 0 minutes has passed before the first step.
#[test]
fn runs_that_the_time_limit_stops_are_not_checked() {
    let project = packed();
    let done = grade(&project, &["small.tar.gz", "--time-limit", "0"]);
    assert_eq!(done.code, 1, "{}{}", done.output, done.error);
    insta::assert_snapshot!(done.output, @r"
    small.tar.gz:
      not all runs were trained again: raise --time-limit

    archive       sweep  results  files      report  trained again      verdict
    small.tar.gz  small  4 of 4   unchanged  equal   0 of 4, 4 stopped  not checked in time

    Sample of 4 runs per archive, chosen by --seed 1.
    ");
}

/// The same numbers, said to come from a processor with another vector unit.
#[test]
fn results_of_another_processor_are_compared_within_rounding() {
    let project = packed();
    let machine = "runs/small/sweep.json";
    with_change(&project, machine, |text| {
        text.replace("\"vector_unit\": \"", "\"vector_unit\": \"other ")
    });
    with_new_manifest(&project, machine);
    let done = grade(&project, &["changed.tar.gz"]);
    assert_eq!(done.code, 0, "{}{}", done.output, done.error);
    insta::assert_snapshot!(done.output, @r"
    changed.tar.gz:
      compared within rounding: trained on a processor that differs or was not fully recorded

    archive         sweep  results  files      report  trained again           verdict
    changed.tar.gz  small  4 of 4   unchanged  equal   4 of 4 within rounding  reproduced

    Sample of 4 runs per archive, chosen by --seed 1.
    ");
}

#[test]
fn a_changed_file_is_found_by_its_hash() {
    let project = packed();
    with_change(&project, "reports/small.csv", |text| {
        text.replacen("width8", "width9", 1)
    });
    let done = grade(
        &project,
        &["small.tar.gz", "changed.tar.gz", "--output", "grades.csv"],
    );
    assert_eq!(done.code, 1, "{}", done.error);
    let output = &done.output;
    assert!(
        output.contains("files: reports/small.csv was changed: BLAKE3 "),
        "{output}"
    );
    assert!(output.contains("report: small.csv, line "), "{output}");
    assert!(output.contains("4 of 4 identical"), "{output}");
    let table = project.read("grades.csv");
    assert!(
        table.contains("small.tar.gz,small,4 of 4,unchanged,equal,4 of 4 identical,reproduced\n")
    );
    assert!(table.contains("1 changed,differs,"), "{table}");
}

#[test]
fn a_better_score_is_found_by_training_again() {
    let project = packed();
    with_change(&project, RESULT, |text| {
        let mut result: serde_json::Value = serde_json::from_str(text).unwrap();
        result["result"]["test"]["loss"] = serde_json::json!(0.01);
        result.to_string()
    });
    with_new_manifest(&project, RESULT);
    let done = grade(&project, &["changed.tar.gz"]);
    assert_eq!(done.code, 1, "{}", done.error);
    let output = &done.output;
    assert!(output.contains("unchanged"), "{output}");
    assert!(
        output.contains("width8/fold-1: test loss was 0.01 and is now "),
        "{output}"
    );
    assert!(output.contains("3 of 4 identical"), "{output}");
}

#[test]
fn an_impossible_result_is_reported() {
    let project = packed();
    with_change(&project, RESULT, |text| {
        text.replacen("\"accuracy\": 0.", "\"accuracy\": 7.", 1)
    });
    with_new_manifest(&project, RESULT);
    let done = grade(&project, &["changed.tar.gz"]);
    assert_eq!(done.code, 1, "{}", done.error);
    let line = format!("results: {RESULT} is not a valid result of this sweep\n");
    assert!(done.output.contains(&line), "{}", done.output);
    assert!(done.output.contains("3 of 4"), "{}", done.output);
}

#[test]
fn an_invented_failure_is_found_by_training_again() {
    let project = packed();
    with_change(&project, RESULT, |text| {
        let mut result: serde_json::Value = serde_json::from_str(text).unwrap();
        let run = &mut result["result"];
        run["failure"] = serde_json::json!({ "diverged": { "epoch": 2 } });
        for key in ["validation", "test", "final_epoch"] {
            run[key] = serde_json::Value::Null;
        }
        result.to_string()
    });
    with_new_manifest(&project, RESULT);
    let done = grade(&project, &["changed.tar.gz"]);
    assert_eq!(done.code, 1, "{}", done.error);
    let output = &done.output;
    assert!(!output.contains("not a valid result"), "{output}");
    let line = "width8/fold-1: the final epoch was none and is now 2\n";
    assert!(output.contains(line), "{output}");
    assert!(output.contains("differs, see above"), "{output}");
}

#[test]
fn a_report_of_another_version_is_not_compared() {
    let project = packed();
    with_change(&project, "pack.json", |text| {
        let mut manifest: serde_json::Value = serde_json::from_str(text).unwrap();
        manifest["version"] = serde_json::json!("0.0.1\u{1b}[31m");
        manifest.to_string()
    });
    let done = grade(&project, &["changed.tar.gz"]);
    assert_eq!(done.code, 0, "{}{}", done.output, done.error);
    assert!(
        done.output.contains("reproduced, report not compared"),
        "{}",
        done.output
    );
    // Text from an archive cannot control the terminal.
    assert!(done.output.contains("0.0.1\u{fffd}[31m"), "{}", done.output);
}

#[test]
fn missing_predictions_are_reported() {
    let project = packed();
    let predictions = "runs/small/width8/fold-1/predictions.bin";
    with_change(&project, "pack.json", |text| {
        let mut manifest: serde_json::Value = serde_json::from_str(text).unwrap();
        let files = manifest["files"].as_object_mut().unwrap();
        assert!(files.remove(predictions).is_some());
        manifest.to_string()
    });
    std::fs::remove_file(project.path("edit/small").join(predictions)).unwrap();
    repack(&project);
    let done = grade(&project, &["changed.tar.gz"]);
    assert_eq!(done.code, 1, "{}", done.error);
    let line = "width8/fold-1: it has no valid predictions\n";
    assert!(done.output.contains(line), "{}", done.output);
}

#[test]
fn the_table_does_not_replace_an_archive() {
    let project = packed();
    let before = std::fs::read(project.path("small.tar.gz")).unwrap();
    let done = grade(&project, &["small.tar.gz", "--output", "small.tar.gz"]);
    assert_eq!(done.code, 2, "{}", done.output);
    assert_eq!(std::fs::read(project.path("small.tar.gz")).unwrap(), before);
}

#[test]
fn an_archive_that_cannot_be_read_is_a_row() {
    let project = packed();
    project.write("broken.tar.gz", "no archive");
    let done = grade(
        &project,
        &["missing.tar.gz", "broken.tar.gz", "small.tar.gz"],
    );
    assert_eq!(done.code, 1, "{}", done.error);
    assert_eq!(
        done.output.matches("cannot be read").count(),
        2,
        "{}",
        done.output
    );
    assert!(done.output.contains("4 of 4 identical"), "{}", done.output);
}

#[test]
fn a_sweep_that_was_edited_after_its_training_is_not_packed() {
    let project = packed();
    project.write("sweep.yaml", &SWEEP.replace("[4, 8]", "[4, 8] # twice"));
    let done = project.run(&["pack", "sweep.yaml", "--data", &data()]);
    assert_eq!(done.code, 2, "{}", done.error);
    assert!(
        done.error
            .contains("not those of the last training of small"),
        "{}",
        done.error
    );
    let empty = Project::new(SWEEP);
    assert_eq!(
        empty.run(&["pack", "sweep.yaml", "--data", &data()]).code,
        3
    );
}
