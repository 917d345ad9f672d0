//! A sweep that is trained in shares by many processes at once, which may run twice, be killed, and
//! see changes by others late: its files equal those of a sweep that one process has trained.
#![cfg(unix)]

use crate::support::recovery::files::{Files, assert_same, contents};
use crate::support::recovery::process::{done, spawn, train, wait};
use crate::support::recovery::sweep;
use crate::support::{Done, Project, files, without_timings};
use std::process::{Command, Stdio};

/// The command that trains a shard.
fn shard(project: &Project, shard: &str) -> Command {
    train(project, &["--workers", "1", "--shard", shard])
}

fn trained(project: &Project, of: &str) {
    let ended = done(shard(project, of));
    assert_eq!(ended.code, 0, "{of}: {}", ended.error);
}

fn report(project: &Project) -> Done {
    project.run(&["report", "sweep.yaml"])
}

/// The files of one process.
fn of_one(project: impl Fn() -> Project) -> Files {
    let project = project();
    let whole = done(train(&project, &["--workers", "1"]));
    assert_eq!(whole.code, 0, "{}", whole.error);
    contents(&project)
}

/// Checks that the files are those of one process, once the report is written.
fn assert_as_of_one(project: &Project, expected: &Files, when: &str) {
    let reported = report(project);
    assert_eq!(reported.code, 0, "{when}: {}", reported.error);
    assert_same(project, expected, when);
}

#[test]
fn three_copies_of_all_shards_at_once_give_the_files_of_one_process() {
    let expected = of_one(|| sweep::project(20));
    let project = sweep::project(20);
    let mut copies = Vec::new();
    for number in (1..=4).cycle().take(12) {
        let mut command = shard(&project, &format!("{number}/4"));
        command.stdout(Stdio::null()).stderr(Stdio::null());
        copies.push(spawn(command));
    }
    for copy in &mut copies {
        assert_eq!(wait(copy).code(), Some(0));
    }
    assert_as_of_one(&project, &expected, "after three copies");
}

#[test]
fn the_number_of_shards_may_change_between_starts() {
    let expected = of_one(|| sweep::project(3));
    let project = sweep::project(3);
    trained(&project, "1/3");
    trained(&project, "5/5");
    let missing = report(&project);
    assert_eq!(missing.code, 3);
    assert!(
        missing.error.contains(" no result and "),
        "{}",
        missing.error
    );
    for of in ["4/5", "1/5", "2/5", "3/5"] {
        trained(&project, of);
    }
    assert_as_of_one(&project, &expected, "after shards of three and of five");
}

#[test]
fn the_whole_sweep_continues_from_the_results_of_shards() {
    let expected = of_one(|| sweep::project(3));
    let project = sweep::project(3);
    trained(&project, "2/3");
    let rest = done(train(&project, &["--workers", "1"]));
    assert_eq!(rest.code, 0, "{}", rest.error);
    assert_same(&project, &expected, "after a shard");
}

#[test]
fn folders_from_separate_disks_are_merged() {
    let expected = of_one(|| sweep::project(3));
    let [here, there] = [sweep::project(3), sweep::project(3)];
    trained(&here, "1/2");
    trained(&there, "2/2");
    let from = there.path("runs/sweep");
    let merge = |project: &Project| {
        let from = from.to_str().expect("a temporary folder's path is text");
        project.run(&["merge", "runs/sweep", from])
    };
    let merged = merge(&here);
    assert_eq!(merged.code, 0, "{}", merged.error);
    assert_as_of_one(&here, &expected, "after a merge");
    // Once more changes nothing.
    assert_eq!(merge(&here).code, 0);
    assert_same(&here, &expected, "after two merges");
}

#[test]
fn a_report_lists_missing_runs_and_does_not_count_failed_ones_as_missing() {
    let project = sweep::with_data(
        "
data: { set: table, path: points.csv, label: class }
training: { epochs: 2, batch_size: 16 }
model: { width: 4 }
grid: { training.learning_rate: [0.1, 1e30] }
",
        60,
    );
    let none = report(&project);
    assert_eq!(none.code, 3, "{}", none.error);
    let codes = ["1/2", "2/2"].map(|of| {
        let ended = done(shard(&project, of));
        (ended.code, report(&project))
    });
    let [(first, half), (second, whole)] = codes;
    assert_eq!((first, second), (0, 1));
    assert_eq!(half.code, 3);
    assert!(
        half.error.contains("1 run of 2 has no result"),
        "{}",
        half.error
    );
    assert_eq!(whole.code, 1, "{}", whole.error);
    assert!(project.read("reports/sweep.md").contains("1e30"));
}

#[test]
fn fewer_event_files_are_written_on_request() {
    let with = |events: &str| {
        let sweep = format!(
            "
data: {{ set: table, path: points.csv, label: class }}
training: {{ epochs: 5, batch_size: 16, learning_rate: 0.05 }}
model: {{ width: 4 }}
record: {{ events: {events} }}
"
        );
        let project = sweep::with_data(&sweep, 60);
        assert_eq!(done(train(&project, &[])).code, 0);
        project
    };
    let [each, last, none] = ["epoch", "final", "none"].map(with);
    let table = |project: &Project| {
        let table = files(&project.path("runs"));
        let table = table.iter().find(|path| path.ends_with("epochs.csv"));
        std::fs::read_to_string(table.expect("a run has a table")).expect("the file exists")
    };
    assert_eq!(table(&each).lines().count(), 6);
    for project in [&last, &none] {
        assert_eq!(
            without_timings(&table(project)),
            without_timings(&table(&each))
        );
    }
    let expected = contents(&each);
    assert_same(&last, &expected, "with the events at the end");
    let found = contents(&none);
    let left_out: Vec<&String> = expected
        .keys()
        .filter(|name| !found.contains_key(*name))
        .collect();
    assert!(
        !left_out.is_empty() && left_out.iter().all(|name| name.contains("tfevents")),
        "{left_out:?}"
    );
}

