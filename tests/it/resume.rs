//! A sweep that is killed is continued by the same command, and its tables are those of an
//! uninterrupted one.
#![cfg(unix)]

use crate::support::recovery::process::{
    Running, paused_when, results, resume_process, signal, spawn, start, until_caught, wait,
};
use crate::support::{Project, files, repository, without_timings};
use std::process::Stdio;

const SWEEP: &str = "
data: { limit: 3000 }
training: { epochs: 6 }
model: { width: 32 }
validation: { folds: 3, seed: 5 }
grid:
  training.learning_rate: [0.2, 0.1, 0.05, 0.02]
  model.dropout: [0, 0.3]
  training.optimizer: [sgd, adam]
";

/// The runs of the sweep.
const RUNS: usize = 48;

/// Starts the sweep and stops the process (SIGSTOP) at this number of results. `None` if it has
/// ended before.
fn paused(project: &Project, count: usize) -> Option<Running> {
    let mut command = project.command(&["sweep.yaml", "--device", "cpu", "--workers", "1"]);
    command.arg("--data").arg(repository().join("data"));
    let mut child = start(command);
    let is_paused = paused_when(&mut child, || results(project) >= count);
    (is_paused && results(project) < RUNS).then_some(child)
}

fn tables(project: &Project) -> String {
    without_timings(&project.read("reports/sweep.csv"))
}

#[test]
fn a_killed_sweep_continues_to_the_same_tables() {
    let whole = Project::new(SWEEP);
    assert_eq!(whole.train(&["--quiet"]).code, 0);
    // Killed twice, at different points, without a chance to tidy up.
    let killed = until_caught(|| {
        let killed = Project::new(SWEEP);
        for count in [3, 20] {
            // It is killed when it goes out of scope.
            paused(&killed, count)?;
        }
        Some(killed)
    });
    let kept = std::fs::metadata(
        killed.path("runs/sweep/lr0.2_dropout0_optimizer-sgd/fold-0/result.json"),
    )
    .unwrap()
    .modified()
    .unwrap();
    let done = killed.train(&[]);
    assert_eq!(done.code, 0, "{}", done.error);
    assert!(done.error.contains("already finished"), "{}", done.error);
    assert_eq!(tables(&killed), tables(&whole));
    let after = std::fs::metadata(
        killed.path("runs/sweep/lr0.2_dropout0_optimizer-sgd/fold-0/result.json"),
    )
    .unwrap()
    .modified()
    .unwrap();
    assert_eq!(kept, after, "finished work is not done again");
    // The epochs of each run are the same too, but for their seconds.
    let mut compared = 0;
    for path in files(&whole.path("runs")) {
        if path.ends_with("epochs.csv") {
            compared += 1;
            let name = path.strip_prefix(whole.path("")).unwrap();
            let twin = std::fs::read_to_string(killed.path(name.to_str().unwrap())).unwrap();
            let written = std::fs::read_to_string(&path).unwrap();
            assert_eq!(
                without_timings(&written),
                without_timings(&twin),
                "{}",
                name.display()
            );
        }
    }
    assert_eq!(compared, RUNS);
}

#[test]
fn the_numbers_do_not_depend_on_the_number_of_workers() {
    let one = Project::new(SWEEP);
    let three = Project::new(SWEEP);
    assert_eq!(one.train(&["--quiet", "--workers", "1"]).code, 0);
    assert_eq!(three.train(&["--quiet", "--workers", "3"]).code, 0);
    assert_eq!(tables(&one), tables(&three));
}

#[test]
fn ctrl_c_stops_cleanly_and_states_how_to_continue() {
    let (project, stderr) = until_caught(|| {
        let project = Project::new(SWEEP);
        let mut command = project.command(&["sweep.yaml", "--device", "cpu", "--workers", "1"]);
        let error = tempfile::NamedTempFile::new().unwrap();
        command.arg("--data").arg(repository().join("data"));
        command
            .stdout(Stdio::null())
            .stderr(error.reopen().unwrap());
        let mut child = spawn(command);
        let is_paused = paused_when(&mut child, || results(&project) >= 2);
        if !is_paused || results(&project) == RUNS {
            return None;
        }
        signal(&child, "INT");
        resume_process(&child);
        let status = wait(&mut child);
        let stderr = std::fs::read_to_string(error.path()).unwrap();
        assert_eq!(status.code(), Some(130), "{stderr}");
        Some((project, stderr))
    });
    assert!(
        stderr.contains("run the same command again to continue"),
        "{stderr}"
    );
    let report = project.read("reports/sweep.md");
    assert!(report.contains("not finished yet"), "{report}");
    assert_eq!(project.train(&["--quiet"]).code, 0);
}

