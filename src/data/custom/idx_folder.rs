//! The user's data in MNIST's format: a folder of IDX files named like MNIST's.

use super::raw_dataset::{LabeledSamples, RawDataset, features_of};
use crate::data::folder::{file_name, list, relative};
use crate::data::formats::idx;
use crate::data::formats::idx_file::{self, file_at};
use crate::data::samples::dataset::Values;
use std::path::{Path, PathBuf};

/// Reads the files with `train-images` and `train-labels` in their names and, if present, those with `t10k-images` and
/// `t10k-labels` (or `test-images` and `test-labels`).
///
/// # Errors
/// A reason.
pub(crate) fn load(folder: &Path) -> Result<RawDataset, String> {
    if !folder.is_dir() {
        return Err("expected a folder with files such as train-images-idx3-ubyte".to_owned());
    }
    let folder = &folder_with_images(folder)?;
    let required = |found: Option<PathBuf>, name: &str| {
        found.ok_or_else(|| {
            format!("neither it nor its subfolder `raw` has a file with {name} in the name")
        })
    };
    let images = required(find_file(folder, &["train-images"])?, "train-images")?;
    let labels = required(find_file(folder, &["train-labels"])?, "train-labels")?;
    let (train, shape) = read_part(&images, &labels)?;
    let test_images = find_file(folder, &["t10k-images", "test-images"])?;
    let test_labels = find_file(folder, &["t10k-labels", "test-labels"])?;
    let test = match (test_images, test_labels) {
        (None, None) => None,
        (images, labels) => {
            let images = required(images, "t10k-images")?;
            let (test, test_shape) = read_part(&images, &required(labels, "t10k-labels")?)?;
            if test_shape != shape {
                return Err(format!(
                    "test samples have the shape {test_shape:?}, but training samples {shape:?}"
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

/// The folder with the training images: this one, or, in torchvision's layout, `raw` in it or in one of its subfolders
/// (`MNIST/raw`).
fn folder_with_images(folder: &Path) -> Result<PathBuf, String> {
    let has_images =
        |folder: &Path| Ok::<_, String>(find_file(folder, &["train-images"])?.is_some());
    if has_images(folder)? {
        return Ok(folder.to_owned());
    }
    let subfolders = list(folder).map_err(|error| error.to_string())?;
    let mut found = Vec::new();
    for folder in std::iter::once(folder.to_owned()).chain(subfolders) {
        let raw = folder.join("raw");
        if raw.is_dir() && has_images(&raw)? {
            found.push(raw);
        }
    }
    found.sort_unstable();
    match found.as_slice() {
        [] => Ok(folder.to_owned()),
        [raw] => Ok(raw.clone()),
        several => {
            let names: Vec<String> = several.iter().map(|raw| relative(folder, raw)).collect();
            Err(format!(
                "several subfolders have such files; set data.path to one of them: {}",
                names.join(", ")
            ))
        }
    }
}

/// The only file in a folder with one of `markers` in its name. A file and its gzipped form count as one, and so do a
/// file and a folder that holds a file of its own name, as Kaggle has them.
///
/// # Errors
/// A folder that cannot be read or has several such files.
fn find_file(folder: &Path, markers: &[&str]) -> Result<Option<PathBuf>, String> {
    let paths = list(folder).map_err(|error| error.to_string())?;
    let mut names: Vec<String> = paths
        .iter()
        .map(|path| file_name(path))
        .filter(|name| !name.starts_with('.') && !name.ends_with(".part"))
        .filter(|name| markers.iter().any(|marker| name.contains(marker)))
        .filter(|name| file_at(&folder.join(name)).is_some())
        .collect();
    // Files before folders, then `x` before `x.gz`: the first of equal ones is kept.
    names.sort_unstable_by_key(|name| (!folder.join(name).is_file(), name.clone()));
    let base_name = |name: &str| {
        let uncompressed = name.strip_suffix(".gz").unwrap_or(name);
        uncompressed.replacen(".idx", "-idx", 1)
    };
    let mut seen: Vec<String> = Vec::new();
    names.retain(|name| {
        let name = base_name(name);
        let is_new = !seen.contains(&name);
        seen.push(name);
        is_new
    });
    match names.as_slice() {
        [] => Ok(None),
        [name] => Ok(file_at(&folder.join(name))),
        _ => Err(format!(
            "it has several files with {} in their names: {}",
            markers[0],
            names.join(", ")
        )),
    }
}

/// The samples of a file of images and a file of labels, and the shape of one sample.
fn read_part(images: &Path, labels: &Path) -> Result<(LabeledSamples, Vec<usize>), String> {
    let read = |path: &Path| {
        let name = path.file_name().unwrap_or_default().display();
        let bytes = idx_file::read(path).map_err(|error| format!("{name}: {error}"))?;
        idx::read(&bytes).map_err(|reason| format!("{name} is not a valid IDX file: {reason}"))
    };
    let (inputs, classes) = (read(images)?, read(labels)?);
    let (count, shape) = match inputs.dimensions.split_first() {
        Some((count, shape)) if (1..=3).contains(&shape.len()) => (*count, shape.to_vec()),
        _ => {
            return Err(format!(
                "{} is {}-dimensional; expected samples, height and width",
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
    let samples = LabeledSamples {
        values: Values::Bytes(inputs.values),
        labels: classes.values.iter().map(u8::to_string).collect(),
    };
    Ok((samples, shape))
}
