//! A sweep that is edited keeps the results that are still valid, and its tables are those of a fresh
//! run of the edited file: nothing is trained twice, and results do not mix.

use crate::support::{Done, Project, files, repository, without_timings};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const BASE: &str = "
data: { limit: 300 }
training: { epochs: 2 }
model: { width: 8 }
validation: { folds: 2 }
";

fn sweep(grid: &str) -> String {
    format!("{BASE}grid: {{ {grid} }}\n")
}

/// Trains; all runs must finish. Returns the messages.
fn train(project: &Project, options: &[&str]) -> Done {
    let done = project.train(options);
    assert_eq!(done.code, 0, "{}", done.error);
    done
}

/// Edits the sweep file and trains.
fn edit(project: &Project, text: &str) -> Done {
    project.write("sweep.yaml", text);
    train(project, &[])
}

fn table(project: &Project) -> String {
    without_timings(&project.read("reports/sweep.csv"))
}

/// The table of a fresh run of this text.
fn fresh(text: &str, options: &[&str]) -> String {
    let project = Project::new(text);
    train(&project, options);
    table(&project)
}

/// The results below a folder, with the times when they were written.
fn results(project: &Project) -> BTreeMap<PathBuf, SystemTime> {
    let runs = project.path("runs/sweep");
    let paths = files(&runs).into_iter();
    let results = paths.filter(|path| path.ends_with("result.json"));
    let named = results.map(|path| {
        let written = path.metadata().unwrap().modified().unwrap();
        (path.strip_prefix(&runs).unwrap().to_owned(), written)
    });
    named.collect()
}

/// The results in their own folders.
fn shown(project: &Project) -> BTreeMap<PathBuf, SystemTime> {
    let mut results = results(project);
    results.retain(|path, _| !path.starts_with(".aside"));
    results
}

/// When the results were written, earliest first: what is kept keeps its time.
fn times(results: &BTreeMap<PathBuf, SystemTime>) -> Vec<SystemTime> {
    let mut times: Vec<SystemTime> = results.values().copied().collect();
    times.sort_unstable();
    times
}

/// Every file that TensorBoard shows, by its folder below the sweep's.
fn shown_events(project: &Project) -> Vec<PathBuf> {
    let runs = project.path("runs/sweep");
    let is_shown = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.contains("tfevents")
    };
    let paths = files(&runs).into_iter().filter(is_shown);
    let folders = paths.map(|path| {
        path.parent()
            .unwrap()
            .strip_prefix(&runs)
            .unwrap()
            .to_owned()
    });
    folders.collect()
}

/// Each result knows its own trial, and each run has one event file, as in a fresh run.
fn assert_consistent(project: &Project) {
    let shown = shown(project);
    assert!(!shown.is_empty(), "there are results");
    for path in shown.keys() {
        let text = project.read(&format!("runs/sweep/{}", path.display()));
        let file: serde_json::Value = serde_json::from_str(&text).unwrap();
        let trial = path.components().next().unwrap().as_os_str();
        assert_eq!(file["result"]["trial"], trial.to_str().unwrap());
    }
    let events = shown_events(project);
    for run in shown.keys().map(|path| path.parent().unwrap()) {
        let count = events.iter().filter(|folder| *folder == run).count();
        assert_eq!(count, 1, "{}", run.display());
    }
    let is_archived = |folder: &&PathBuf| folder.starts_with(".aside");
    assert_eq!(events.iter().filter(is_archived).count(), 0);
}

