//! `model.safetensors`: the weights of a run's final network.

use super::input_scale::INPUT_FILE;
use crate::bounded_io::read_file;
use crate::model_io::{ModelError, WEIGHTS_FILE, Weights, from_safetensors, to_safetensors};
use crate::record::error::RecordError;
use crate::record::fs::atomic::{remove_file, write_before_result};
use crate::spec::Config;
use std::io::ErrorKind;
use std::path::Path;

/// Writes the weights of a network of this configuration into its run's folder, whole or not at
/// all; before its result, which says that all is there.
///
/// # Errors
/// Folders that cannot be written to, a full disk.
///
/// # Panics
/// When the weights are those of another configuration.
pub fn write_weights(
    run_folder: &Path,
    config: &Config,
    weights: &[Vec<f32>],
) -> Result<(), RecordError> {
    let bytes = to_safetensors(&config.stages(), config.image(), weights);
    write_before_result(&run_folder.join(WEIGHTS_FILE), &bytes)
}

/// The weights in the folder of a complete run; nothing where they were not kept.
///
/// # Errors
/// A file that cannot be read, or that is not one of this configuration.
pub fn read_weights(run_folder: &Path, config: &Config) -> Result<Option<Weights>, ModelError> {
    let path = run_folder.join(WEIGHTS_FILE);
    // Twice what the weights of this configuration take, and room for names.
    let most = 8 * config.parameters() + (64 << 20);
    let bytes = match read_file(&path, most) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(ModelError::Read { path, source }),
    };
    let weights = from_safetensors(&config.stages(), config.image(), &bytes);
    let told = |reason| ModelError::Unusable { path, reason };
    weights.map(Some).map_err(told)
}

/// Whether a run's folder has weights.
pub fn has_weights(run_folder: &Path) -> bool {
    run_folder.join(WEIGHTS_FILE).is_file()
}

/// Removes the weights from a run's folder, and what belongs to them, if they are there.
///
/// # Errors
/// A file that cannot be removed.
pub fn remove_weights(run_folder: &Path) -> Result<(), RecordError> {
    // The weights last: after a kill between the two, they show that something is still to be removed.
    remove_file(&run_folder.join(INPUT_FILE))?;
    remove_file(&run_folder.join(WEIGHTS_FILE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_stay_until_all_that_belongs_to_them_is_gone() {
        let folder = tempfile::tempdir().expect("a folder");
        let weights = folder.path().join(WEIGHTS_FILE);
        std::fs::write(&weights, "weights").expect("writable");
        // What cannot be removed as a file stands for a kill at that point.
        let stuck = folder.path().join(INPUT_FILE);
        std::fs::create_dir(&stuck).expect("writable");
        remove_weights(folder.path()).expect_err("a folder is no file");
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
