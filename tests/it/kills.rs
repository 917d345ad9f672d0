//! A sweep that is killed at any moment, any number of times, is continued by the same command: its
//! files equal those of an undisturbed sweep, and finished work is never repeated.
//!
//! `TP_SWEEP_KILLS` is how often each of these tests kills; `TP_SWEEP_SEED` chooses the moments.
#![cfg(unix)]

use crate::support::recovery::files::{Files, assert_kept, assert_same, contents, results};
use crate::support::recovery::process::{
    cpu_time, done, paused_when, start, train, until_caught, wait, wait_until,
};
use crate::support::recovery::random::Random;
use crate::support::recovery::sweep;
use crate::support::{Project, files};
use std::path::Path;
use std::time::{Duration, Instant};

/// Epochs of each run.
const EPOCHS: usize = 8;

/// The undisturbed sweep.
struct Undisturbed {
    files: Files,
    /// The CPU time of its process.
    computed: Duration,
}

fn undisturbed(arguments: &[&str]) -> Undisturbed {
    let project = sweep::project(EPOCHS);
    let mut child = start(train(&project, arguments));
    let mut whole = Duration::ZERO;
    let started = Instant::now();
    wait_until("the end of the sweep", || {
        whole = whole.max(cpu_time(&child, started).unwrap_or_default());
        child.try_wait().expect("a child").is_some()
    });
    assert_eq!(wait(&mut child).code(), Some(0));
    Undisturbed {
        computed: whole,
        files: contents(&project),
    }
}

fn number_of_kills() -> usize {
    let asked = std::env::var("TP_SWEEP_KILLS").ok();
    asked.map_or(50, |asked| {
        asked.parse().expect("TP_SWEEP_KILLS is a number")
    })
}

/// Kills sweeps and continues them until there were enough kills; `meanwhile` may damage the files of
/// one that was killed.
fn kill_and_continue(
    arguments: &[&str],
    random: &mut Random,
    mut meanwhile: impl FnMut(&Project, &mut Random),
) {
    assert!(number_of_kills() > 0);
    let started = Instant::now();
    let undisturbed = undisturbed(arguments);
    let (mut kills, mut sweeps, mut kept) = (0, 0, 0);
    while kills < number_of_kills() {
        let project = sweep::project(EPOCHS);
        let mut here = 0;
        loop {
            let before = results(&project);
            let mut child = start(train(&project, arguments));
            // The moment is random, and none is too early or too late: what is checked holds for
            // all of them. It is one of the process's own time, so that a busy machine lets it come as far
            // as an idle one.
            let moment = undisturbed.computed.mul_f64(random.fraction());
            let begun = Instant::now();
            wait_until("the moment of the kill", || {
                let has_ended = child.try_wait().expect("a child").is_some();
                has_ended || cpu_time(&child, begun).is_none_or(|computed| computed >= moment)
            });
            child.kill().expect("it has not been waited for");
            let status = wait(&mut child);
            let when = format!("after kill {here} of sweep {sweeps}");
            assert_kept(&project, &before, &when);
            if status.code().is_some() {
                assert_eq!(status.code(), Some(0), "{when}");
                break;
            }
            here += 1;
            meanwhile(&project, random);
        }
        assert_same(&project, &undisturbed.files, &format!("after {here} kills"));
        kills += here;
        sweeps += 1;
        kept += results(&project).len();
    }
    println!(
        "{arguments:?}: {kills} kills survived in {sweeps} sweeps, results lost: 0 of {kept}; \
         {:.1} s, a sweep that is not killed computes for {:.2} s",
        started.elapsed().as_secs_f64(),
        undisturbed.computed.as_secs_f64(),
    );
}

#[test]
fn a_sweep_that_is_killed_at_random_moments_loses_nothing() {
    let mut random = Random::new(0);
    kill_and_continue(&["--workers", "1"], &mut random, |_, _| {});
}

