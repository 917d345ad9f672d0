//! The user's own data as NumPy arrays: a folder of `x_train.npy`, `y_train.npy` and the like.

use super::raw_dataset::{LabeledSamples, RawDataset, features_of};
use crate::data::formats::files::gunzipped;
use crate::data::formats::npy::File;
use crate::data::predict_inputs::LARGEST;
use crate::data::samples::dataset::Values;
use std::path::Path;

/// What to do with several arrays in one file.
pub(crate) const HOW_TO_UNPACK: &str = "an .npz file is not read: open it with numpy.load, and save \
                                        its arrays with numpy.save";

/// Reads `x_train.npy`, `y_train.npy` and, where they are there, `x_test.npy` and `y_test.npy`, each
/// gzipped or not.
///
/// # Errors
/// A reason, in words.
pub(crate) fn load(folder: &Path) -> Result<RawDataset, String> {
    if !folder.is_dir() {
        return Err(match is_npz(&folder.to_string_lossy()) {
            true => format!("{} in a folder", how_to_unpack()),
            false => "expected a folder with x_train.npy and y_train.npy, not a file".to_owned(),
        });
    }
    let names = names(folder)?;
    refuse_unread(&names)?;
    let (values, shape, labels) = part(folder, &names, "train")?;
    let is_there = |array: &str| Ok::<_, String>(only(&names, array)?.is_some());
    let test = match (is_there("x_test")?, is_there("y_test")?) {
        (false, false) => None,
        _ => {
            let (values, test_shape, labels) = part(folder, &names, "test")?;
            if test_shape != shape {
                return Err(format!(
                    "a sample of x_test.npy has the shape {test_shape:?}, one of x_train.npy \
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
                "x_train.npy has {} dimensions; expected [samples, features], \
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

/// The names in a folder, in the order of text.
fn names(folder: &Path) -> Result<Vec<String>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    Ok(names)
}

/// The array that a file name stands for: `x_train` for `X_train.npy.gz`.
fn array(name: &str) -> Option<String> {
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

/// Refuses files whose samples would be left out silently.
fn refuse_unread(names: &[String]) -> Result<(), String> {
    const VALIDATION: [&str; 4] = ["x_val", "x_valid", "x_validation", "x_dev"];
    for name in names {
        if array(name).is_some_and(|array| VALIDATION.contains(&array.as_str())) {
            return Err(format!(
                "{name} would not be read: validation samples are taken from x_train.npy; add its \
                 samples there, or move it elsewhere"
            ));
        }
        if is_npz(name) && name.to_ascii_lowercase().starts_with("x_") {
            return Err(format!("{name} would not be read: {}", how_to_unpack()));
        }
    }
    Ok(())
}

/// The name of the file of an array; one that is not gzipped comes before its gzipped form.
fn only(names: &[String], wanted: &str) -> Result<Option<String>, String> {
    let is_gzipped = |name: &str| name.to_ascii_lowercase().ends_with(".gz");
    let found = names
        .iter()
        .filter(|name| array(name).is_some_and(|array| array == wanted));
    let (gzipped, plain): (Vec<&String>, Vec<&String>) = found.partition(|name| is_gzipped(name));
    let found = if plain.is_empty() { gzipped } else { plain };
    match found.as_slice() {
        [] => Ok(None),
        [name] => Ok(Some((*name).clone())),
        [first, second, ..] => Err(format!(
            "it has several files for {wanted}: {first} and {second}; move one elsewhere"
        )),
    }
}

/// Values, the shape of one sample, and labels of `x_<part>.npy` and `y_<part>.npy`.
fn part(
    folder: &Path,
    names: &[String],
    part: &str,
) -> Result<(Values, Vec<usize>, Vec<String>), String> {
    let read = |array: &str| {
        let found = only(names, array)?;
        let name = found.ok_or_else(|| match names.iter().find(|name| is_npz(name)) {
            Some(archive) => format!(
                "it has no file {array}.npy, but {archive}: {}",
                how_to_unpack()
            ),
            None => format!("it has no file {array}.npy"),
        })?;
        let bytes = array_bytes(&folder.join(&name)).map_err(|error| format!("{name}: {error}"))?;
        Ok::<_, String>((name, bytes))
    };
    let (x, x_bytes) = read(&format!("x_{part}"))?;
    let (y, y_bytes) = read(&format!("y_{part}"))?;
    let inputs = File::parse(&x_bytes).map_err(|reason| format!("{x}: {reason}"))?;
    let targets = File::parse(&y_bytes).map_err(|reason| format!("{y}: {reason}"))?;
    let count = match targets.shape.as_slice() {
        [count] | [count, 1] => *count,
        shape => {
            let remedy = match shape {
                [1, _] => "y.ravel() makes them",
                _ => "of one-hot rows, y.argmax(axis=1) makes them",
            };
            return Err(format!(
                "{y} has the shape {shape:?}; expected one whole number for each sample: {remedy}"
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

/// The bytes of an array's file, unpacked where they are gzipped.
///
/// # Errors
/// What is no plain file; files that cannot be read, or have more than [`LARGEST`] bytes.
pub(crate) fn array_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    // Before it is opened: opening a pipe waits for who writes into it.
    if !std::fs::metadata(path)?.is_file() {
        return Err(std::io::Error::other("it is no plain file"));
    }
    // One byte more, so that a longer file shows.
    let bytes = gunzipped(path, LARGEST + 1)?;
    match bytes.len() as u64 > LARGEST {
        true => Err(std::io::Error::other(format!(
            "it has more than {LARGEST} bytes"
        ))),
        false => Ok(bytes),
    }
}
