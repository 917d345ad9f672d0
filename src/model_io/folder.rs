//! A folder with a model, read back.

use super::description::Description;
use super::error::ModelError;
use super::layout::Weights;
use super::safetensors::from_safetensors;
use super::{BURN_FILE, DESCRIPTION_FILE, WEIGHTS_FILE};
use crate::spec::MAX_PARAMETERS;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// The most bytes of a description: far beyond a thousand classes and many columns.
const LARGEST_DESCRIPTION: u64 = 64 << 20;
/// The most bytes of weights: those of the largest model, with its running statistics and header.
const LARGEST_WEIGHTS: u64 = 8 * MAX_PARAMETERS;

/// Reads the model in a folder: what it is, and its weights.
///
/// # Errors
/// Files that are missing or unreadable, that are no model, or that do not belong together.
pub fn read_model(folder: &Path) -> Result<(Description, Weights), ModelError> {
    let path = folder.join(DESCRIPTION_FILE);
    let text = match read(&path, LARGEST_DESCRIPTION) {
        Err(ModelError::Read { source, .. }) if is_missing(&source) => {
            return Err(ModelError::NotThere(folder.to_owned()));
        }
        text => text?,
    };
    let unusable = |path: &Path, reason: String| ModelError::Unusable {
        path: path.to_owned(),
        reason,
    };
    let description = Description::read(&text).map_err(|reason| unusable(&path, reason))?;
    let path = folder.join(WEIGHTS_FILE);
    let bytes = match read(&path, LARGEST_WEIGHTS) {
        Err(ModelError::Read { source, .. })
            if is_missing(&source) && folder.join(BURN_FILE).is_file() =>
        {
            return Err(ModelError::BurnAlone(folder.to_owned()));
        }
        bytes => bytes?,
    };
    let weights = description
        .stages()
        .and_then(|stages| from_safetensors(&stages, description.input.sides(), &bytes))
        .map_err(|reason| unusable(&path, reason))?;
    let sum = blake3::hash(&bytes).to_hex();
    if description
        .weights_blake3
        .as_ref()
        .is_some_and(|expected| *expected != sum.as_str())
    {
        let reason = "it is not the one that model.json describes, by its BLAKE3 hash; export the \
                      model again, or remove weights_blake3 from model.json where you have trained \
                      it further";
        return Err(unusable(&path, reason.to_owned()));
    }
    Ok((description, weights))
}

fn is_missing(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// The contents of a file of at most so many bytes.
fn read(path: &Path, largest: u64) -> Result<Vec<u8>, ModelError> {
    let told = |source| ModelError::Read {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(told)?;
    let mut bytes = Vec::new();
    file.take(largest + 1)
        .read_to_end(&mut bytes)
        .map_err(told)?;
    match bytes.len() as u64 > largest {
        true => Err(ModelError::Unusable {
            path: path.to_owned(),
            reason: format!("it has more than {largest} bytes"),
        }),
        false => Ok(bytes),
    }
}
