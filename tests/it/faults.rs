//! Each call by which a sweep changes something on disk may fail, write only a part, or
//! be the last before the process is killed: the same command then continues to the same files, and
//! what was complete is not lost.
//!
//! `TP_SWEEP_FAULTS=all` tests every call in turn; otherwise some of them, evenly spaced.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use crate::support::recovery::fault::{Fault, Shim, read_counts};
use crate::support::recovery::files::{Files, assert_kept, assert_same, contents, results};
use crate::support::recovery::process::{done, train};
use crate::support::recovery::sweep;
use crate::support::{Done, Project};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

/// One worker, so that calls come in the same order each time.
const ARGUMENTS: [&str; 2] = ["--workers", "1"];

/// Calls of each kind that are tested: all if there are up to twice as many.
const CALLS: u64 = 6;

/// Calls of each kind.
type Counts = BTreeMap<String, u64>;

/// The state in which the faulty process starts.
#[derive(Clone, Copy)]
enum StartState {
    /// At the start of the sweep.
    Fresh,
    /// In a sweep whose process was killed at this call of `sync`.
    After(u64),
}

/// A sweep in that state.
fn project(shim: &Shim, begin: StartState) -> Project {
    let project = sweep::tiny();
    if let StartState::After(at) = begin {
        let (ended, _) = faulty(shim, &project, killed_at(at));
        assert_eq!(ended.code, -1, "{}", ended.error);
    }
    project
}

fn killed_at(at: u64) -> Fault {
    Fault {
        kind: "sync",
        at,
        does: "kill",
        lasts: false,
    }
}

/// Trains with a fault; returns the outcome and the path of the faulty call.
fn faulty(shim: &Shim, project: &Project, fault: Fault) -> (Done, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = folder.path().join("log");
    let mut command = train(project, &ARGUMENTS);
    shim.injects(&mut command, project, fault, &log);
    let done = done(command);
    let about = std::fs::read_to_string(&log).unwrap_or_default();
    (done, about.trim_end().to_owned())
}

/// The calls of an undisturbed process.
fn counted(shim: &Shim, begin: StartState) -> (Files, Counts) {
    let project = project(shim, begin);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let counts = folder.path().join("counts");
    let mut command = train(&project, &ARGUMENTS);
    shim.counts(&mut command, &project, &counts);
    let whole = done(command);
    assert_eq!(whole.code, 0, "{}", whole.error);
    (contents(&project), read_counts(&counts))
}

/// The first call of `sync`, past the middle of the sweep, that is about the records of a run which
/// has been saved before: killed there, it has a checkpoint, and records of a later epoch.
fn past_a_checkpoint(shim: &Shim, counts: &Counts) -> StartState {
    for at in counts["sync"] / 2.. {
        let project = sweep::tiny();
        let (ended, about) = faulty(shim, &project, killed_at(at));
        assert_eq!(ended.code, -1, "{}", ended.error);
        let is_record = about.contains("tfevents");
        if is_record
            && Path::new(&about)
                .with_file_name("checkpoint.safetensors")
                .exists()
        {
            return StartState::After(at);
        }
    }
    unreachable!("no run is saved twice")
}

/// What happened to a process with a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ended {
    Completed,
    Failed,
    Killed,
}

/// Injects a fault, and continues without.
fn inject(shim: &Shim, begin: StartState, expected: &Files, fault: Fault) -> Ended {
    let project = project(shim, begin);
    let first = results(&project);
    let (faulty, about) = faulty(shim, &project, fault);
    let when = format!("after {fault}, {about}: {}", faulty.error);
    assert_kept(&project, &first, &when);
    assert_ne!(about, "", "it happens: {when}");
    assert!(!faulty.error.contains("panicked"), "{when}");
    let ended = match faulty.code {
        0 => Ended::Completed,
        -1 => Ended::Killed,
        _ => Ended::Failed,
    };
    match fault.does {
        "kill" | "kill-after" => assert_eq!(ended, Ended::Killed, "{when}"),
        "short" => assert_eq!(ended, Ended::Completed, "{when}"),
        _ => assert_ne!(ended, Ended::Killed, "{when}"),
    }
    match ended {
        // A fault that is tolerated takes nothing away.
        Ended::Completed => assert_same(&project, expected, &when),
        Ended::Failed => {
            let is_reported = ["cannot ", "could not "]
                .iter()
                .any(|message| faulty.error.contains(message));
            assert!(is_reported, "{when}");
        }
        Ended::Killed => {}
    }
    let before = results(&project);
    let continued = done(train(&project, &ARGUMENTS));
    assert_eq!(continued.code, 0, "{when}{}", continued.error);
    assert_kept(&project, &before, &when);
    assert_same(&project, expected, &when);
    ended
}

