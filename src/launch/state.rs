//! `launch.json`: what was submitted of a sweep, kept in its folder.

use super::error::LaunchError;
use super::slurm::Job;
use crate::bounded_io::read_file;
use crate::record::write_atomically;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::Path;

/// The folder, in a sweep's, of the scripts and of what the tasks say.
pub const LAUNCH_FOLDER: &str = "launch";
/// The script of the array, in that folder.
pub const ARRAY_SCRIPT: &str = "array.sh";
/// The script of the report, in that folder.
pub const REPORT_SCRIPT: &str = "report.sh";

/// The name of the file in a sweep's folder.
const STATE_FILE: &str = "launch.json";

/// The version of the format.
const FORMAT_VERSION: u32 = 1;

/// The most bytes of the file: far beyond any command line.
const MAX_BYTES: u64 = 1 << 20;

/// What was submitted of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LaunchRecord {
    /// The version of this file's format.
    format: u32,
    /// To whom.
    pub engine: Engine,
    /// The cluster, where the engine has named one.
    #[serde(default)]
    pub cluster: Option<String>,
    /// The id of the array of shards.
    pub array: String,
    /// The id of the report job.
    #[serde(default)]
    pub report: Option<String>,
    /// Shares of the runs.
    pub shards: usize,
    /// When, in seconds since 1970.
    pub submitted: f64,
    /// The command line.
    #[serde(default)]
    pub command_line: Vec<String>,
}

/// Who was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// Slurm.
    Slurm,
}

impl LaunchRecord {
    /// An array that was submitted to Slurm at this time.
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

    /// The array and the report.
    pub fn jobs(&self) -> Vec<Job> {
        let ids = [Some(&self.array), self.report.as_ref()];
        let job = |id: &String| Job {
            id: id.clone(),
            cluster: self.cluster.clone(),
        };
        ids.into_iter().flatten().map(job).collect()
    }

    /// What was launched last of the sweep of this folder, if anything was.
    ///
    /// # Errors
    /// A file that cannot be read, or is of a later version.
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
            match launch.format == FORMAT_VERSION && ids.iter().all(|job| is_id(&job.id)) {
                true => Ok(launch),
                false => Err("another version of tp-sweep wrote it".to_owned()),
            }
        });
        launch
            .map(Some)
            .map_err(|why| LaunchError::StateFile { path, why })
    }

    /// What was launched last of the sweep of this folder.
    ///
    /// # Errors
    /// As of [`LaunchRecord::read`], and nothing that was launched.
    pub fn read_existing(folder: &Path) -> Result<Self, LaunchError> {
        Self::read(folder)?.ok_or_else(|| LaunchError::NeverLaunched(folder.join(STATE_FILE)))
    }

    /// Keeps it in the sweep's folder, in the place of what was launched before.
    ///
    /// # Errors
    /// A folder that cannot be written to.
    pub fn write(&self, folder: &Path) -> Result<(), LaunchError> {
        let text = serde_json::to_string_pretty(self).map_err(|error| LaunchError::StateFile {
            path: folder.join(STATE_FILE),
            why: error.to_string(),
        })?;
        Ok(write_atomically(
            &folder.join(STATE_FILE),
            (text + "\n").as_bytes(),
        )?)
    }

    /// Forgets what was launched from the sweep of this folder.
    ///
    /// # Errors
    /// A file that cannot be removed.
    pub fn remove(folder: &Path) -> Result<(), LaunchError> {
        Ok(crate::record::remove_file(&folder.join(STATE_FILE))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_launch_is_read_as_it_was_written() {
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
    fn what_is_no_launch_is_told() {
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