#[test]
fn a_grid_that_gains_a_factor_trains_only_the_new_levels() {
    let before = sweep("training.learning_rate: [0.1, 0.01]");
    let after = sweep("training.learning_rate: [0.1, 0.01], model.dropout: [0, 0.5]");
    let project = Project::new(&before);
    train(&project, &[]);
    let old = times(&shown(&project));
    let done = edit(&project, &after);
    assert!(
        done.error.contains(
            "4 results of an earlier version of the sweep are still valid: lr0.1_dropout0, \
             lr0.01_dropout0"
        ),
        "{}",
        done.error
    );
    assert!(done.error.contains("4 already finished"), "{}", done.error);
    assert!(!done.error.contains("archived"), "{}", done.error);
    assert_eq!(table(&project), fresh(&after, &[]));
    assert_consistent(&project);
    let new = times(&shown(&project));
    assert_eq!((new.len(), &new[..4]), (8, &old[..]));
    assert!(!project.path("runs/sweep/lr0.1").exists());
    // And back.
    let done = edit(&project, &before);
    assert!(done.error.contains("4 already finished"), "{}", done.error);
    assert_eq!(times(&shown(&project))[..4], old[..]);
    assert_eq!(table(&project), fresh(&before, &[]));
    assert_consistent(&project);
}

#[test]
fn a_removed_level_keeps_the_others_and_is_restored_when_it_returns() {
    let both = sweep("training.learning_rate: [0.1, 0.01]");
    let one = sweep("training.learning_rate: [0.01]");
    let project = Project::new(&both);
    train(&project, &[]);
    let old = shown(&project);
    let done = edit(&project, &one);
    assert!(
        done.error.contains("1 trial not in the sweep: lr0.1"),
        "{}",
        done.error
    );
    assert_eq!(shown(&project), old);
    assert_eq!(table(&project), fresh(&one, &[]));
    let trial = project.path("runs/sweep/lr0.1");
    assert!(!trial.join("best").exists(), "the best of another sweep");
    edit(&project, &both);
    assert_eq!(shown(&project), old);
    assert_eq!(table(&project), fresh(&both, &[]));
    assert_consistent(&project);
}

#[test]
fn settings_switched_back_and_forth_train_nothing_twice() {
    let text = sweep("training.learning_rate: [0.1, 0.01]");
    let project = Project::new(&text);
    train(&project, &[]);
    let first = shown(&project);
    let (other, profile) = (
        &["--set", "training.epochs=1"][..],
        "runs/sweep/lr0.1/profile.json",
    );
    let measured = project.read(profile);
    let done = train(&project, other);
    assert!(
        done.error.contains(
            "4 results archived because training.epochs changed: lr0.01, lr0.1; they are restored \
             if you undo the change"
        ),
        "{}",
        done.error
    );
    assert!(!done.error.contains("already finished"), "{}", done.error);
    assert_eq!(table(&project), fresh(&text, other));
    assert_consistent(&project);
    let second = shown(&project);
    for _ in 0..2 {
        let done = train(&project, &[]);
        assert!(
            done.error.contains(
                "4 results of an earlier version of the sweep are still valid: lr0.1, lr0.01"
            ),
            "{}",
            done.error
        );
        assert!(done.error.contains("4 already finished"), "{}", done.error);
        assert_eq!(shown(&project), first);
        assert_eq!(project.read(profile), measured, "measured once");
        assert_eq!(table(&project), fresh(&text, &[]));
        assert_consistent(&project);
        train(&project, other);
        assert_eq!(shown(&project), second);
        assert_eq!(table(&project), fresh(&text, other));
        assert_consistent(&project);
    }
    assert_eq!(results(&project).len(), 8);
}

#[test]
fn swapped_settings_swap_folders() {
    let text = |first: u8, second: u8| {
        let level = |width: u8| format!("{{ model.width: {width} }}");
        sweep(&format!(
            "size: {{ a: {}, b: {} }}",
            level(first),
            level(second)
        ))
    };
    let project = Project::new(&text(4, 8));
    train(&project, &[]);
    let old = times(&shown(&project));
    let done = edit(&project, &text(8, 4));
    assert!(
        done.error.contains(
            "4 results of an earlier version of the sweep are still valid: size-a, size-b"
        ),
        "{}",
        done.error
    );
    assert!(!done.error.contains("archived"), "{}", done.error);
    assert_eq!(times(&shown(&project)), old);
    assert_eq!(table(&project), fresh(&text(8, 4), &[]));
    assert_consistent(&project);
}

