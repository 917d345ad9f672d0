//! `launch.json`: the submitted jobs of a sweep, recorded in its folder.

use super::error::LaunchError;
use super::slurm::Job;
use crate::bounded_io::read_file;
use crate::record::write_atomically;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::Path;

/// The folder of scripts and task output, relative to the sweep's folder.
pub const LAUNCH_FOLDER: &str = "launch";
/// The script of the array, in [`LAUNCH_FOLDER`].
pub const ARRAY_SCRIPT: &str = "array.sh";
/// The script of the report, in [`LAUNCH_FOLDER`].
pub const REPORT_SCRIPT: &str = "report.sh";

/// The file name in the sweep's folder.
const STATE_FILE: &str = "launch.json";

/// The version of the format.
const FORMAT_VERSION: u32 = 1;

/// The maximum size of the file in bytes: far beyond any command line.
const MAX_BYTES: u64 = 1 << 20;

/// The submitted jobs of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LaunchRecord {
    /// The version of the file format.
    format: u32,
    /// The engine they were submitted to.
    pub engine: Engine,
    /// The cluster, if the engine reported one.
    #[serde(default)]
    pub cluster: Option<String>,
    /// The id of the array of shards.
    pub array: String,
    /// The id of the report job.
    #[serde(default)]
    pub report: Option<String>,
    /// The number of shards.
    pub shards: usize,
    /// The time of submission, in seconds since 1970.
    pub submitted: f64,
    /// The command line of the launch.
    #[serde(default)]
    pub command_line: Vec<String>,
}

/// The program that manages the jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// Slurm.
    Slurm,
}

impl LaunchRecord {
    /// The record of an array submitted to Slurm; `submitted` is in seconds since 1970.
    pub fn slurm(array: &Job, shards: usize, submitted: f64, command_line: Vec<String>) -> Self {
        Self {
            format: FORMAT_VERSION,
            engine: Engine::Slurm,
            cluster: array.cluster.clone(),
            array: array.id.clone(),
            report: None,
            shards,
            submitted,
            command_line,
        }
    }

    /// The array and the report job.
    pub fn jobs(&self) -> Vec<Job> {
        let ids = [Some(&self.array), self.report.as_ref()];
        let job = |id: &String| Job {
            id: id.clone(),
            cluster: self.cluster.clone(),
        };
        ids.into_iter().flatten().map(job).collect()
    }

    /// Reads the last launch of the sweep in this folder; `None` if it was never launched.
    ///
    /// # Errors
    /// The file cannot be read, or a different version wrote it.
    pub fn read(folder: &Path) -> Result<Option<Self>, LaunchError> {
        let path = folder.join(STATE_FILE);
        let bytes = match read_file(&path, MAX_BYTES) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            bytes => bytes.map_err(|error| error.to_string()),
        };
        let launch = bytes.and_then(|bytes| {
            let launch: Self = serde_json::from_slice(&bytes).map_err(|e| e.to_string())?;
            let ids = launch.jobs();
            let is_id = |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
            if launch.format == FORMAT_VERSION && ids.iter().all(|job| is_id(&job.id)) {
                Ok(launch)
            } else {
                Err("a different version of tp-sweep wrote it".to_owned())
            }
        });
        launch
            .map(Some)
            .map_err(|reason| LaunchError::StateFile { path, reason })
    }

    /// Reads the last launch of the sweep in this folder.
    ///
    /// # Errors
    /// As for [`LaunchRecord::read`], or the sweep was never launched.
    pub fn read_existing(folder: &Path) -> Result<Self, LaunchError> {
        Self::read(folder)?.ok_or_else(|| LaunchError::NeverLaunched(folder.join(STATE_FILE)))
    }

    /// Writes the record to the sweep's folder and replaces the previous one.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), LaunchError> {
        let text = serde_json::to_string_pretty(self).map_err(|error| LaunchError::StateFile {
            path: folder.join(STATE_FILE),
            reason: error.to_string(),
        })?;
        Ok(write_atomically(
            &folder.join(STATE_FILE),
            (text + "\n").as_bytes(),
        )?)
    }

    /// Removes the record from the sweep's folder.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub fn remove(folder: &Path) -> Result<(), LaunchError> {
        Ok(crate::record::remove_file(&folder.join(STATE_FILE))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_launch_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(LaunchRecord::read(folder.path()).unwrap(), None);
        let job = Job {
            id: "12".into(),
            cluster: Some("big".into()),
        };
        let launch = LaunchRecord {
            report: Some("13".into()),
            ..LaunchRecord::slurm(&job, 8, 1.5, vec!["tp-sweep".into()])
        };
        launch.write(folder.path()).unwrap();
        assert_eq!(LaunchRecord::read_existing(folder.path()).unwrap(), launch);
        LaunchRecord::remove(folder.path()).unwrap();
        assert!(LaunchRecord::read_existing(folder.path()).is_err());
    }

    #[test]
    fn invalid_files_are_reported() {
        let folder = tempfile::tempdir().unwrap();
        for text in [
            "",
            "{}",
            r#"{"format":2,"engine":"slurm","array":"1","shards":1,"submitted":0}"#,
            r#"{"format":1,"engine":"slurm","array":"--all","shards":1,"submitted":0}"#,
            r#"{"format":1,"engine":"pbs","array":"1","shards":1,"submitted":0}"#,
        ] {
            std::fs::write(folder.path().join(STATE_FILE), text).unwrap();
            let error = LaunchRecord::read(folder.path()).unwrap_err().to_string();
            assert!(error.contains("launch.json"), "{error}");
        }
    }
}
