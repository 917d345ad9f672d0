//! `result.json`: the result in the folder of a complete run.

use super::plausibility::is_plausible;
use super::result::RunResult;
use crate::bounded_io::read_file;
use crate::plan::RunHash;
use crate::record::error::{RecordError, failed_to};
use crate::record::fs::atomic::{write_atomically, write_before_result, write_new};
use crate::record::fs::json::pretty_json;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs::OpenOptions;
use std::path::Path;
use std::time::SystemTime;

/// The name of the file in the folder of a run.
pub const RESULT_FILE: &str = "result.json";

/// Maximum size of the file: enough for more than a million epochs.
const MAX_FILE_BYTES: u64 = 512 << 20;

/// The version of the format. Files of other versions are ignored.
const FORMAT: u32 = 2;

/// The contents of the file: the version of the format, then the result.
#[derive(Serialize, Deserialize)]
struct File<T> {
    format: u32,
    result: T,
}

impl RunResult {
    /// Writes the result into the folder of its run, and replaces any old file; it appears complete or
    /// not at all.
    ///
    /// # Errors
    /// The folder is not writable, or the disk is full.
    pub fn write(&self, folder: &Path) -> Result<(), RecordError> {
        write_atomically(&folder.join(RESULT_FILE), self.to_json().as_bytes())
    }

    /// Writes the result into the folder of its run, unless another process has already written one:
    /// that result is kept, and returned. Overwrites a file whose bytes equal `replaced`, a file without a
    /// result of this run, and a crash if this result is not one.
    ///
    /// # Errors
    /// The folder is not writable, or the disk is full.
    pub(crate) fn publish(
        &self,
        folder: &Path,
        replaced: Option<&[u8]>,
    ) -> Result<Option<Self>, RecordError> {
        let path = folder.join(RESULT_FILE);
        let text = self.to_json();
        if write_new(&path, text.as_bytes())? {
            return Ok(None);
        }
        let existing_bytes = Self::read_bytes(folder);
        // On a network file system, the call may succeed although its reply is lost.
        if existing_bytes.as_deref() == Some(text.as_bytes()) {
            return Ok(None);
        }
        let is_replaced = existing_bytes.as_deref() == replaced;
        let is_kept = |existing: &Self| {
            let is_worse = existing.should_retry() && !self.should_retry();
            existing.run_hash == self.run_hash && !is_worse && !is_replaced
        };
        let existing = existing_bytes.and_then(|bytes| Self::from_bytes(&bytes));
        match existing.filter(is_kept) {
            Some(existing) => Ok(Some(existing)),
            None => self.write(folder).map(|()| None),
        }
    }

    /// The text of the file.
    pub fn to_json(&self) -> String {
        pretty_json(&File {
            format: FORMAT,
            result: self,
        })
    }

    /// Reads the result with this hash from the folder of a run. A file that is missing, truncated, of
    /// another version or of another configuration gives `None`.
    pub fn read(folder: &Path, run_hash: &RunHash) -> Option<Self> {
        Self::read_any(folder).filter(|result| result.run_hash == *run_hash)
    }

    /// Reads the result in the folder of a run, of any configuration.
    pub(crate) fn read_any(folder: &Path) -> Option<Self> {
        Self::from_bytes(&Self::read_bytes(folder)?)
    }

    /// Reads the bytes of the result file in the folder of a run, without checking them.
    pub(crate) fn read_bytes(folder: &Path) -> Option<Vec<u8>> {
        read_file(&folder.join(RESULT_FILE), MAX_FILE_BYTES).ok()
    }

    /// Parses the bytes of a result file; `None` if they are not a plausible result.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let file: File<Self> = serde_json::from_slice(bytes).ok()?;
        (file.format == FORMAT && is_plausible(&file.result)).then_some(file.result)
    }
}

/// Changes the trial name in the result in the folder of a run, after the trial was renamed. Keeps the
/// modification time of the file.
///
/// # Errors
/// The file cannot be read or written.
pub(crate) fn rename_trial(run_folder: &Path, trial: &str) -> Result<(), RecordError> {
    let path = run_folder.join(RESULT_FILE);
    let read = || -> std::io::Result<(Option<SystemTime>, Value)> {
        let modified = path.metadata()?.modified().ok();
        let file = serde_json::from_slice(&read_file(&path, MAX_FILE_BYTES)?)?;
        Ok((modified, file))
    };
    let (modified, mut file) = read().map_err(failed_to("read", &path))?;
    if let Some(name) = file.pointer_mut("/result/trial") {
        *name = trial.into();
    }
    write_before_result(&path, pretty_json(&file).as_bytes())?;
    if let (Some(modified), Ok(file)) = (modified, OpenOptions::new().write(true).open(&path)) {
        // A wrong time does no harm.
        let _ = file.set_modified(modified);
    }
    Ok(())
}

/// The configuration in the result in the folder of a run, as it was written.
pub(crate) fn recorded_config(run_folder: &Path) -> Option<Value> {
    let mut file: Value = serde_json::from_slice(&RunResult::read_bytes(run_folder)?).ok()?;
    Some(file.get_mut("result")?.get_mut("config")?.take())
}
