//! The user's own data in MNIST's format: a folder of IDX files named like MNIST's.

use super::dataset::Values;
use super::files::idx_bytes;
use super::idx;
use super::own::{Own, Part, features_of};
use std::path::{Path, PathBuf};

/// Reads the files whose names contain `train-images` and `train-labels` and, where they are
/// there, `t10k-images` and `t10k-labels` (or `test-images` and `test-labels`).
///
/// # Errors
/// A reason, in words.
pub(super) fn load(folder: &Path) -> Result<Own, String> {
    if !folder.is_dir() {
        return Err("it is no folder with files such as train-images-idx3-ubyte".to_owned());
    }
    let required = |found: Option<PathBuf>, name: &str| {
        found.ok_or_else(|| format!("it has no file with {name} in its name"))
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
    Ok(Own {
        train,
        test,
        features: features_of(&shape)?,
        image: match *shape.as_slice() {
            [height, width] => Some([height, width, 1]),
            [height, width, channels] => Some([height, width, channels]),
            _ => None,
        },
        columns: Vec::new(),
        warnings: Vec::new(),
    })
}

/// The one file of the folder that has one of `parts` in its name; an unzipped file and its
/// gzipped form count as one.
fn only(folder: &Path, parts: &[&str]) -> Result<Option<PathBuf>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .filter(|name| !name.starts_with('.') && !name.ends_with(".part"))
        .filter(|name| parts.iter().any(|part| name.contains(part)))
        .collect();
    names.sort_unstable();
    let plain: Vec<String> = names.clone();
    names.retain(|name| {
        let unzipped = name.strip_suffix(".gz");
        unzipped.is_none_or(|unzipped| !plain.iter().any(|other| other == unzipped))
    });
    match names.as_slice() {
        [] => Ok(None),
        [name] => Ok(Some(folder.join(name))),
        _ => Err(format!(
            "it has several files with {} in their names: {}",
            parts[0],
            names.join(", ")
        )),
    }
}

/// Images and labels, and the shape of one sample.
fn part(images: &Path, labels: &Path) -> Result<(Part, Vec<usize>), String> {
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
    let part = Part {
        values: Values::Bytes(inputs.values),
        labels: classes.values.iter().map(u8::to_string).collect(),
    };
    Ok((part, shape))
}
