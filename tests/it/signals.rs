//! A sweep that is asked to stop saves what it has and says so by its exit code; one whose terminal or
//! reader goes away does not stop.
#![cfg(unix)]

use crate::support::Project;
use crate::support::recovery::files::{assert_same, contents};
use crate::support::recovery::process::{done, signal, spawn, start, train, wait, wait_for_epochs};
use crate::support::recovery::sweep::with_data;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The longest that a stop may take.
const STOP: Duration = Duration::from_secs(10);

/// Two runs of many short epochs each, whose states are saved by the clock: not within this test.
const MANY_EPOCHS: &str = "
data: { set: table, path: points.csv, label: class }
training: { epochs: 1500, batch_size: 32, optimizer: adam, learning_rate: 0.001, schedule: cosine }
model: { width: 16, norm: batch, dropout: 0.2 }
validation: { folds: 2 }
tensorboard: { histograms: 50 }
";

/// One run of three long epochs: a stop in the second leaves something to do.
const LONG_EPOCHS: &str = "
data: { set: table, path: points.csv, label: class }
training: { epochs: 3, batch_size: 32, optimizer: adam }
model: { layers: 4, width: 512, dropout: 0.1 }
checkpoint: every 100 epochs
";

fn many_epochs() -> Project {
    with_data(MANY_EPOCHS, 150)
}

fn long_epochs() -> Project {
    with_data(LONG_EPOCHS, 24_000)
}

/// Checks that the epochs before a stop were not trained again: their seconds are the same.
fn assert_goes_on(project: &Project, runs: &[&str], arguments: &[&str]) {
    let table = |run: &&str| project.read(&format!("runs/sweep/base/{run}/epochs.csv"));
    let before: Vec<String> = runs.iter().map(table).collect();
    let continued = done(train(project, arguments));
    assert_eq!(continued.code, 0, "{}", continued.error);
    let told = match runs.len() {
        1 => "; 1 run goes on from its checkpoint\n".to_owned(),
        count => format!("; {count} runs go on from their checkpoints\n"),
    };
    assert!(continued.error.contains(&told), "{}", continued.error);
    for (run, before) in runs.iter().zip(before) {
        let after = table(run);
        assert!(after.starts_with(&before), "{run}: {before} {after}");
    }
}

fn checkpoint(run: &str) -> String {
    format!("runs/sweep/base/{run}/checkpoint.safetensors")
}

#[test]
fn a_signal_stops_all_workers_with_their_states_saved() {
    let arguments = ["--workers", "2"];
    let runs = ["fold-0", "fold-1"];
    let whole = many_epochs();
    assert_eq!(done(train(&whole, &arguments)).code, 0);
    for (name, code) in [("TERM", 143), ("INT", 130)] {
        let project = many_epochs();
        let mut child = start(train(&project, &arguments));
        for run in runs {
            wait_for_epochs(&project, &format!("base/{run}"), 20);
        }
        let asked = Instant::now();
        signal(&child, name);
        assert_eq!(wait(&mut child).code(), Some(code), "{name}");
        assert!(asked.elapsed() < STOP, "{name}: {:?}", asked.elapsed());
        for run in runs {
            assert!(project.path(&checkpoint(run)).exists(), "{name}: {run}");
        }
        assert!(project.read("reports/sweep.md").contains("not done yet"));
        assert_goes_on(&project, &runs, &arguments);
        assert_same(&project, &contents(&whole), &format!("after {name}"));
    }
}

#[test]
fn a_stop_does_not_wait_for_a_long_epoch() {
    let whole = long_epochs();
    let undisturbed = start(train(&whole, &["--workers", "1"]));
    let project = long_epochs();
    let mut child = start(train(&project, &["--workers", "1"]));
    wait_for_epochs(&project, "base/fold-0", 1);
    let asked = Instant::now();
    signal(&child, "TERM");
    assert_eq!(wait(&mut child).code(), Some(143));
    let took = asked.elapsed();
    assert!(took < STOP, "{took:?}");
    assert!(project.path(&checkpoint("fold-0")).exists());
    let epochs = project.read("runs/sweep/base/fold-0/epochs.csv");
    println!("stopped after {took:?}; {epochs}");
    assert_goes_on(&project, &["fold-0"], &["--workers", "1"]);
    let mut undisturbed = undisturbed;
    assert_eq!(wait(&mut undisturbed).code(), Some(0));
    assert_same(&project, &contents(&whole), "after a stop in an epoch");
}

#[test]
fn a_second_signal_ends_the_process_at_once() {
    // A busy machine may let the process save and end between two signals: then there was no second one.
    const ATTEMPTS: usize = 20;
    for _ in 0..ATTEMPTS {
        let project = long_epochs();
        let mut child = start(train(&project, &["--workers", "1"]));
        wait_for_epochs(&project, "base/fold-0", 1);
        signal(&child, "INT");
        // Of another kind, since two of a kind may arrive as one; and again, since two threads of the process
        // may be handed one each at the same moment.
        while child.try_wait().expect("it can be waited for").is_none() {
            signal(&child, "TERM");
        }
        let code = wait(&mut child).code();
        if !project.path(&checkpoint("fold-0")).exists() {
            assert!(
                [Some(130), Some(143)].contains(&code),
                "nothing was waited for: {code:?}"
            );
            return;
        }
    }
    panic!("in {ATTEMPTS} attempts it was always waited for");
}

/// How often a text is in another.
fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

#[test]
fn a_signal_is_answered_before_the_end_is_told_and_whoever_is_quiet() {
    let answer = "stopping: what is complete is saved first";
    for (name, again) in [("INT", "; Ctrl-C again ends now\n"), ("TERM", "\n")] {
        for quiet in [&[][..], &["--quiet"]] {
            let project = many_epochs();
            let mut command = train(&project, quiet);
            let error = tempfile::NamedTempFile::new().expect("a file");
            command.stdout(Stdio::null());
            command.stderr(error.reopen().expect("the file is there"));
            let mut child = spawn(command);
            wait_for_epochs(&project, "base/fold-0", 20);
            signal(&child, name);
            wait(&mut child);
            let told = std::fs::read_to_string(error.path()).expect("text");
            assert_eq!(count(&told, answer), 1, "{name}: {told}");
            let (_, after) = told.split_once(answer).expect("the answer");
            assert!(after.starts_with(again), "{name}: {told}");
            assert!(after.contains("stopped: "), "{name}: {told}");
        }
    }
}

#[test]
fn a_file_that_may_not_grow_is_told() {
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
fn a_terminal_that_is_closed_stops_nothing() {
    let project = many_epochs();
    let mut child = start(train(&project, &["--workers", "2"]));
    wait_for_epochs(&project, "base/fold-0", 20);
    signal(&child, "HUP");
    assert_eq!(wait(&mut child).code(), Some(0));
    assert!(project.path("runs/sweep/base/fold-1/result.json").exists());
}

#[test]
fn readers_that_go_away_stop_nothing() {
    let project = many_epochs();
    let mut command = train(&project, &["--workers", "2"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = spawn(command);
    drop((child.stdout.take(), child.stderr.take()));
    assert_eq!(wait(&mut child).code(), Some(0));
    assert!(project.path("runs/sweep/base/fold-1/result.json").exists());
    assert!(project.read("reports/sweep.csv").contains("finished"));
}
