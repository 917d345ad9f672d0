//! `profile.json`: speed and memory of a trial, measured while nothing else trains.

use super::plausibility::is_plausible_time;
use crate::bounded_io::read_file;
use crate::metrics::Profile;
use crate::plan::RunHash;
use crate::record::error::{RecordError, failed_to};
use crate::record::fs::atomic::write_atomically;
use crate::record::fs::json::pretty_json;
use crate::record::fs::temp_file::remove_temp_files;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The name of the file in the folder of a trial.
pub(crate) const PROFILE_FILE: &str = "profile.json";

/// Maximum size of the file.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// The version of the format. Files of other versions are ignored.
const FORMAT: u32 = 2;

/// The contents of the file.
#[derive(Serialize, Deserialize)]
struct File {
    format: u32,
    #[serde(rename = "identity")]
    run_hash: RunHash,
    device: String,
    profile: Profile,
}

/// Writes the profile of a trial into its folder; `run_hash` is the hash of its first run.
///
/// # Errors
/// The folder is not writable, or the disk is full.
pub(crate) fn write_profile(
    trial_folder: &Path,
    run_hash: &RunHash,
    device: &str,
    profile: Profile,
) -> Result<(), RecordError> {
    let file = File {
        format: FORMAT,
        run_hash: run_hash.clone(),
        device: device.to_owned(),
        profile,
    };
    let text = pretty_json(&file);
    std::fs::create_dir_all(trial_folder).map_err(failed_to("create the folder", trial_folder))?;
    remove_temp_files(trial_folder)?;
    write_atomically(&trial_folder.join(PROFILE_FILE), text.as_bytes())
}

/// The profile with this hash in the folder of a trial, and the device that it was measured on.
pub(crate) fn read_profile(trial_folder: &Path, run_hash: &RunHash) -> Option<(Profile, String)> {
    let text = read_file(&trial_folder.join(PROFILE_FILE), MAX_FILE_BYTES).ok()?;
    let file: File = serde_json::from_slice(&text).ok()?;
    let is_valid = file.format == FORMAT
        && file.run_hash == *run_hash
        && is_plausible_time(file.profile.seconds_per_epoch);
    is_valid.then_some((file.profile, file.device))
}
