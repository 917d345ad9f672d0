//! Reads the folder of a model.

use super::description::Description;
use super::error::ModelError;
use super::layout::Weights;
use super::safetensors::from_safetensors;
use super::{BURN_FILE, DESCRIPTION_FILE, WEIGHTS_FILE};
use crate::spec::MAX_PARAMETERS;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// The maximum size of a description: far more than a thousand classes and many columns need.
const MAX_DESCRIPTION_BYTES: u64 = 64 << 20;
/// The maximum size of weights: the largest model, with its running statistics and header.
const MAX_WEIGHTS_BYTES: u64 = 8 * MAX_PARAMETERS;

/// Reads the description and the weights of the model in a folder.
///
/// # Errors
/// If a file is missing, unreadable or invalid, or the files do not belong together.
pub fn read_model(folder: &Path) -> Result<(Description, Weights), ModelError> {
    let path = folder.join(DESCRIPTION_FILE);
    let text = match read(&path, MAX_DESCRIPTION_BYTES) {
        Err(ModelError::Read { source, .. }) if is_missing(&source) => {
            return Err(ModelError::MissingDescription(folder.to_owned()));
        }
        text => text?,
    };
    let unusable = |path: &Path, reason: String| ModelError::Unusable {
        path: path.to_owned(),
        reason,
    };
    let description = Description::read(&text).map_err(|reason| unusable(&path, reason))?;
    let path = folder.join(WEIGHTS_FILE);
    let bytes = match read(&path, MAX_WEIGHTS_BYTES) {
        Err(ModelError::Read { source, .. })
            if is_missing(&source) && folder.join(BURN_FILE).is_file() =>
        {
            return Err(ModelError::OnlyBurnWeights(folder.to_owned()));
        }
        bytes => bytes?,
    };
    let weights = description
        .stages()
        .and_then(|stages| from_safetensors(&stages, description.input.image_shape(), &bytes))
        .map_err(|reason| unusable(&path, reason))?;
    let hash = blake3::hash(&bytes).to_hex();
    if description
        .weights_blake3
        .as_ref()
        .is_some_and(|expected| *expected != hash.as_str())
    {
        let reason = "its BLAKE3 hash differs from weights_blake3 in model.json; export the model \
                      again, or, if you have trained it further, remove weights_blake3 from \
                      model.json";
        return Err(unusable(&path, reason.to_owned()));
    }
    Ok((description, weights))
}

fn is_missing(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Reads a file of at most `max_bytes` bytes.
fn read(path: &Path, max_bytes: u64) -> Result<Vec<u8>, ModelError> {
    let read_error = |source| ModelError::Read {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(read_error)?;
    let mut bytes = Vec::new();
    file.take(max_bytes + 1)
        .read_to_end(&mut bytes)
        .map_err(read_error)?;
    if bytes.len() as u64 > max_bytes {
        return Err(ModelError::Unusable {
            path: path.to_owned(),
            reason: format!("it is larger than {max_bytes} bytes"),
        });
    }
    Ok(bytes)
}