#[test]
fn fewer_folds_and_repeats_leave_nothing_among_the_runs() {
    let grid = "training.learning_rate: [0.1]";
    let project = Project::new(&sweep(grid));
    let more = &["--set", "validation.repeats=2"][..];
    train(&project, more);
    let all = results(&project).len();
    assert_eq!(all, 4);
    let done = train(&project, &[]);
    assert!(done.error.contains("2 results archived"), "{}", done.error);
    assert_eq!(shown(&project).len(), 2);
    assert_eq!(table(&project), fresh(&sweep(grid), &[]));
    let done = train(&project, more);
    assert!(done.error.contains("4 already finished"), "{}", done.error);
    assert_eq!(table(&project), fresh(&sweep(grid), more));
    train(&project, &["--set", "validation.folds=3"]);
    assert_eq!(shown(&project).len(), 3);
    assert_eq!(results(&project).len(), 7);
    assert_consistent(&project);
}

#[test]
fn a_default_written_in_the_file_changes_nothing() {
    let text = sweep("training.learning_rate: [0.1]");
    let project = Project::new(&text);
    train(&project, &[]);
    let old = shown(&project);
    let written = text.replace("width: 8", "width: 8, activation: relu, dropout: 0");
    let done = edit(&project, &written);
    assert!(!done.error.contains("still valid"), "{}", done.error);
    assert_eq!(shown(&project), old);
    // A value other than the default is a different setting.
    let other = text.replace("width: 8", "width: 8, activation: tanh");
    let done = edit(&project, &other);
    assert!(
        done.error.contains("because model.activation changed"),
        "{}",
        done.error
    );
    assert_eq!(table(&project), fresh(&other, &[]));
}

#[test]
fn results_of_other_data_are_archived_until_the_data_returns() {
    let rows = |shift: usize| {
        let row = |index: usize| format!("{},{},{}\n", index % 7, (index * shift) % 5, index % 2);
        let rows: String = (0..60).map(row).collect();
        format!("a,b,label\n{rows}")
    };
    let text = "
data: { set: table, path: table.csv, label: label, test_fraction: 0.2 }
training: { epochs: 1, batch_size: 8 }
model: { width: 4 }
validation: { folds: 2 }
";
    let with = |shift: usize| {
        let project = Project::new(text);
        project.write("table.csv", &rows(shift));
        project
    };
    let project = with(3);
    train(&project, &[]);
    let first = shown(&project);
    project.write("table.csv", &rows(4));
    let done = train(&project, &[]);
    assert!(
        done.error.contains("2 results archived because the data"),
        "{}",
        done.error
    );
    let other = with(4);
    train(&other, &[]);
    assert_eq!(table(&project), table(&other));
    project.write("table.csv", &rows(3));
    let done = train(&project, &[]);
    assert!(done.error.contains("2 already finished"), "{}", done.error);
    assert_eq!(shown(&project), first);
    assert_consistent(&project);
}

