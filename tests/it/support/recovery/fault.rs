//! A process whose system calls fail at a chosen point: see `fault_shim/lib.rs`.

use crate::support::{Project, repository};
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// What happens to a call.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// The kind of calls.
    pub kind: &'static str,
    /// The call's number among those of its kind, from 1.
    pub at: u64,
    /// The effect, a value of `TP_FAULT_DO`.
    pub does: &'static str,
    /// Whether it happens to all later calls of the kind too.
    pub lasts: bool,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let from = if self.lasts { "from" } else { "at" };
        write!(f, "{} {from} {} {}", self.does, self.kind, self.at)
    }
}

/// The library that makes calls fail.
pub struct Shim {
    folder: TempDir,
}

impl Shim {
    /// Compiles it.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let shim = Self { folder };
        let compiler = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
        let compiled = Command::new(compiler)
            .args(["--edition", "2024", "--crate-type", "cdylib", "-O", "-o"])
            .arg(shim.library_path())
            .arg(repository().join("tests/it/support/fault_shim/lib.rs"))
            .output()
            .expect("the compiler exists");
        let error = String::from_utf8_lossy(&compiled.stderr);
        assert!(compiled.status.success(), "{error}");
        assert_eq!(error, "", "no warnings");
        shim
    }

    fn library_path(&self) -> PathBuf {
        self.folder.path().join("fault_shim.so")
    }

    /// Counts the calls of a command about the project's files.
    pub fn counts(&self, command: &mut Command, project: &Project, into: &Path) {
        self.load(command, project);
        command.env("TP_FAULT_COUNT", into);
    }

    /// Makes a call of a command fail; the path that it was about is written to a file.
    pub fn injects(&self, command: &mut Command, project: &Project, fault: Fault, log: &Path) {
        self.load(command, project);
        command
            .env("TP_FAULT_KIND", fault.kind)
            .env("TP_FAULT_AT", fault.at.to_string())
            .env("TP_FAULT_DO", fault.does)
            .env("TP_FAULT_LOG", log);
        if fault.lasts {
            command.env("TP_FAULT_LASTS", "1");
        }
    }

    /// Lets a command see changes by others late, and delays its own changes, as
    /// on a folder that is shared over a network; it waits differently with another seed.
    pub fn shares(&self, command: &mut Command, project: &Project, seed: u64) {
        wait_until_seen(project);
        self.load(command, project);
        command
            .env("TP_FAULT_STALE", LATENESS.as_millis().to_string())
            .env("TP_FAULT_DELAY", "3000")
            .env("TP_FAULT_SEED", seed.to_string());
    }

    /// Makes the clock of a command advance by a second at each reading.
    pub fn speeds_up_clock(&self, command: &mut Command, project: &Project) {
        self.load(command, project);
        command.env("TP_FAULT_CLOCK", "1");
    }

    fn load(&self, command: &mut Command, project: &Project) {
        let folder = project.path("").canonicalize().expect("the file exists");
        command
            .env("LD_PRELOAD", self.library_path())
            .env("TP_FAULT_FOLDER", folder);
    }
}

/// How late a process sees the files of others.
const LATENESS: Duration = Duration::from_millis(400);

/// Waits until a process that sees files late sees the inputs of the project.
fn wait_until_seen(project: &Project) {
    let is_late = |name: &str| {
        let metadata = std::fs::metadata(project.path(name)).ok();
        let changed = metadata.map_or(0, |metadata| metadata.ctime());
        // Whole seconds: one more, because the fraction is not looked at.
        let seen = Duration::from_secs(changed as u64 + 1) + LATENESS;
        SystemTime::UNIX_EPOCH + seen > SystemTime::now()
    };
    while ["sweep.yaml", "points.csv"].into_iter().any(is_late) {
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The number of calls of each kind, as they were counted into a file.
pub fn read_counts(path: &Path) -> BTreeMap<String, u64> {
    let text = std::fs::read_to_string(path).expect("the calls were counted");
    let entry = |line: &str| {
        let (kind, count) = line.split_once(' ').expect("a kind and a number");
        (kind.to_owned(), count.parse().expect("a number"))
    };
    text.lines().map(entry).collect()
}
