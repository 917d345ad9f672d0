//! A sweep that is killed at any moment, as often as may be, is continued by the same command: its
//! files are those of a sweep that nothing happened to, and finished work is never done again.
//!
//! `TP_SWEEP_KILLS` is how often each of these tests kills; `TP_SWEEP_SEED` chooses the moments.
#![cfg(unix)]

use crate::support::recovery::files::{Files, assert_kept, assert_same, contents, results};
use crate::support::recovery::process::{done, start, train, wait};
use crate::support::recovery::random::Random;
use crate::support::recovery::sweep;
use crate::support::{Project, files};
use std::path::Path;
use std::time::{Duration, Instant};

/// Epochs of each run.
const EPOCHS: usize = 8;

/// What nothing happened to.
struct Undisturbed {
    files: Files,
    took: Duration,
}

fn undisturbed(arguments: &[&str]) -> Undisturbed {
    let project = sweep::project(EPOCHS);
    let started = Instant::now();
    let whole = done(train(&project, arguments));
    assert_eq!(whole.code, 0, "{}", whole.error);
    Undisturbed {
        took: started.elapsed(),
        files: contents(&project),
    }
}

fn kills_asked_for() -> usize {
    let asked = std::env::var("TP_SWEEP_KILLS").ok();
    asked.map_or(50, |asked| {
        asked.parse().expect("TP_SWEEP_KILLS is a number")
    })
}

/// Kills sweeps and continues them until there were enough kills; `meanwhile` may harm the files of
/// one that was killed.
fn kill_and_continue(
    arguments: &[&str],
    random: &mut Random,
    mut meanwhile: impl FnMut(&Project, &mut Random),
) {
    let started = Instant::now();
    let undisturbed = undisturbed(arguments);
    let (mut kills, mut sweeps, mut kept) = (0, 0, 0);
    while kills < kills_asked_for() {
        let project = sweep::project(EPOCHS);
        let mut here = 0;
        loop {
            let before = results(&project);
            let mut child = start(train(&project, arguments));
            // The moment is random, and none is too early or too late: what is checked holds for
            // all of them.
            std::thread::sleep(undisturbed.took.mul_f64(random.fraction()));
            let ended = child.try_wait().expect("a child can be waited for");
            if ended.is_none() {
                child.kill().expect("it is there");
            }
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
         {:.1} s, a sweep that is not killed takes {:.2} s",
        started.elapsed().as_secs_f64(),
        undisturbed.took.as_secs_f64(),
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

/// Cuts files of unfinished runs off anywhere: as a machine that loses its power may leave those
/// that had not reached the disk.
fn tear(project: &Project, random: &mut Random) {
    let runs = project.path("runs");
    if !runs.is_dir() {
        return;
    }
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
        // Those of a trial have reached the disk before they appear under their names.
        if can_be_torn && path.parent().is_some_and(is_open) && random.below(2) == 0 {
            let length = path.metadata().expect("it is there").len();
            let file = std::fs::OpenOptions::new().write(true).open(&path);
            let file = file.expect("it can be written to");
            file.set_len(random.below(length + 1))
                .expect("it can be cut");
        }
    }
}

#[test]
fn files_that_are_torn_after_a_kill_are_made_whole() {
    let mut random = Random::new(3);
    kill_and_continue(&["--workers", "1"], &mut random, tear);
}

#[test]
fn a_crashed_run_that_is_tried_again_goes_on_from_its_checkpoint() {
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
    // As if the machine had been out of memory.
    let path = "runs/sweep/base/fold-0/result.json";
    let mut file: serde_json::Value = serde_json::from_str(&project.read(path)).expect("JSON");
    let result = &mut file["result"];
    result["failure"] = serde_json::json!({ "crashed": { "message": "out of memory" } });
    for key in ["final_epoch", "validation", "test", "seconds_per_epoch"] {
        result[key] = serde_json::Value::Null;
    }
    result["epochs"] = serde_json::json!([]);
    project.write(path, &file.to_string());
    let checkpoint = project.path("runs/sweep/base/fold-0/checkpoint.safetensors");
    let mut again = start(train(&project, &arguments));
    while !checkpoint.exists() {
        assert!(again.try_wait().expect("a child").is_none(), "it ended");
        std::thread::sleep(Duration::from_millis(1));
    }
    again.kill().expect("it can be killed");
    wait(&mut again);
    let rest = done(train(&project, &arguments));
    assert_eq!(rest.code, 0, "{}", rest.error);
    assert!(
        rest.error.contains("1 run goes on from its checkpoint"),
        "{}",
        rest.error
    );
    assert_same(&project, &expected, "after a crash and a kill");
}
