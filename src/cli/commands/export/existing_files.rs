//! Files that are already in the output folder.

use crate::cli::errors::{CliError, ExportError};
use crate::model_io::{BURN_FILE, DESCRIPTION_FILE, Description, WEIGHTS_FILE};
use crate::plan::{Plan, RunId};
use crate::record::{RESULT_FILE, read_weights, remove_file};
use std::io::ErrorKind;
use std::path::Path;

/// Refuses a folder with files that `export` did not write. A default folder must also not contain the
/// model of a different run: the sweep `a` with a trial `b-c` and `a-b` with `c` share one.
pub(super) fn refuse_foreign_folder(
    output: &Path,
    plan: &Plan,
    run: RunId,
    is_named: bool,
) -> Result<(), ExportError> {
    let refused = |name: &str, what: &str| ExportError::WouldOverwrite {
        path: output.join(name),
        what: what.to_owned(),
    };
    if output.join(RESULT_FILE).is_file() {
        return Err(refused(RESULT_FILE, "the result of a run"));
    }
    let text = match std::fs::read(output.join(DESCRIPTION_FILE)) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return match [WEIGHTS_FILE, BURN_FILE].map(|name| (name, output.join(name).exists())) {
                [(name, true), _] | [_, (name, true)]
                    if !is_interrupted_export(output, plan, run) =>
                {
                    Err(refused(name, "which `export` did not write"))
                }
                _ => Ok(()),
            };
        }
        Err(_) => {
            return Err(refused(DESCRIPTION_FILE, "which `export` did not write"));
        }
    };
    let description: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
    if description["tp_sweep"].as_str().is_none() {
        return Err(refused(DESCRIPTION_FILE, "which `export` did not write"));
    }
    let (sweep, trial) = (&description["run"]["sweep"], &description["run"]["trial"]);
    let expected = (plan.name.as_str(), plan.trials[run.trial].name.as_str());
    match (sweep.as_str(), trial.as_str()) {
        (Some(sweep), Some(trial)) if !is_named && (sweep, trial) != expected => Err(refused(
            DESCRIPTION_FILE,
            &format!("the model of the trial {trial} of the sweep {sweep}"),
        )),
        _ => Ok(()),
    }
}

/// Whether a folder without a description has weights that fit this run: an export was interrupted
/// before it wrote the description.
fn is_interrupted_export(output: &Path, plan: &Plan, run: RunId) -> bool {
    let config = &plan.trials[run.trial].config;
    let weights = read_weights(output, config);
    !output.join(BURN_FILE).exists() && weights.is_ok_and(|weights| weights.is_some())
}

/// Removes weights in the other format from a folder unless they belong to this model: next to its
/// description they would be mistaken for its weights.
pub(super) fn remove_other_format(
    output: &Path,
    name: &str,
    description: &Description,
) -> Result<(), CliError> {
    let before = std::fs::read_to_string(output.join(DESCRIPTION_FILE)).ok();
    let before = before.and_then(|text| Description::read(text.as_bytes()).ok());
    let is_same = before.is_some_and(|before| before.weights_blake3 == description.weights_blake3);
    for file in [WEIGHTS_FILE, BURN_FILE] {
        if file != name && !is_same {
            remove_file(&output.join(file)).map_err(CliError::BeforeStart)?;
        }
    }
    Ok(())
}
