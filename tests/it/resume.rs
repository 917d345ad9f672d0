//! A sweep that is killed is continued by the same command, and its tables are those of an
//! uninterrupted one.

use crate::support::{Project, files, repository, without_timings};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

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

/// Starts the sweep and leaves it running.
fn start(project: &Project) -> std::process::Child {
    Command::new(env!("CARGO_BIN_EXE_tp-sweep"))
        .current_dir(project.path(""))
        .args(["sweep.yaml", "--device", "cpu", "--workers", "1", "--data"])
        .arg(repository().join("data"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts")
}

fn results(project: &Project) -> usize {
    let folder = project.path("runs");
    if !folder.is_dir() {
        return 0;
    }
    let is_result = |path: &std::path::PathBuf| path.ends_with("result.json");
    files(&folder).iter().filter(|path| is_result(path)).count()
}

/// Waits until there are `count` results, or all of them.
fn wait_for_results(project: &Project, count: usize) {
    let started = Instant::now();
    while results(project) < count {
        assert!(
            started.elapsed() < Duration::from_secs(120),
            "no results appear"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn tables(project: &Project) -> String {
    without_timings(&project.read("reports/sweep.csv"))
}

#[test]
fn a_killed_sweep_continues_to_the_same_tables() {
    let whole = Project::new(SWEEP);
    assert_eq!(whole.train(&["--quiet"]).code, 0);
    let killed = Project::new(SWEEP);
    // Killed twice, at different points, without a chance to tidy up.
    for results in [3, 20] {
        let mut child = start(&killed);
        wait_for_results(&killed, results);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let before = results(&killed);
    assert!(
        (20..48).contains(&before),
        "killed in the middle: {before} results"
    );
    let kept = std::fs::metadata(
        killed.path("runs/sweep/lr0.2_dropout0_optimizer-sgd/fold-0/result.json"),
    )
    .unwrap()
    .modified()
    .unwrap();
    let done = killed.train(&[]);
    assert_eq!(done.code, 0, "{}", done.error);
    assert!(
        done.error.contains("of them already done"),
        "{}",
        done.error
    );
    assert_eq!(tables(&killed), tables(&whole));
    let after = std::fs::metadata(
        killed.path("runs/sweep/lr0.2_dropout0_optimizer-sgd/fold-0/result.json"),
    )
    .unwrap()
    .modified()
    .unwrap();
    assert_eq!(kept, after, "finished work is not done again");
    // The epochs of each run are the same too, but for their seconds.
    for path in files(&whole.path("runs")) {
        if path.ends_with("epochs.csv") {
            let name = path.strip_prefix(whole.path("")).unwrap();
            let twin = std::fs::read_to_string(killed.path(name.to_str().unwrap())).unwrap();
            let own = std::fs::read_to_string(&path).unwrap();
            assert_eq!(
                without_timings(&own),
                without_timings(&twin),
                "{}",
                name.display()
            );
        }
    }
}

#[test]
fn the_numbers_do_not_depend_on_the_number_of_workers() {
    let one = Project::new(SWEEP);
    let three = Project::new(SWEEP);
    assert_eq!(one.train(&["--quiet", "--workers", "1"]).code, 0);
    assert_eq!(three.train(&["--quiet", "--workers", "3"]).code, 0);
    assert_eq!(tables(&one), tables(&three));
}

#[cfg(unix)]
#[test]
fn ctrl_c_finishes_cleanly_and_says_how_to_continue() {
    let project = Project::new(SWEEP);
    let child = Command::new(env!("CARGO_BIN_EXE_tp-sweep"))
        .current_dir(project.path(""))
        .args(["sweep.yaml", "--device", "cpu", "--workers", "1", "--data"])
        .arg(repository().join("data"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_for_results(&project, 2);
    let interrupt = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupt.success());
    let output = child.wait_with_output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{error}");
    assert!(error.contains("the same command continues"), "{error}");
    let report = project.read("reports/sweep.md");
    assert!(report.contains("not done yet"), "{report}");
    assert_eq!(project.train(&["--quiet"]).code, 0);
}

#[test]
fn a_second_process_is_refused_while_the_first_lives_and_only_then() {
    let project = Project::new(SWEEP);
    let mut first = start(&project);
    wait_for_results(&project, 1);
    let second = project.train(&[]);
    assert_eq!(second.code, 2, "{}", second.error);
    assert!(
        second
            .error
            .contains(&format!("already being run by process {} on ", first.id())),
        "{}",
        second.error
    );
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(project.train(&["--quiet"]).code, 0);
}

#[test]
fn a_torn_or_foreign_result_is_done_again() {
    let project =
        Project::new("data: { limit: 200 }\ntraining: { epochs: 1 }\nvalidation: { folds: 2 }\n");
    assert_eq!(project.train(&["--quiet"]).code, 0);
    let whole = tables(&project);
    let path = project.path("runs/sweep/base/fold-1/result.json");
    let text = std::fs::read(&path).unwrap();
    for torn in [&text[..text.len() - 3], b"", b"{}"] {
        std::fs::write(&path, torn).unwrap();
        let done = project.train(&[]);
        assert!(
            done.error.contains("1 of them already done"),
            "{}",
            done.error
        );
        assert_eq!(tables(&project), whole);
    }
    // Another configuration of the same name is another run.
    let done = project.train(&["--set", "training.learning_rate=0.5"]);
    assert!(!done.error.contains("already done"), "{}", done.error);
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
    let done = project.run(&["report", "sweep.yaml"]);
    assert_eq!((done.code, done.error.as_str()), (0, ""));
    assert_eq!(tables(&project), before);
}

#[test]
fn runs_that_failed_earlier_are_told_apart_and_how_to_train_them_again() {
    let project = Project::new(
        "data: { limit: 200 }\nmodel: { width: 4 }\nvalidation: { folds: 2 }\n\
         grid: { training.learning_rate: [0.1, 1e30] }\n",
    );
    assert_eq!(project.train(&["--set", "training.epochs=2"]).code, 1);
    let again = project.train(&["--set", "training.epochs=2"]);
    let told =
        "4 runs, 2 of them already done, 2 failed earlier (--retry-failed trains them again)";
    assert!(again.error.contains(told), "{}", again.error);
    let retried = project.train(&["--set", "training.epochs=2", "--retry-failed"]);
    let told = "4 runs, 2 of them already done\n";
    assert!(retried.error.contains(told), "{}", retried.error);
}