/// Tests calls of these kinds in turn.
fn inject_everywhere(kinds: &[&'static str], faults: &[(&'static str, bool)], resumes: bool) {
    let started = Instant::now();
    let shim = Shim::new();
    let (expected, mut counts) = counted(&shim, StartState::Fresh);
    let mut begin = StartState::Fresh;
    if resumes {
        begin = past_a_checkpoint(&shim, &counts);
        let continued;
        (continued, counts) = counted(&shim, begin);
        assert!(continued == expected, "a sweep that goes on ends the same");
    }
    let takes_all = std::env::var("TP_SWEEP_FAULTS").is_ok_and(|which| which == "all");
    let mut planned = Vec::new();
    for &kind in kinds {
        let count = counts[kind];
        let tested = if takes_all || count <= 2 * CALLS {
            count
        } else {
            CALLS
        };
        for &(does, lasts) in faults {
            // From the first to the last.
            let at = |index: u64| 1 + index * (count - 1) / (tested - 1).max(1);
            let fault = |index| Fault {
                kind,
                at: at(index),
                does,
                lasts,
            };
            planned.extend((0..tested).map(fault));
        }
    }
    // In parallel: they share nothing.
    let ends = planned.par_iter().map(|&fault| {
        let name = (fault.kind, fault.does, fault.lasts);
        (name, inject(&shim, begin, &expected, fault))
    });
    let ends: Vec<_> = ends.collect();
    let mut table: BTreeMap<_, BTreeMap<Ended, usize>> = BTreeMap::new();
    for (name, ended) in ends {
        *table.entry(name).or_default().entry(ended).or_default() += 1;
    }
    let has_errors = |does| ["EIO", "EACCES", "ENOSPC"].contains(&does);
    let mut all = table.iter();
    let is_error =
        all.any(|((_, does, _), ended)| has_errors(*does) && ended.contains_key(&Ended::Failed));
    let expects_errors = faults.iter().any(|(does, _)| has_errors(*does));
    assert_eq!(
        is_error, expects_errors,
        "some calls cannot be done without"
    );
    for ((kind, does, lasts), ended) in table {
        let lasts = if lasts { " for good" } else { "" };
        println!(
            "{does}{lasts} at {} calls of {kind}: {ended:?}",
            counts[kind]
        );
    }
    println!(
        "{} faults, {:.1} s",
        planned.len(),
        started.elapsed().as_secs_f64()
    );
}

const ALL: [&str; 7] = [
    "write", "sync", "rename", "open", "unlink", "mkdir", "chmod",
];

/// Calls that need space on the disk.
const ROOM: [&str; 5] = ["write", "sync", "rename", "open", "mkdir"];

#[test]
fn a_call_that_fails_once_loses_nothing() {
    inject_everywhere(&ALL, &[("EIO", false), ("EACCES", false)], false);
}

#[test]
fn a_disk_that_fills_up_loses_nothing() {
    inject_everywhere(&ROOM, &[("ENOSPC", true)], false);
}

#[test]
fn a_process_that_is_killed_at_a_call_loses_nothing() {
    inject_everywhere(&ALL, &[("kill", false), ("kill-after", false)], false);
}

#[test]
fn a_resumed_process_loses_nothing_either() {
    let faults = [
        ("EIO", false),
        ("ENOSPC", true),
        ("kill", false),
        ("kill-after", false),
    ];
    inject_everywhere(&ALL, &faults, true);
}

#[test]
fn short_writes_change_nothing() {
    inject_everywhere(&["write"], &[("short", false), ("short", true)], false);
    inject_everywhere(&["write"], &[("short", false)], true);
}
