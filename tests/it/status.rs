//! `status` shows the progress of a sweep and changes nothing; `clean` removes useless files, and never
//! files that belong to the sweep.

use crate::support::{Done, Project, files, repository};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tp_sweep::plan::RunHash;
use tp_sweep::record::{Checkpoint, EventFilePosition, Lock, lock};
use tp_sweep::training_state::{SavedOptimizer, TrainingState};

const SWEEP: &str = "
data: { limit: 200 }
training: { epochs: 2 }
model: { width: 4 }
validation: { folds: 2 }
grid: { training.learning_rate: [0.1, 0.01] }
";

/// A command about the sweep, on the repository's data.
fn command(project: &Project, command: &str, options: &[&str]) -> Done {
    let data = repository().join("data");
    let data = data.to_str().unwrap();
    project.run(&[&[command, "sweep.yaml", "--data", data], options].concat())
}

fn train(project: &Project, options: &[&str]) {
    let done = project.train(&[&["--quiet"], options].concat());
    assert!(done.code < 2, "{}", done.error);
}

/// Text without parts that differ between machines or runs.
fn masked(text: &str) -> String {
    let line = |line: &str| {
        let mut words: Vec<String> = Vec::new();
        for word in line.split_whitespace() {
            let is_unit = ["B", "KiB", "MiB"].contains(&word.trim_end_matches(';'));
            if let Some(number) = words.last_mut().filter(|_| is_unit) {
                *number = "#".to_owned();
                words.push("bytes".to_owned());
                continue;
            }
            let parts = word.split('/').map(|part| {
                let is_hash = part.len() == 64 && part.bytes().all(|b| b.is_ascii_hexdigit());
                match part {
                    _ if is_hash => "HASH",
                    part if part.starts_with("events.") => "EVENTS",
                    part => part,
                }
            });
            words.push(parts.collect::<Vec<_>>().join("/"));
        }
        words.join(" ")
    };
    let lines: Vec<String> = text.lines().map(line).collect();
    lines.join("\n")
}

/// Every file of the results with its contents, but for the lock.
fn everything(project: &Project) -> Vec<(PathBuf, Vec<u8>)> {
    let paths = files(&project.path("runs")).into_iter();
    let paths = paths.filter(|path| !path.ends_with(".lock"));
    paths
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect()
}

/// Turns a finished run into one that was stopped after its first epoch, two hours ago.
fn stop(run: &Path) {
    let text = std::fs::read_to_string(run.join("result.json")).unwrap();
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let result = &file["result"];
    let identity: RunHash = serde_json::from_value(result["identity"].clone()).unwrap();
    let epochs = serde_json::from_value(serde_json::json!([result["epochs"][0]])).unwrap();
    let checkpoint = Checkpoint {
        run_hash: identity,
        device: "cpu".to_owned(),
        state: TrainingState {
            epoch: 1,
            network: vec![vec![0.0]],
            optimizer: SavedOptimizer {
                steps: 1,
                lists: Vec::new(),
            },
            plateau: None,
            stopping: None,
            best_epoch: 1,
            best: None,
        },
        epochs,
        seconds: 1.0,
        events: EventFilePosition {
            file: "events.out.tfevents.1".to_owned(),
            bytes: 1,
        },
    };
    checkpoint.write(run).unwrap();
    std::fs::remove_file(run.join("result.json")).unwrap();
    let file = std::fs::OpenOptions::new()
        .write(true)
        .open(run.join("checkpoint.safetensors"))
        .unwrap();
    let hours = Duration::from_secs(2 * 3600);
    file.set_modified(SystemTime::now() - hours).unwrap();
}

#[test]
fn a_sweep_that_was_never_started_is_all_missing_and_creates_no_folder() {
    let project = Project::new(SWEEP);
    let done = command(&project, "status", &[]);
    assert_eq!(done.code, 3, "{}", done.error);
    insta::assert_snapshot!(masked(&done.output));
    assert!(!project.path("runs").exists());
    assert_eq!(command(&project, "clean", &[]).code, 2);
    assert!(!project.path("runs").exists());
}

#[test]
fn a_complete_sweep_is_shown_by_its_exit_code() {
    let project = Project::new(SWEEP);
    train(&project, &[]);
    let before = everything(&project);
    let done = command(&project, "status", &[]);
    assert_eq!((done.code, done.error.as_str()), (0, ""));
    insta::assert_snapshot!(masked(&done.output));
    assert_eq!(everything(&project), before);
    let done = command(&project, "clean", &[]);
    assert_eq!(
        (done.code, done.output.as_str()),
        (0, "nothing to remove in runs/sweep\n")
    );
    assert_eq!(everything(&project), before);
}

