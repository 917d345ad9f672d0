//! The binary as a user runs it, in a separate folder.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod events;
pub mod executor;
pub mod formats;
pub mod imports;
pub mod made_up;
pub mod progress;
#[cfg(unix)]
pub mod recovery;
pub mod rust_tokens;
pub mod training;

use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A folder with a sweep file in it, in which the binary is run.
pub struct Project {
    folder: TempDir,
}

/// The result of running the binary.
pub struct Done {
    /// Its exit code.
    pub code: i32,
    /// What it wrote to standard output.
    pub output: String,
    /// What it wrote to standard error.
    pub error: String,
}

/// The repository's root: where `data/` and `sweeps/` are.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Project {
    /// A folder with `sweep.yaml` in it.
    pub fn new(sweep: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let project = Self { folder };
        project.write("sweep.yaml", sweep);
        project
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file in the folder.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("the folder can be written to");
    }

    /// Reads a file of the folder.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// The binary in the folder, with these arguments; on the CPU, whatever the machine has.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tp-sweep"));
        command
            .current_dir(self.folder.path())
            .args(arguments)
            .env("NO_COLOR", "1");
        command
    }

    /// Runs the binary with these arguments.
    pub fn run(&self, arguments: &[&str]) -> Done {
        let output = self.command(arguments).output().expect("the binary runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Done {
            code: output.status.code().unwrap_or(-1),
            output: text(&output.stdout),
            error: text(&output.stderr),
        }
    }

    /// Trains `sweep.yaml` on the repository's data, with these further arguments.
    pub fn train(&self, arguments: &[&str]) -> Done {
        let data = repository().join("data");
        let data = data.to_str().expect("the repository's path is text");
        let fixed = ["sweep.yaml", "--device", "cpu", "--data", data];
        self.run(&[&fixed, arguments].concat())
    }
}

/// Every file below `folder`, sorted.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder that can be read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A table without its columns of timings.
pub fn without_timings(csv: &str) -> String {
    const TIMINGS: [&str; 7] = [
        "seconds",
        "mean_seconds_per_epoch",
        "profile_seconds_per_epoch",
        "profile_relative_error",
        "mean_fit_time",
        "std_fit_time",
        "pareto",
    ];
    let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    let kept: Vec<usize> = (0..header.len())
        .filter(|&column| !TIMINGS.contains(&header[column]))
        .collect();
    assert!(kept.len() < header.len(), "a table with timings");
    std::iter::once(header)
        .chain(lines)
        .map(|cells| {
            kept.iter()
                .map(|&column| cells[column])
                .collect::<Vec<_>>()
                .join(",")
        })
        .collect::<Vec<_>>()
        .join("\n")
}