#[test]
fn interrupted_moves_are_completed_by_the_next_run() {
    let text = sweep("training.learning_rate: [0.1, 0.01]");
    let project = Project::new(&text);
    train(&project, &[]);
    let old = times(&shown(&project));
    train(&project, &["--set", "training.epochs=1"]);
    // As a process leaves it that is stopped between the rename of a folder and those of its files.
    let archive = project.path("runs/sweep/.aside");
    let mut renamed = 0;
    for path in files(&archive) {
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.contains("set-aside") {
            std::fs::rename(
                &path,
                path.with_file_name(name.replace("set-aside", "tfevents")),
            )
            .unwrap();
            renamed += 1;
        }
    }
    assert_eq!(renamed, old.len(), "an event file of each run");
    // And one that is stopped before it has moved all.
    let entries = std::fs::read_dir(&archive).unwrap();
    let one = entries.map(|entry| entry.unwrap().path()).min().unwrap();
    std::fs::create_dir(project.path("runs/sweep/elsewhere")).unwrap();
    std::fs::rename(one, project.path("runs/sweep/elsewhere/run")).unwrap();
    train(&project, &["--set", "training.epochs=1"]);
    assert!(
        shown_events(&project)
            .iter()
            .all(|folder| !folder.starts_with(".aside"))
    );
    let done = train(&project, &[]);
    assert!(done.error.contains("4 already finished"), "{}", done.error);
    assert_eq!(times(&shown(&project)), old);
    assert_eq!(table(&project), fresh(&text, &[]));
    assert_consistent(&project);
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_the_folder() {
    let text = sweep("training.learning_rate: [0.1]");
    let project = Project::new(&text);
    train(&project, &[]);
    let outside = project.path("outside");
    std::fs::rename(project.path("runs/sweep/lr0.1"), &outside).unwrap();
    let link = project.path("runs/sweep/linked");
    std::os::unix::fs::symlink(&outside, &link).unwrap();
    let before = files(&outside);
    let done = train(&project, &[]);
    assert!(!done.error.contains("still valid"), "{}", done.error);
    assert_eq!(files(&outside), before);
    // A run hash that contains a path is ignored.
    let result = Path::new("runs/sweep/lr0.1/fold-0/result.json");
    let mut file: serde_json::Value =
        serde_json::from_str(&project.read(result.to_str().unwrap())).unwrap();
    file["result"]["identity"] = "../../../escaped".into();
    project.write(result.to_str().unwrap(), &file.to_string());
    train(&project, &[]);
    assert!(!project.path("escaped").exists());
    std::fs::remove_file(link).unwrap();
    assert_eq!(shown(&project).len(), 2);
}

#[test]
fn results_that_an_edit_has_moved_are_not_reported_as_missing() {
    let project = Project::new(&sweep("training.learning_rate: [0.1, 0.01]"));
    train(&project, &["--quiet"]);
    project.write(
        "sweep.yaml",
        &sweep("training.learning_rate: [0.1, 0.01], model.dropout: [0]"),
    );
    let data = repository().join("data");
    let data = data.to_str().unwrap();
    for (command, code) in [("report", 3), ("export", 2)] {
        let done = project.run(&[command, "sweep.yaml", "--data", data]);
        assert_eq!(done.code, code, "{}", done.error);
        for part in ["its 4 results in", "`tp-sweep status`"] {
            assert!(done.error.contains(part), "{}", done.error);
        }
    }
    // Results of other settings are missing, and the message states it.
    let other = ["--set", "training.epochs=3"];
    let done = project.run(&["report", "sweep.yaml", "--data", data, other[0], other[1]]);
    assert!(
        done.error.contains("no results of this sweep"),
        "{}",
        done.error
    );
    assert!(done.error.contains("`tp-sweep status`"), "{}", done.error);
}

#[test]
fn two_sweep_files_of_one_name_are_reported() {
    let project = Project::new(&sweep("training.learning_rate: [0.1]"));
    train(&project, &["--quiet"]);
    let longer =
        "name: sweep\ndata: { limit: 300 }\ntraining: { epochs: 3 }\nmodel: { width: 8 }\n";
    project.write("other.yaml", longer);
    let data = repository().join("data");
    let fixed = ["--device", "cpu", "--data", data.to_str().unwrap()];
    let message = "runs/sweep was last used by sweep.yaml";
    let run = |file: &str| project.run(&[&[file], &fixed[..]].concat()).error;
    let error = run("other.yaml");
    assert!(error.contains(message), "{error}");
    assert!(error.contains("a different `name`"), "{error}");
    // A renamed file is the same sweep.
    std::fs::rename(project.path("other.yaml"), project.path("new.yaml")).unwrap();
    project.write("new.yaml", &longer.replace("epochs: 3", "epochs: 4"));
    let error = run("new.yaml");
    assert!(error.contains("archived"), "{error}");
    assert!(!error.contains("last used by"), "{error}");
}
