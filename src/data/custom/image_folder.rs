//! Folders of images: one subfolder per class, optionally below `train` and `test`.

use super::image_file::is_image;
use crate::data::folder::{VALIDATION_NAMES, file_name, list, relative};
use std::path::{Path, PathBuf};

/// An image file and its class.
pub(crate) struct ImageFile {
    pub(crate) path: PathBuf,
    pub(crate) class: String,
}

/// Names of the training part.
const TRAINING_NAMES: [&str; 2] = ["train", "training"];
/// Names of the test part.
const TEST_NAMES: [&str; 2] = ["test", "testing"];
/// The metadata folder that macOS adds to archives.
const MACOS_METADATA: &str = "__MACOSX";

/// The images in a folder and its subfolders, in the order of their names.
///
/// # Errors
/// A folder that cannot be read, a link that leads in a circle, an image in a format that is not supported.
pub(crate) fn images_below(folder: &Path) -> Result<Vec<PathBuf>, String> {
    collect_images(folder, folder, &mut Vec::new())
}

/// The images below `folder`. `ancestors` are the canonical paths of the folders above it.
fn collect_images(
    root: &Path,
    folder: &Path,
    ancestors: &mut Vec<PathBuf>,
) -> Result<Vec<PathBuf>, String> {
    let reason = |error: std::io::Error| format!("{}: {error}", relative(root, folder));
    let canonical = folder.canonicalize().map_err(reason)?;
    if ancestors.contains(&canonical) {
        return Err(format!(
            "{} is a link to a folder above it, which makes an endless loop; remove it",
            relative(root, folder)
        ));
    }
    ancestors.push(canonical);
    let mut images = Vec::new();
    for path in visible(folder)? {
        if path.is_dir() {
            images.extend(collect_images(root, &path, ancestors)?);
        } else if is_image(root, &path)? {
            images.push(path);
        }
    }
    ancestors.pop();
    Ok(images)
}

/// The folders `train` and `test`, in any letter case, if both have subfolders. `train` alone may be a class,
/// next to cars and planes.
///
/// # Errors
/// A validation part, or another folder of images next to `train` and `test`: neither would be read.
pub(crate) fn train_and_test(folder: &Path) -> Result<Option<[PathBuf; 2]>, String> {
    let mut candidates = subfolders(folder)?;
    let mut take_part = |names: &[&str]| -> Result<Option<PathBuf>, String> {
        let is_named = |path: &PathBuf| {
            let name = file_name(path);
            names.iter().any(|known| name.eq_ignore_ascii_case(known))
        };
        let Some(index) = candidates.iter().position(is_named) else {
            return Ok(None);
        };
        let has_classes = !subfolders(&candidates[index])?.is_empty();
        Ok(has_classes.then(|| candidates.swap_remove(index)))
    };
    let train = take_part(&TRAINING_NAMES)?;
    let test = take_part(&TEST_NAMES)?;
    let validation = take_part(&VALIDATION_NAMES)?;
    match (train, test, validation) {
        (Some(_), test, Some(validation)) => {
            Err(unused_validation(folder, &validation, test.is_some()))
        }
        (Some(train), Some(test), None) => {
            refuse_other_folders(folder, &candidates)?;
            refuse_images_without_class(folder, folder)?;
            Ok(Some([train, test]))
        }
        _ => Ok(None),
    }
}

/// Refuses folders of images next to `train` and `test`.
fn refuse_other_folders(folder: &Path, others: &[PathBuf]) -> Result<(), String> {
    for other in others {
        if !images_below(other)?.is_empty() {
            return Err(format!(
                "the images in the folder {} next to train and test would not be read; validation \
                 samples are taken from train: move them there, or out of this folder",
                relative(folder, other)
            ));
        }
    }
    Ok(())
}

/// The error for a validation part.
fn unused_validation(folder: &Path, validation: &Path, has_test: bool) -> String {
    let name = relative(folder, validation);
    if has_test {
        format!(
            "the folder `{name}` would not be read: validation samples are taken from the training \
             set (validation.folds or validation.holdout); move the images of `{name}` to the \
             training set, or out of this folder"
        )
    } else {
        format!(
            "it has a folder `{name}` but no folder `test`; rename `{name}` to `test` to test on \
             it, or move its images to the training set"
        )
    }
}

/// The images of a folder with one subfolder per class, in the order of their names. Images in deeper folders
/// belong to the class above them.
///
/// # Errors
/// An image outside the class folders, a class without images, a folder that looks like a part of the data.
pub(crate) fn labeled_images(root: &Path, folder: &Path) -> Result<Vec<ImageFile>, String> {
    refuse_images_without_class(root, folder)?;
    let mut files = Vec::new();
    for class_folder in subfolders(folder)? {
        let class = class_name(&class_folder)?;
        if is_part_name(&class) && !subfolders(&class_folder)?.is_empty() {
            return Err(format!(
                "the folder {} has subfolders and looks like a training or test set, not a class; \
                 name these folders train and test, each with one subfolder per class",
                relative(root, &class_folder)
            ));
        }
        let images = collect_images(root, &class_folder, &mut Vec::new())?;
        if images.is_empty() {
            return Err(format!(
                "the folder of the class {class} has no PNG or JPEG image; add images, or remove \
                 the folder"
            ));
        }
        files.extend(images.into_iter().map(|path| ImageFile {
            path,
            class: class.clone(),
        }));
    }
    Ok(files)
}

/// The class of a folder: its name. A name that is not UTF-8 is refused, because two may look alike.
fn class_name(folder: &Path) -> Result<String, String> {
    let name = folder.file_name().unwrap_or_default();
    let text = name.to_str().map(str::to_owned);
    text.ok_or_else(|| {
        format!("the name of the class folder {name:?} is not valid UTF-8; rename it")
    })
}

/// Whether a folder has the name of a part of a data set.
fn is_part_name(name: &str) -> bool {
    let name = name.to_lowercase();
    let mut names = TRAINING_NAMES
        .into_iter()
        .chain(TEST_NAMES)
        .chain(VALIDATION_NAMES)
        .chain(["eval"]);
    names.any(|known| known == name)
}

/// Refuses images next to the class folders.
fn refuse_images_without_class(root: &Path, folder: &Path) -> Result<(), String> {
    for path in visible(folder)? {
        if !path.is_dir() && is_image(root, &path)? {
            return Err(format!(
                "{} is not in the folder of a class; move it into one, or out of this folder",
                relative(root, &path)
            ));
        }
    }
    Ok(())
}

fn subfolders(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut folders = visible(folder)?;
    folders.retain(|path| path.is_dir());
    Ok(folders)
}

/// The sorted contents of a folder, without hidden entries and the metadata of macOS.
fn visible(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut paths = list(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    paths.retain(|path| {
        let name = file_name(path);
        !name.starts_with('.') && name != MACOS_METADATA
    });
    Ok(paths)
}
