//! A sweep that is asked to stop saves its state and returns the exit code for an interruption; one whose terminal or
//! reader goes away does not stop.
#![cfg(unix)]

use crate::support::Project;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
use crate::support::recovery::fault::Shim;
use crate::support::recovery::files::{assert_same, contents};
use crate::support::recovery::process::{
    Running, done, epochs, paused_in_training, resume_process, signal, spawn, start, train,
    until_caught, wait,
};
use crate::support::recovery::sweep::with_data;
use std::ops::Range;
use std::process::{Command, Stdio};

/// Two runs of many short epochs each, whose states are saved by the clock: not within this test.
const MANY_EPOCHS: &str = "
data: { set: table, path: points.csv, label: class }
training: { epochs: 1500, batch_size: 32, optimizer: adam, learning_rate: 0.001, schedule: cosine }
model: { width: 16, norm: batch, dropout: 0.2 }
validation: { folds: 2 }
tensorboard: { histograms: 50 }
";

/// Epochs of each run after which such a sweep is stopped: much is left to do.
const IN_MANY: Range<usize> = 20..1000;

/// One run of three epochs of 600 steps.
const LONG_EPOCHS: &str = "
data: { set: table, path: points.csv, label: class }
training: { epochs: 3, batch_size: 32, optimizer: adam }
model: { layers: 3, width: 128, dropout: 0.1 }
checkpoint: every 100 epochs
";

/// Epochs after which it is stopped: the last is left to do.
const IN_LONG: Range<usize> = 1..2;

fn many_epochs() -> Project {
    with_data(MANY_EPOCHS, 150)
}

fn long_epochs() -> Project {
    with_data(LONG_EPOCHS, 24_000)
}

/// Checks that the epochs before a stop were not trained again: their seconds are the same.
fn assert_resumes(project: &Project, runs: &[&str], arguments: &[&str]) {
    let table = |run: &&str| project.read(&format!("runs/sweep/{run}/epochs.csv"));
    let before: Vec<String> = runs.iter().map(table).collect();
    let continued = done(train(project, arguments));
    assert_eq!(continued.code, 0, "{}", continued.error);
    let message = match runs.len() {
        1 => "; 1 run resumes from its checkpoint\n".to_owned(),
        count => format!("; {count} runs resume from their checkpoints\n"),
    };
    assert!(continued.error.contains(&message), "{}", continued.error);
    for (run, before) in runs.iter().zip(before) {
        let after = table(run);
        assert!(after.starts_with(&before), "{run}: {before} {after}");
    }
}

fn checkpoint(run: &str) -> String {
    format!("runs/sweep/{run}/checkpoint.safetensors")
}

/// A project in training whose process is stopped, after so many epochs of each of these runs.
fn caught(
    project: impl Fn() -> Project,
    arguments: &[&str],
    runs: &[&str],
    epochs: Range<usize>,
) -> (Project, Running) {
    until_caught(|| {
        let project = project();
        let mut child = start(train(&project, arguments));
        let is_caught = paused_in_training(&mut child, &project, runs, epochs.clone());
        is_caught.then_some((project, child))
    })
}

#[test]
fn a_signal_stops_all_workers_with_their_states_saved() {
    let arguments = ["--workers", "2"];
    let runs = ["base/fold-0", "base/fold-1"];
    let whole = many_epochs();
    assert_eq!(done(train(&whole, &arguments)).code, 0);
    for (name, code) in [("TERM", 143), ("INT", 130)] {
        let (project, mut child) = caught(many_epochs, &arguments, &runs, IN_MANY);
        let before = runs.map(|run| epochs(&project, run));
        signal(&child, name);
        resume_process(&child);
        assert_eq!(wait(&mut child).code(), Some(code), "{name}");
        for (run, before) in runs.iter().zip(before) {
            assert!(project.path(&checkpoint(run)).exists(), "{name}: {run}");
            // At the latest at the end of the epoch in which it came.
            let after = epochs(&project, run);
            assert!(after <= before + 1, "{name}: {run}: {before}, {after}");
        }
        assert!(
            project
                .read("reports/sweep.md")
                .contains("not finished yet")
        );
        assert_resumes(&project, &runs, &arguments);
        assert_same(&project, &contents(&whole), &format!("after {name}"));
    }
}