#[test]
fn a_second_process_is_refused_while_the_first_lives_and_only_then() {
    let (project, mut first) = until_caught(|| {
        let project = Project::new(SWEEP);
        let first = paused(&project, 1)?;
        Some((project, first))
    });
    let second = project.train(&[]);
    assert_eq!(second.code, 2, "{}", second.error);
    assert!(
        second
            .error
            .contains(&format!("in use by process {} on ", first.id())),
        "{}",
        second.error
    );
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(project.train(&["--quiet"]).code, 0);
}

#[test]
fn a_truncated_or_foreign_result_is_trained_again() {
    let project =
        Project::new("data: { limit: 200 }\ntraining: { epochs: 1 }\nvalidation: { folds: 2 }\n");
    assert_eq!(project.train(&["--quiet"]).code, 0);
    let whole = tables(&project);
    let path = project.path("runs/sweep/base/fold-1/result.json");
    let text = std::fs::read(&path).unwrap();
    for torn in [&text[..text.len() - 3], b"", b"{}"] {
        std::fs::write(&path, torn).unwrap();
        let done = project.train(&[]);
        assert!(done.error.contains("1 already finished"), "{}", done.error);
        assert_eq!(tables(&project), whole);
    }
    // Another configuration of the same name is another run.
    let done = project.train(&["--set", "training.learning_rate=0.5"]);
    assert!(!done.error.contains("already finished"), "{}", done.error);
}

#[test]
fn the_tables_are_rebuilt_from_the_results_alone() {
    let project = Project::new(
        "data: { limit: 200 }\ntraining: { epochs: 1 }\ngrid: { model.width: [8, 16] }\n",
    );
    assert_eq!(project.train(&["--quiet"]).code, 0);
    let tables = |project: &Project| {
        (
            project.read("reports/sweep.md"),
            project.read("reports/sweep.csv"),
        )
    };
    let before = tables(&project);
    std::fs::remove_dir_all(project.path("reports")).unwrap();
    // The data is for the pictures of samples.
    let data = repository().join("data");
    let data = data.to_str().expect("the repository's path is text");
    let done = project.run(&["report", "sweep.yaml", "--data", data]);
    assert_eq!((done.code, done.error.as_str()), (0, ""));
    assert_eq!(tables(&project), before);
    // Without the option, the program of a clone would find the clone's data.
    std::fs::create_dir(project.path("no-data")).unwrap();
    let done = project.run(&["report", "sweep.yaml", "--data", "no-data"]);
    assert_eq!((done.code, done.error.as_str()), (0, ""));
    let (markdown, csv) = before;
    let is_text = |line: &&str| !line.contains("](sweep/difficult-samples.svg)");
    let without_pictures: Vec<&str> = markdown.lines().filter(is_text).collect();
    let (found, found_csv) = tables(&project);
    // Where a picture is missing, so is the blank line after it.
    let lines = |lines: Vec<&str>| -> Vec<String> {
        let lines = lines.into_iter().filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect()
    };
    assert_eq!(lines(found.lines().collect()), lines(without_pictures));
    assert_eq!(found_csv, csv);
}

#[test]
fn runs_that_failed_earlier_are_counted_with_the_option_that_retries_them() {
    let project = Project::new(
        "data: { limit: 200 }\nmodel: { width: 4 }\nvalidation: { folds: 2 }\n\
         grid: { training.learning_rate: [0.1, 1e30] }\n",
    );
    assert_eq!(project.train(&["--set", "training.epochs=2"]).code, 1);
    let again = project.train(&["--set", "training.epochs=2"]);
    let message = "4 runs, 2 already finished, 2 failed earlier (--retry-failed retries them)";
    assert!(again.error.contains(message), "{}", again.error);
    let retried = project.train(&["--set", "training.epochs=2", "--retry-failed"]);
    let message = "4 runs, 2 already finished\n";
    assert!(retried.error.contains(message), "{}", retried.error);
}
