//! `profile.json`: speed and memory of a trial, measured alone.

use super::plausibility::is_time;
use crate::bounded_io::read_file;
use crate::metrics::Profile;
use crate::plan::RunHash;
use crate::record::error::{RecordError, on};
use crate::record::fs::atomic::{remove_temp_files, write_atomically};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The name of the file in a trial's folder.
pub(crate) const PROFILE_FILE: &str = "profile.json";

/// The most bytes of the file.
const LARGEST: u64 = 1 << 20;

/// The version of the format; a reader takes a file of another version for none.
const FORMAT: u32 = 2;

/// The file: what was measured, of what, and where.
#[derive(Serialize, Deserialize)]
struct File {
    format: u32,
    identity: RunHash,
    device: String,
    profile: Profile,
}

/// Writes the profile of a trial into its folder; `identity` is that of the trial's first run.
///
/// # Errors
/// Folders that cannot be written to, a full disk.
#[expect(
    clippy::expect_used,
    reason = "what is written is our own value, which JSON can hold"
)]
pub(crate) fn write_profile(
    trial_folder: &Path,
    identity: &RunHash,
    device: &str,
    profile: Profile,
) -> Result<(), RecordError> {
    let file = File {
        format: FORMAT,
        identity: identity.clone(),
        device: device.to_owned(),
        profile,
    };
    let mut text = serde_json::to_string_pretty(&file).expect("a profile is plain values");
    text.push('\n');
    std::fs::create_dir_all(trial_folder).map_err(on("create the folder", trial_folder))?;
    remove_temp_files(trial_folder)?;
    write_atomically(&trial_folder.join(PROFILE_FILE), text.as_bytes())
}

/// The profile in a trial's folder, if there is one of this identity, and the device it was
/// measured on.
pub(crate) fn read_profile(trial_folder: &Path, identity: &RunHash) -> Option<(Profile, String)> {
    let text = read_file(&trial_folder.join(PROFILE_FILE), LARGEST).ok()?;
    let file: File = serde_json::from_slice(&text).ok()?;
    let valid = file.format == FORMAT
        && file.identity == *identity
        && is_time(file.profile.seconds_per_epoch);
    valid.then_some((file.profile, file.device))
}
