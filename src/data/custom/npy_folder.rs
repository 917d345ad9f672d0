//! The user's NumPy arrays: a folder with `x_train.npy`, `y_train.npy` and, optionally, a test part.

use super::raw_dataset::{LabeledSamples, RawDataset, features_of};
use crate::data::folder::{VALIDATION_NAMES, list};
use crate::data::formats::npy::ArrayFile;
use crate::data::formats::npy_file::{self, HOW_TO_UNPACK};
use crate::data::samples::dataset::Values;
use std::path::Path;

/// Reads `x_train.npy`, `y_train.npy` and, if present, `x_test.npy` and `y_test.npy`, each gzipped or not.
///
/// # Errors
/// A reason.
pub(crate) fn load(folder: &Path) -> Result<RawDataset, String> {
    if !folder.is_dir() {
        return Err(if is_npz(&folder.to_string_lossy()) {
            format!("{} in a folder", how_to_unpack())
        } else {
            "expected a folder with x_train.npy and y_train.npy, not a file".to_owned()
        });
    }
    let names = names(folder)?;
    refuse_unread(&names)?;
    let (values, shape, labels) = read_part(folder, &names, "train")?;
    let has_array = |array: &str| Ok::<_, String>(find_file(&names, array)?.is_some());
    let test = match (has_array("x_test")?, has_array("y_test")?) {
        (false, false) => None,
        _ => {
            let (values, test_shape, labels) = read_part(folder, &names, "test")?;
            if test_shape != shape {
                return Err(format!(
                    "samples of x_test.npy have the shape {test_shape:?}, but those of x_train.npy \
                     {shape:?}"
                ));
            }
            Some(LabeledSamples { values, labels })
        }
    };
    let image = match *shape.as_slice() {
        [_] => None,
        [height, width] => Some([height, width, 1]),
        [height, width, channels] => Some([height, width, channels]),
        _ => {
            return Err(format!(
                "x_train.npy is {}-dimensional; expected [samples, features], \
                 [samples, height, width] or [samples, height, width, channels]",
                shape.len() + 1
            ));
        }
    };
    Ok(RawDataset {
        train: LabeledSamples { values, labels },
        test,
        features: features_of(&shape)?,
        image,
        ..RawDataset::default()
    })
}

/// The names of the files in a folder, sorted; names that are not UTF-8 are skipped.
fn names(folder: &Path) -> Result<Vec<String>, String> {
    let paths = list(folder).map_err(|error| error.to_string())?;
    let names = paths.iter().filter_map(|path| path.file_name()?.to_str());
    Ok(names.map(str::to_owned).collect())
}

/// The array that a file holds by its name: `x_train` for `X_train.npy.gz`.
fn array_of(name: &str) -> Option<String> {
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    name.strip_suffix(".npy").map(str::to_owned)
}

fn is_npz(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".npz")
}

fn how_to_unpack() -> String {
    format!("{HOW_TO_UNPACK} as x_train.npy, y_train.npy, x_test.npy and y_test.npy")
}

/// Refuses files whose samples would be ignored silently.
fn refuse_unread(names: &[String]) -> Result<(), String> {
    let is_validation = |array: &str| {
        let part = array.strip_prefix("x_");
        part.is_some_and(|part| VALIDATION_NAMES.contains(&part))
    };
    for name in names {
        if array_of(name).is_some_and(|array| is_validation(&array)) {
            return Err(format!(
                "{name} would not be read: validation samples are taken from x_train.npy; add its \
                 samples there, or move it out of this folder"
            ));
        }
        if is_npz(name) && name.to_ascii_lowercase().starts_with("x_") {
            return Err(format!("{name} would not be read: {}", how_to_unpack()));
        }
    }
    Ok(())
}

/// The name of the file of an array; an uncompressed file is preferred to a gzipped one.
///
/// # Errors
/// Several such files.
fn find_file(names: &[String], array: &str) -> Result<Option<String>, String> {
    let is_gzipped = |name: &str| name.to_ascii_lowercase().ends_with(".gz");
    let of_array = names
        .iter()
        .filter(|name| array_of(name).is_some_and(|found| found == array));
    let (gzipped, plain): (Vec<&String>, Vec<&String>) =
        of_array.partition(|name| is_gzipped(name));
    let found = if plain.is_empty() { gzipped } else { plain };
    match found.as_slice() {
        [] => Ok(None),
        [name] => Ok(Some((*name).clone())),
        [first, second, ..] => Err(format!(
            "it has several files for {array}: {first} and {second}; move one out of this folder"
        )),
    }
}

/// The values, the shape of one sample, and the labels in `x_<part>.npy` and `y_<part>.npy`.
fn read_part(
    folder: &Path,
    names: &[String],
    part: &str,
) -> Result<(Values, Vec<usize>, Vec<String>), String> {
    let read = |array: &str| {
        let found = find_file(names, array)?;
        let name = found.ok_or_else(|| match names.iter().find(|name| is_npz(name)) {
            Some(archive) => format!(
                "it has no file {array}.npy, but {archive}: {}",
                how_to_unpack()
            ),
            None => format!("it has no file {array}.npy"),
        })?;
        let bytes =
            npy_file::read(&folder.join(&name)).map_err(|error| format!("{name}: {error}"))?;
        Ok::<_, String>((name, bytes))
    };
    let (x, x_bytes) = read(&format!("x_{part}"))?;
    let (y, y_bytes) = read(&format!("y_{part}"))?;
    let inputs = ArrayFile::parse(&x_bytes).map_err(|reason| format!("{x}: {reason}"))?;
    let targets = ArrayFile::parse(&y_bytes).map_err(|reason| format!("{y}: {reason}"))?;
    let count = match targets.shape.as_slice() {
        [count] | [count, 1] => *count,
        shape => {
            let remedy = match shape {
                [1, _] => "use y.ravel()",
                _ => "if they are one-hot rows, use y.argmax(axis=1)",
            };
            return Err(format!(
                "{y} has the shape {shape:?}; expected one whole number per sample: {remedy}"
            ));
        }
    };
    let labels = targets
        .labels()
        .map_err(|reason| format!("{y}, {reason}"))?;
    let shape = match inputs.shape.split_first() {
        Some((samples, shape)) if *samples == count => shape.to_vec(),
        Some((samples, _)) => return Err(format!("{x} has {samples} samples, {y} has {count}")),
        None => return Err(format!("{x} is a single number")),
    };
    if part == "train" {
        inputs
            .refuse_lost_digits(&shape)
            .map_err(|reason| format!("{x}, {reason}"))?;
    }
    Ok((inputs.values(), shape, labels))
}
