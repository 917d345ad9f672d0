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

/// The profile of a trial, and how it was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrialProfile {
    /// The conditions of the measurement.
    #[serde(flatten)]
    pub conditions: ProfileConditions,
    /// The name that the measured trial had: another trial may train with the same steps. `None` in
    /// files of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured_trial: Option<String>,
    /// The measurement.
    pub profile: Profile,
}

/// The conditions of a measurement. Profiles under equal conditions can be compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileConditions {
    /// The name of the device.
    pub device: String,
    /// The version of tp-sweep and its commit. `None` in files of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// The processor with its vector unit and cache, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processor: Option<String>,
}

/// The contents of the file.
#[derive(Serialize, Deserialize)]
struct File {
    format: u32,
    #[serde(rename = "identity")]
    run_hash: RunHash,
    #[serde(flatten)]
    profile: TrialProfile,
}

/// Writes the profile of a trial into its folder; `run_hash` is the hash of its first run.
///
/// # Errors
/// The folder is not writable, or the disk is full.
pub(crate) fn write_profile(
    trial_folder: &Path,
    run_hash: &RunHash,
    profile: &TrialProfile,
) -> Result<(), RecordError> {
    let file = File {
        format: FORMAT,
        run_hash: run_hash.clone(),
        profile: profile.clone(),
    };
    let text = pretty_json(&file);
    std::fs::create_dir_all(trial_folder).map_err(failed_to("create the folder", trial_folder))?;
    remove_temp_files(trial_folder)?;
    write_atomically(&trial_folder.join(PROFILE_FILE), text.as_bytes())
}

/// The profile with this hash in the folder of a trial.
pub(crate) fn read_profile(trial_folder: &Path, run_hash: &RunHash) -> Option<TrialProfile> {
    let text = read_file(&trial_folder.join(PROFILE_FILE), MAX_FILE_BYTES).ok()?;
    parse_profile(&text, run_hash)
}

fn parse_profile(text: &[u8], run_hash: &RunHash) -> Option<TrialProfile> {
    let file: File = serde_json::from_slice(text).ok()?;
    let Profile {
        seconds_per_epoch,
        relative_error,
        ..
    } = file.profile.profile;
    let is_valid = file.format == FORMAT
        && file.run_hash == *run_hash
        && is_plausible_time(seconds_per_epoch)
        && relative_error.is_none_or(is_plausible_time);
    is_valid.then_some(file.profile)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;
    use crate::spec::Config;

    fn run_hash() -> RunHash {
        let seed = Seed {
            sweep: 0,
            repeat: 0,
            fold: 0,
        };
        RunHash::new(&Config::default(), seed, "data")
    }

    #[test]
    fn files_of_earlier_versions_have_no_spread_and_no_program() {
        let text = format!(
            "{{\"format\": 2, \"identity\": \"{}\", \"device\": \"cpu\", \"profile\": \
             {{\"seconds_per_epoch\": 0.5, \"steps\": 7, \"peak_bytes\": null}}}}",
            run_hash()
        );
        let read = parse_profile(text.as_bytes(), &run_hash()).unwrap();
        let expected = TrialProfile {
            conditions: ProfileConditions {
                device: "cpu".to_owned(),
                program: None,
                processor: None,
            },
            measured_trial: None,
            profile: Profile {
                seconds_per_epoch: 0.5,
                relative_error: None,
                steps: 7,
                peak_bytes: None,
            },
        };
        assert_eq!(read, expected);
    }

    #[test]
    fn a_spread_that_no_measurement_has_is_rejected() {
        let file = |relative_error| {
            let text = format!(
                "{{\"format\": 2, \"identity\": \"{}\", \"device\": \"cpu\", \"profile\": \
                 {{\"seconds_per_epoch\": 0.5, \"relative_error\": {relative_error}, \
                 \"steps\": 7, \"peak_bytes\": 9}}}}",
                run_hash()
            );
            parse_profile(text.as_bytes(), &run_hash())
        };
        assert!(file("0.01").is_some());
        assert_eq!(file("-1.0"), None);
        assert_eq!(file("1e300"), None);
    }
}