/// A folder shared by many machines, each of which sees the changes of the others late.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod network {
    use super::*;
    use crate::support::recovery::fault::{Fault, Shim};
    use crate::support::recovery::random::Random;
    use rayon::prelude::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const SHARDS: usize = 200;

    /// 100 trials on 2 folds.
    fn project() -> Project {
        let widths: Vec<String> = (3..23).map(|width| width.to_string()).collect();
        let sweep = format!(
            "
data: {{ set: table, path: points.csv, label: class }}
training: {{ epochs: 4, batch_size: 16 }}
validation: {{ folds: 2, seed: 7 }}
checkpoint: every 1 epochs
grid:
  model.width: [{}]
  training.learning_rate: [0.1, 0.05, 0.02, 0.01, 0.005]
",
            widths.join(", ")
        );
        sweep::with_data(&sweep, 60)
    }

    /// What happens to a shard.
    struct Fate {
        number: usize,
        /// Before it runs to its end, it is killed at these calls.
        kills: Vec<Fault>,
        /// Processes that run it to its end at once.
        copies: usize,
        seed: u64,
    }

    fn fates(random: &mut Random) -> Vec<Fate> {
        let mut fates: Vec<Fate> = (1..=SHARDS).map(|number| fate(number, random)).collect();
        for last in (1..fates.len()).rev() {
            fates.swap(last, random.below(last as u64 + 1) as usize);
        }
        fates
    }

    fn fate(number: usize, random: &mut Random) -> Fate {
        const KINDS: [(&str, u64); 4] = [("write", 40), ("sync", 20), ("rename", 15), ("open", 30)];
        let kills = random.below(6).saturating_sub(3);
        let kill = |random: &mut Random| {
            let (kind, calls) = KINDS[random.below(KINDS.len() as u64) as usize];
            Fault {
                kind,
                at: 1 + random.below(calls),
                does: ["kill", "kill-after"][random.below(2) as usize],
                lasts: false,
            }
        };
        Fate {
            number,
            kills: (0..kills).map(|_| kill(random)).collect(),
            copies: 1 + usize::from(random.below(4) == 0) + usize::from(random.below(16) == 0),
            seed: random.below(1 << 40),
        }
    }

    #[test]
    fn two_hundred_shards_with_delays_kills_and_stale_lists_give_each_run_once() {
        let expected = of_one(project);
        let project = project();
        let shim = Shim::new();
        let logs = tempfile::tempdir().expect("a temporary folder");
        let log = logs.path().join("faults.log");
        let mut random = Random::new(3);
        let (kills, copies) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let run = |fate: &Fate| {
            let of = format!("{}/{SHARDS}", fate.number);
            for (attempt, kill) in fate.kills.iter().enumerate() {
                let mut command = shard(&project, &of);
                shim.shares(&mut command, &project, fate.seed + attempt as u64);
                shim.injects(&mut command, &project, *kill, &log);
                let ended = done(command);
                // Where there are fewer calls it runs to its end.
                assert!([-1, 0].contains(&ended.code), "{of}: {}", ended.error);
                kills.fetch_add(usize::from(ended.code == -1), Ordering::SeqCst);
            }
            let start = |copy: usize| {
                let mut command = shard(&project, &of);
                shim.shares(&mut command, &project, fate.seed + 100 + copy as u64);
                command.stdout(Stdio::null());
                spawn(command)
            };
            let mut running: Vec<_> = (0..fate.copies).map(start).collect();
            for copy in &mut running {
                assert_eq!(wait(copy).code(), Some(0), "{of}");
                copies.fetch_add(1, Ordering::SeqCst);
            }
        };
        let at_once = rayon::ThreadPoolBuilder::new().num_threads(8).build();
        let fates = fates(&mut random);
        at_once
            .expect("threads")
            .install(|| fates.par_iter().with_max_len(1).for_each(run));
        let (kills, copies) = (kills.into_inner(), copies.into_inner());
        println!("{SHARDS} shards: {kills} processes killed, {copies} that ran to the end");
        assert!(
            kills > 0 && copies > SHARDS,
            "{kills} kills, {copies} copies"
        );
        assert_as_of_one(&project, &expected, "after 200 shards");
    }

    /// The simulation is meaningful only if processes see changes late.
    #[test]
    fn a_process_of_the_simulation_sees_late_what_others_have_done() {
        let project = Project::new("");
        let folder = project.path("folder");
        std::fs::create_dir(&folder).expect("a folder");
        let file = folder.join("file");
        let shim = Shim::new();
        let seen = |script: &str, milliseconds: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]).current_dir(&folder);
            shim.shares(&mut command, &project, 1);
            command.env("TP_FAULT_STALE", milliseconds);
            done(command).output
        };
        std::fs::write(&file, "content\n").expect("a file");
        let hour = "3600000";
        // Without other programs: shell builtins only.
        let read = "read -r line < file && echo $line || echo none";
        assert_eq!(seen(read, hour), "none\n");
        assert_eq!(seen("echo *", hour), "*\n", "a list is late");
        assert_eq!(seen("echo mine > own; echo *", hour), "own\n");
        assert_eq!(seen(read, "0"), "content\n");
        std::thread::sleep(std::time::Duration::from_millis(20));
        assert_eq!(seen(read, "10"), "content\n");
        assert_eq!(seen("echo *", "10"), "file own\n");
    }
}