#[test]
fn status_shows_every_state_of_runs_and_trials() {
    let project = Project::new(SWEEP);
    train(&project, &["--set", "training.epochs=1"]);
    let levels = |levels: &str| format!("grid.training.learning_rate={levels}");
    let wide = levels("[0.1, 0.01, 0.5, 1e30]");
    train(&project, &["--set", &wide]);
    // One trial less, and one more than there was.
    let other = levels("[0.1, 0.01, 0.02, 1e30]");
    stop(&project.path("runs/sweep/lr0.01/fold-1"));
    let before = everything(&project);
    let done = command(&project, "status", &["--set", &other]);
    assert_eq!(done.code, 3, "{}", done.error);
    insta::assert_snapshot!(masked(&done.output));
    assert_eq!(everything(&project), before);
    // What remains when none is missing.
    let failed = levels("[0.1, 1e30]");
    assert_eq!(command(&project, "status", &["--set", &failed]).code, 1);
}

#[test]
fn the_running_process_is_named_and_clean_refuses_until_it_ends() {
    let project = Project::new(SWEEP);
    train(&project, &[]);
    std::fs::create_dir_all(project.path("runs/sweep/old/fold-0")).unwrap();
    let at_work = lock(&project.path("runs/sweep")).unwrap();
    assert!(matches!(at_work, Lock::Acquired(_)));
    let done = command(&project, "status", &[]);
    let holder = format!("in use by         process {} on ", std::process::id());
    assert!(done.output.contains(&holder), "{}", done.output);
    for options in [&[][..], &["--dry-run"]] {
        let refused = command(&project, "clean", options);
        assert_eq!(refused.code, 2);
        let message = format!("in use by process {} on ", std::process::id());
        assert!(refused.error.contains(&message), "{}", refused.error);
    }
    assert!(project.path("runs/sweep/old").exists());
    drop(at_work);
    assert_eq!(command(&project, "clean", &[]).code, 0);
    assert!(!project.path("runs/sweep/old").exists());
}

#[test]
fn clean_removes_useless_files_and_nothing_else() {
    let project = Project::new(SWEEP);
    train(&project, &["--set", "training.epochs=1"]);
    train(
        &project,
        &[
            "--set",
            "grid.training.learning_rate=[0.1, 0.01, 0.5]",
            "--set",
            "keep=all",
        ],
    );
    // Two runs of a trial in place, and one that an edit has moved.
    let run = project.path("runs/sweep/lr0.1/fold-0");
    let moved = project.path("runs/sweep/earlier");
    std::fs::create_dir(&moved).unwrap();
    std::fs::rename(
        project.path("runs/sweep/lr0.01/fold-1"),
        moved.join("fold-1"),
    )
    .unwrap();
    // Leftovers of unfinished attempts.
    for left in [
        ".aB3.part",
        "checkpoint.safetensors",
        "events.out.tfevents.0000000001.1.0.tp-sweep",
    ] {
        std::fs::write(run.join(left), "left").unwrap();
    }
    std::fs::write(project.path("runs/sweep/.x.part"), "left").unwrap();
    std::fs::create_dir_all(project.path("runs/sweep/lr0.1/fold-7")).unwrap();
    // A file of the user.
    std::fs::create_dir(project.path("runs/sweep/notes")).unwrap();
    project.write("runs/sweep/notes/fold-0", "mine");
    project.write("runs/sweep/lr0.1/notes.txt", "mine");
    let before = everything(&project);
    let shown = command(&project, "clean", &["--dry-run"]);
    assert_eq!(shown.code, 0, "{}", shown.error);
    insta::assert_snapshot!(masked(&shown.output));
    assert_eq!(everything(&project), before);
    assert_eq!(command(&project, "clean", &[]).code, 2, "results would go");
    assert_eq!(everything(&project), before);
    let done = command(&project, "clean", &["--yes"]);
    assert_eq!(done.code, 0, "{}", done.error);
    let lines = |text: &str| text.lines().count();
    assert_eq!(lines(&done.output), lines(&shown.output));
    let removed = |path: &PathBuf| !path.exists();
    let gone = before
        .iter()
        .map(|(path, _)| path)
        .filter(|path| removed(path));
    let gone: Vec<&PathBuf> = gone.collect();
    assert!(!gone.is_empty(), "something is removed");
    let listed = shown
        .output
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    let listed: Vec<PathBuf> = listed.map(|path| project.path(path)).collect();
    for path in gone {
        assert!(
            listed.iter().any(|one| path.starts_with(one)),
            "{}",
            path.display()
        );
    }
    let again = command(&project, "clean", &[]);
    assert_eq!(again.output, "nothing to remove in runs/sweep\n");
    assert_eq!(project.read("runs/sweep/lr0.1/notes.txt"), "mine");
    assert_eq!(project.read("runs/sweep/notes/fold-0"), "mine");
    // All files that belong to the sweep are there.
    let trained = project.train(&[]);
    assert!(
        trained
            .error
            .contains("1 result of an earlier version of the sweep is still valid: lr0.01"),
        "{}",
        trained.error
    );
    assert!(
        trained.error.contains("4 already finished"),
        "{}",
        trained.error
    );
    assert_eq!(command(&project, "status", &[]).code, 0);
}

