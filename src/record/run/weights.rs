//! `model.safetensors`: the weights of the final network of a run.

use super::input_preprocessing::INPUT_FILE;
use crate::bounded_io::read_file;
use crate::model_io::{ModelError, WEIGHTS_FILE, Weights, from_safetensors, to_safetensors};
use crate::record::error::RecordError;
use crate::record::fs::atomic::write_before_result;
use crate::record::fs::folder::remove_file;
use crate::spec::Config;
use std::io::ErrorKind;
use std::path::Path;

/// Writes the weights of a network of this configuration into the folder of its run; the file appears
/// complete or not at all. Call this before the result is written, which marks the run as complete.
///
/// # Errors
/// The folder is not writable, or the disk is full.
///
/// # Panics
/// If the weights do not match the configuration.
pub fn write_weights(
    run_folder: &Path,
    config: &Config,
    weights: &[Vec<f32>],
) -> Result<(), RecordError> {
    let bytes = to_safetensors(&config.stages(), config.image(), weights);
    write_before_result(&run_folder.join(WEIGHTS_FILE), &bytes)
}

/// Reads the weights from the folder of a complete run; `None` if they were not kept.
///
/// # Errors
/// The file cannot be read, or does not match the configuration.
pub fn read_weights(run_folder: &Path, config: &Config) -> Result<Option<Weights>, ModelError> {
    let path = run_folder.join(WEIGHTS_FILE);
    // Twice the size of the weights in 32-bit numbers, and room for names.
    let max_bytes = 8 * config.parameters() + (64 << 20);
    let bytes = match read_file(&path, max_bytes) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(ModelError::Read { path, source }),
    };
    let weights = from_safetensors(&config.stages(), config.image(), &bytes);
    weights
        .map(Some)
        .map_err(|reason| ModelError::Unusable { path, reason })
}

/// Whether the folder of a run contains weights.
pub fn has_weights(run_folder: &Path) -> bool {
    run_folder.join(WEIGHTS_FILE).is_file()
}

/// Removes the weights and their input preprocessing from the folder of a run, if they exist.
///
/// # Errors
/// A file cannot be removed.
pub fn remove_weights(run_folder: &Path) -> Result<(), RecordError> {
    // The weights last: if the process is killed in between, they show that a file is still to be removed.
    remove_file(&run_folder.join(INPUT_FILE))?;
    remove_file(&run_folder.join(WEIGHTS_FILE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_removed_last() {
        let folder = tempfile::tempdir().expect("a folder");
        let weights = folder.path().join(WEIGHTS_FILE);
        std::fs::write(&weights, "weights").expect("writable");
        // A folder of this name cannot be removed as a file: the removal stops here, as after a kill.
        let stuck = folder.path().join(INPUT_FILE);
        std::fs::create_dir(&stuck).expect("writable");
        remove_weights(folder.path()).expect_err("a folder is not a file");
        assert!(has_weights(folder.path()));
        std::fs::remove_dir(&stuck).expect("it is empty");
        std::fs::write(&stuck, "{}").expect("writable");
        remove_weights(folder.path()).expect("both can be removed");
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("a folder").count(),
            0
        );
    }
}
