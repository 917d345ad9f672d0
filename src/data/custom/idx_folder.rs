//! The user's own data in MNIST's format: a folder of IDX files named like MNIST's.

use super::raw_dataset::{LabeledSamples, RawDataset, features_of};
use crate::data::formats::files::{idx_bytes, plain_file};
use crate::data::formats::idx;
use crate::data::samples::dataset::Values;
use std::path::{Path, PathBuf};

/// Reads the files whose names contain `train-images` and `train-labels` and, where they are
/// there, `t10k-images` and `t10k-labels` (or `test-images` and `test-labels`).
///
/// # Errors
/// A reason, in words.
pub(crate) fn load(folder: &Path) -> Result<RawDataset, String> {
    if !folder.is_dir() {
        return Err("it is no folder with files such as train-images-idx3-ubyte".to_owned());
    }
    let folder = &folder_of_files(folder)?;
    let required = |found: Option<PathBuf>, name: &str| {
        found.ok_or_else(|| {
            format!("it has no file with {name} in its name, and no folder `raw` that has")
        })
    };
    let images = required(only(folder, &["train-images"])?, "train-images")?;
    let labels = required(only(folder, &["train-labels"])?, "train-labels")?;
    let (train, shape) = part(&images, &labels)?;
    let test_images = only(folder, &["t10k-images", "test-images"])?;
    let test_labels = only(folder, &["t10k-labels", "test-labels"])?;
    let test = match (test_images, test_labels) {
        (None, None) => None,
        (images, labels) => {
            let images = required(images, "t10k-images")?;
            let (test, test_shape) = part(&images, &required(labels, "t10k-labels")?)?;
            if test_shape != shape {
                return Err(format!(
                    "a test sample has the shape {test_shape:?}, a training sample {shape:?}"
                ));
            }
            Some(test)
        }
    };
    Ok(RawDataset {
        train,
        test,
        features: features_of(&shape)?,
        image: match *shape.as_slice() {
            [height, width] => Some([height, width, 1]),
            [height, width, channels] => Some([height, width, channels]),
            _ => None,
        },
        ..RawDataset::default()
    })
}

/// The folder that has the training images: this one, or, as torchvision lays it out, the folder
/// `raw` in it or in one of its folders (`MNIST/raw`).
fn folder_of_files(folder: &Path) -> Result<PathBuf, String> {
    let has_images = |folder: &PathBuf| Ok::<_, String>(only(folder, &["train-images"])?.is_some());
    let folder = folder.to_owned();
    if has_images(&folder)? {
        return Ok(folder);
    }
    let entries = std::fs::read_dir(&folder).map_err(|error| error.to_string())?;
    let below = entries.filter_map(|entry| Some(entry.ok()?.path().join("raw")));
    let mut found = Vec::new();
    for raw in std::iter::once(folder.join("raw")).chain(below) {
        if raw.is_dir() && has_images(&raw)? {
            found.push(raw);
        }
    }
    found.sort_unstable();
    match found.as_slice() {
        [] => Ok(folder),
        [only] => Ok(only.clone()),
        several => {
            let names: Vec<String> = several.iter().map(|raw| shown(&folder, raw)).collect();
            Err(format!(
                "several of its folders have such files; set data.path to one of them: {}",
                names.join(", ")
            ))
        }
    }
}

/// A path as it stands below a folder.
fn shown(folder: &Path, path: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path);
    below.display().to_string()
}

/// The one file of the folder that has one of `parts` in its name; an unzipped file and its
/// gzipped form count as one, and so do a file and a folder that holds one of the same name, as Kaggle
/// has them.
fn only(folder: &Path, parts: &[&str]) -> Result<Option<PathBuf>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .filter(|name| !name.starts_with('.') && !name.ends_with(".part"))
        .filter(|name| parts.iter().any(|part| name.contains(part)))
        .filter(|name| plain_file(&folder.join(name)).is_some())
        .collect();
    // Plain files first, then `x` before `x.gz`: the first of equal ones is kept.
    names.sort_unstable_by_key(|name| (!folder.join(name).is_file(), name.clone()));
    let plain_name = |name: &str| {
        let unzipped = name.strip_suffix(".gz").unwrap_or(name);
        unzipped.replacen(".idx", "-idx", 1)
    };
    let mut known: Vec<String> = Vec::new();
    names.retain(|name| {
        let name = plain_name(name);
        let is_new = !known.contains(&name);
        known.push(name);
        is_new
    });
    match names.as_slice() {
        [] => Ok(None),
        [name] => Ok(plain_file(&folder.join(name))),
        _ => Err(format!(
            "it has several files with {} in their names: {}",
            parts[0],
            names.join(", ")
        )),
    }
}

/// Images and labels, and the shape of one sample.
fn part(images: &Path, labels: &Path) -> Result<(LabeledSamples, Vec<usize>), String> {
    let read = |path: &Path| {
        let name = path.file_name().unwrap_or_default().display();
        let bytes = idx_bytes(path).map_err(|error| format!("{name}: {error}"))?;
        idx::read(&bytes).map_err(|reason| format!("{name} is not a valid IDX file: {reason}"))
    };
    let (inputs, classes) = (read(images)?, read(labels)?);
    let (count, shape) = match inputs.dimensions.split_first() {
        Some((count, shape)) if (1..=3).contains(&shape.len()) => (*count, shape.to_vec()),
        _ => {
            return Err(format!(
                "{} has {} dimensions; expected samples, height and width",
                images.display(),
                inputs.dimensions.len()
            ));
        }
    };
    if classes.dimensions != [count] {
        return Err(format!(
            "{} has {count} samples, but the shape of the labels is {:?}",
            images.display(),
            classes.dimensions
        ));
    }
    let part = LabeledSamples {
        values: Values::Bytes(inputs.values),
        labels: classes.values.iter().map(u8::to_string).collect(),
    };
    Ok((part, shape))
}