#[test]
fn results_are_removed_only_on_request() {
    let project = Project::new(SWEEP);
    train(&project, &[]);
    let before = everything(&project);
    let longer = ["--set", "training.epochs=30"];
    let refused = command(&project, "clean", &longer);
    assert_eq!((refused.code, refused.output.as_str()), (2, ""));
    for part in ["4 results (", "KiB) in runs/sweep", "--dry-run", "--yes"] {
        assert!(refused.error.contains(part), "{part}: {}", refused.error);
    }
    assert_eq!(everything(&project), before);
    // Folders without results are removed without confirmation.
    std::fs::create_dir_all(project.path("runs/sweep/lr0.1/fold-7")).unwrap();
    assert_eq!(command(&project, "clean", &[]).code, 0);
    assert_eq!(everything(&project), before);
    assert!(!project.path("runs/sweep/lr0.1/fold-7").exists());
    let done = command(&project, "clean", &["--yes", longer[0], longer[1]]);
    assert_eq!(done.code, 0, "{}", done.error);
    let left = files(&project.path("runs")).into_iter();
    assert_eq!(left.filter(|path| path.ends_with("result.json")).count(), 0);
}

#[test]
fn a_run_with_a_checkpoint_is_in_training_only_while_a_process_runs() {
    let project = Project::new(SWEEP);
    train(&project, &[]);
    stop(&project.path("runs/sweep/lr0.01/fold-1"));
    let output = command(&project, "status", &[]).output;
    assert!(
        output.contains("\nstopped           1 with a checkpoint\n"),
        "{output}"
    );
    let at_work = lock(&project.path("runs/sweep")).unwrap();
    assert!(matches!(at_work, Lock::Acquired(_)));
    let output = command(&project, "status", &[]).output;
    assert!(
        output.contains("\nin training       1 with a checkpoint\n"),
        "{output}"
    );
}

#[test]
fn weights_outside_the_keep_rule_are_removed_and_the_best_stay() {
    let project = Project::new(SWEEP);
    train(&project, &["--set", "keep=all"]);
    let weights = |project: &Project| {
        let paths = files(&project.path("runs")).into_iter();
        paths
            .filter(|path| path.ends_with("model.safetensors"))
            .count()
    };
    assert_eq!(weights(&project), 4);
    assert_eq!(command(&project, "clean", &["--set", "keep=all"]).code, 0);
    assert_eq!(weights(&project), 4);
    let done = command(&project, "clean", &[]);
    let named = done
        .output
        .matches("weights that `keep` does not retain")
        .count();
    assert_eq!((named, weights(&project)), (2, 2), "{}", done.output);
    command(&project, "clean", &["--set", "keep=none"]);
    assert_eq!(weights(&project), 0);
}

#[test]
fn results_that_an_edit_will_move_are_not_removed_before_the_move() {
    let project = Project::new(SWEEP);
    train(&project, &[]);
    let more = ["--set", "grid.model.dropout=[0, 0.5]"];
    let status = command(&project, "status", &more);
    assert_eq!(status.code, 3);
    assert!(
        status.output.contains("4 of them misplaced"),
        "{}",
        status.output
    );
    assert_eq!(command(&project, "clean", &more).code, 0);
    let trained = project.train(&more);
    assert!(
        trained.error.contains("4 already finished"),
        "{}",
        trained.error
    );
}