#[test]
fn two_workers_that_are_killed_at_random_moments_lose_nothing() {
    let mut random = Random::new(1);
    kill_and_continue(&["--workers", "2"], &mut random, |_, _| {});
}

#[test]
fn cohorts_that_are_killed_at_random_moments_lose_nothing() {
    let mut random = Random::new(2);
    let arguments = ["--workers", "1", "--cohort", "3"];
    kill_and_continue(&arguments, &mut random, |_, _| {});
}

/// Truncates files of unfinished runs anywhere, as a power failure may leave those
/// that had not reached the disk. Returns the number of truncated files.
fn truncate_files(project: &Project, random: &mut Random) -> usize {
    let runs = project.path("runs");
    if !runs.is_dir() {
        return 0;
    }
    let mut torn = 0;
    for path in files(&runs) {
        let is_open = |folder: &Path| {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("fold-") && !folder.join("result.json").exists()
        };
        let name = path
            .file_name()
            .map_or_else(Default::default, |n| n.to_string_lossy());
        let can_be_torn = name.contains("tfevents")
            || ["epochs.csv", "checkpoint.safetensors"].contains(&&*name)
            || name.ends_with(".part");
        // Files of a trial reach the disk before they appear under their names.
        if can_be_torn && path.parent().is_some_and(is_open) && random.below(2) == 0 {
            let length = path.metadata().expect("the file exists").len();
            let file = std::fs::OpenOptions::new().write(true).open(&path);
            let file = file.expect("it can be written to");
            file.set_len(random.below(length + 1))
                .expect("it can be cut");
            torn += 1;
        }
    }
    torn
}

#[test]
fn files_truncated_by_a_kill_are_repaired() {
    let mut random = Random::new(3);
    let mut torn = 0;
    kill_and_continue(&["--workers", "1"], &mut random, |project, random| {
        torn += truncate_files(project, random);
    });
    assert!(torn > 0, "some files are torn");
}

#[test]
fn a_retried_run_resumes_from_its_checkpoint() {
    let project = sweep::with_data(
        "
data: { set: table, path: points.csv, label: class }
training: { epochs: 300, batch_size: 16 }
model: { width: 4 }
checkpoint: every 1 epochs
",
        60,
    );
    let arguments = ["--workers", "1"];
    assert_eq!(done(train(&project, &arguments)).code, 0);
    let expected = contents(&project);
    let checkpoint = project.path("runs/sweep/base/fold-0/checkpoint.safetensors");
    until_caught(|| {
        mark_as_failed(&project);
        let mut again = start(train(&project, &arguments));
        let is_paused = paused_when(&mut again, || checkpoint.exists());
        let is_caught = is_paused && project.read(RESULT).contains(OUT_OF_MEMORY);
        again.kill().expect("it has not been waited for");
        wait(&mut again);
        is_caught.then_some(())
    });
    let rest = done(train(&project, &arguments));
    assert_eq!(rest.code, 0, "{}", rest.error);
    assert!(
        rest.error.contains("1 run resumes from its checkpoint"),
        "{}",
        rest.error
    );
    assert_same(&project, &expected, "after a crash and a kill");
}

const RESULT: &str = "runs/sweep/base/fold-0/result.json";
const OUT_OF_MEMORY: &str = "out of memory";

/// Turns the finished run into a failed one, as if the machine had been out of memory.
fn mark_as_failed(project: &Project) {
    let mut file: serde_json::Value = serde_json::from_str(&project.read(RESULT)).expect("JSON");
    let result = &mut file["result"];
    result["failure"] = serde_json::json!({ "crashed": { "message": OUT_OF_MEMORY } });
    for key in ["final_epoch", "validation", "test", "seconds_per_epoch"] {
        result[key] = serde_json::Value::Null;
    }
    result["epochs"] = serde_json::json!([]);
    project.write(RESULT, &file.to_string());
}
