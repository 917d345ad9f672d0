//! `sweep.json`: what a sweep's folder holds, and where it came from.

use super::atomic::write_atomically;
use super::error::RecordError;
use crate::reading::read_file;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The name of the file in a sweep's folder.
const FILE: &str = "sweep.json";

/// The most bytes of the file: a sweep file of a MiB, escaped, and more.
const LARGEST: u64 = 16 << 20;

/// What a sweep's folder holds.
#[derive(Clone, Debug, Serialize)]
pub struct Manifest {
    /// The version of this file's format.
    pub format: u32,
    /// The version of tp-sweep.
    pub version: &'static str,
    /// The sweep's name.
    pub name: String,
    /// The sweep file, as it was.
    pub sweep_file: String,
    /// `--set` options on top of it.
    pub overrides: Vec<String>,
    /// Trials of the sweep.
    pub trials: usize,
    /// Runs of the sweep.
    pub runs: usize,
    /// Hashes of the data sets, by name.
    pub data: std::collections::BTreeMap<String, String>,
    /// Where it was last run; several devices with commas between them.
    pub device: String,
    /// The numbers that it was computed in: the devices of one start are of one kind.
    pub precision: &'static str,
    /// Cohorts that trained beside each other on each device.
    pub workers: usize,
    /// The machine.
    pub host: Host,
    /// When it was last started, in seconds since 1970.
    pub started: f64,
}

/// A machine.
#[derive(Clone, Debug, Serialize)]
pub struct Host {
    /// Operating system and processor architecture.
    pub system: String,
    /// The processor's name, where it is known.
    pub processor: Option<String>,
    /// Processor cores that may be used.
    pub cores: usize,
}

impl Manifest {
    /// Writes the manifest into a sweep's folder.
    ///
    /// # Errors
    /// Folders that cannot be written to, a full disk.
    pub fn write(&self, folder: &Path) -> Result<(), RecordError> {
        let mut text = serde_json::to_string_pretty(self).expect("a manifest has only text keys");
        text.push('\n');
        write_atomically(&folder.join(FILE), text.as_bytes())
    }
}

/// The sweep that a folder's results are of.
#[derive(Clone, Debug, Deserialize)]
pub struct RecordedSweep {
    /// Its name.
    pub name: String,
    /// The sweep file, as it was.
    pub sweep_file: String,
    /// `--set` options on top of it.
    pub overrides: Vec<String>,
}

impl RecordedSweep {
    /// Reads it from a sweep's folder.
    ///
    /// # Errors
    /// A folder without the file, a file that tp-sweep did not write.
    pub fn read(folder: &Path) -> std::io::Result<Self> {
        let text = read_file(&folder.join(FILE), LARGEST)?;
        serde_json::from_slice(&text).map_err(std::io::Error::from)
    }
}

impl Host {
    /// The machine that this process runs on.
    pub fn current() -> Self {
        let processor = std::fs::read_to_string("/proc/cpuinfo")
            .ok()
            .and_then(|text| {
                let line = text.lines().find(|line| line.starts_with("model name"))?;
                Some(line.split_once(':')?.1.trim().to_owned())
            });
        Self {
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            processor,
            cores: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}