/// The clock of these processes advances by a second at each reading. The program reads it in each step once it
/// was asked to stop: however fast the machine is, the seconds that an epoch has left pass within a few steps.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn a_stop_does_not_wait_for_a_long_epoch() {
    let shim = Shim::new();
    let arguments = ["--workers", "1"];
    let run = "base/fold-0";
    let whole = long_epochs();
    assert_eq!(done(train(&whole, &arguments)).code, 0);
    let project = until_caught(|| {
        let project = long_epochs();
        let mut command = train(&project, &arguments);
        shim.speeds_up_clock(&mut command, &project);
        let mut child = start(command);
        if !paused_in_training(&mut child, &project, &[run], IN_LONG) {
            return None;
        }
        let before = epochs(&project, run);
        signal(&child, "TERM");
        resume_process(&child);
        assert_eq!(wait(&mut child).code(), Some(143));
        assert!(project.path(&checkpoint(run)).exists());
        // Only a few of the 600 steps may have been left when it was stopped.
        (epochs(&project, run) == before).then_some(project)
    });
    assert_resumes(&project, &[run], &arguments);
    assert_same(&project, &contents(&whole), "after a stop in an epoch");
}

#[test]
fn a_second_signal_ends_the_process_at_once() {
    let run = "base/fold-0";
    let code = until_caught(|| {
        let (project, mut child) = caught(long_epochs, &["--workers", "1"], &[run], IN_LONG);
        // All signals are pending when it continues. Different kinds, because two of a kind are merged.
        for name in ["INT", "TERM", "USR1"] {
            signal(&child, name);
        }
        resume_process(&child);
        // Threads of the process that are handed one each at the same moment take each for the first.
        while child.try_wait().expect("a child").is_none() {
            signal(&child, "TERM");
        }
        let code = wait(&mut child).code();
        // Otherwise it ended before a second signal arrived.
        (!project.path(&checkpoint(run)).exists()).then_some(code)
    });
    assert!(
        [Some(130), Some(143), Some(138)].contains(&code),
        "nothing was waited for: {code:?}"
    );
}

/// The number of occurrences of a text in another.
fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

#[test]
fn a_signal_is_acknowledged_before_the_summary_with_or_without_quiet() {
    let answer = "stopping after saving progress";
    for (name, again) in [
        ("INT", "; press Ctrl-C again to stop now\n"),
        ("TERM", "\n"),
    ] {
        for quiet in [&[][..], &["--quiet"]] {
            let stderr = until_caught(|| {
                let project = many_epochs();
                let mut command = train(&project, quiet);
                let error = tempfile::NamedTempFile::new().expect("a file");
                command.stdout(Stdio::null());
                command.stderr(error.reopen().expect("the file exists"));
                let mut child = spawn(command);
                if !paused_in_training(&mut child, &project, &["base/fold-0"], IN_MANY) {
                    return None;
                }
                signal(&child, name);
                resume_process(&child);
                wait(&mut child);
                Some(std::fs::read_to_string(error.path()).expect("text"))
            });
            assert_eq!(count(&stderr, answer), 1, "{name}: {stderr}");
            let (_, after) = stderr.split_once(answer).expect("the answer");
            assert!(after.starts_with(again), "{name}: {stderr}");
            assert!(after.contains("stopped: "), "{name}: {stderr}");
        }
    }
}

#[test]
fn a_file_size_limit_is_reported() {
    let project = many_epochs();
    let mut command = Command::new("sh");
    command
        .current_dir(project.path(""))
        .args(["-c", "ulimit -f 64 && exec \"$0\" sweep.yaml --device cpu"])
        .arg(env!("CARGO_BIN_EXE_tp-sweep"));
    let ended = done(command);
    assert_eq!(ended.code, 1, "{}", ended.error);
    assert!(ended.error.contains("File too large"), "{}", ended.error);
    assert!(ended.error.contains("runs/sweep/base"), "{}", ended.error);
}

#[test]
fn closing_the_terminal_does_not_stop_the_sweep() {
    let (project, mut child) = caught(many_epochs, &["--workers", "2"], &["base/fold-0"], IN_MANY);
    signal(&child, "HUP");
    resume_process(&child);
    assert_eq!(wait(&mut child).code(), Some(0));
    assert!(project.path("runs/sweep/base/fold-1/result.json").exists());
}

#[test]
fn closed_output_pipes_do_not_stop_the_sweep() {
    let project = many_epochs();
    let mut command = train(&project, &["--workers", "2"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = spawn(command);
    drop((child.stdout.take(), child.stderr.take()));
    assert_eq!(wait(&mut child).code(), Some(0));
    assert!(project.path("runs/sweep/base/fold-1/result.json").exists());
    assert!(project.read("reports/sweep.csv").contains("finished"));
}
