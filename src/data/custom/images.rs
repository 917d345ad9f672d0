//! The user's images: PNG or JPEG files, one folder per class.

use super::image_file::{Image, decode};
use super::image_folder::{ImageFile, labeled_images, train_and_test};
use super::raw_dataset::{LabeledSamples, RawDataset};
use crate::data::folder::relative;
use crate::data::samples::dataset::Values;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use std::path::{Path, PathBuf};

/// Reads a folder with one subfolder per class, or with `train` and `test`, each with such subfolders.
///
/// All images must have one size. Samples have one channel if all images are grey, else three.
///
/// # Errors
/// A reason that names the file.
pub(crate) fn load(folder: &Path) -> Result<RawDataset, String> {
    if !folder.is_dir() {
        return Err("expected a folder with one subfolder of images per class".to_owned());
    }
    let (train, test) = match train_and_test(folder)? {
        Some([train, test]) => (
            labeled_images(folder, &train)?,
            Some(labeled_images(folder, &test)?),
        ),
        None => (labeled_images(folder, folder)?, None),
    };
    let decode_all = |files: &[ImageFile]| -> Result<Vec<Image>, String> {
        files
            .par_iter()
            .map(|file| decode(folder, &file.path))
            .collect()
    };
    let train_images = decode_all(&train)?;
    let test_images = test.as_deref().map(decode_all).transpose()?;
    let all = || {
        let files = train.iter().chain(test.iter().flatten());
        files.zip(train_images.iter().chain(test_images.iter().flatten()))
    };
    let Some((first_file, first)) = all().next() else {
        return Err("it has no PNG or JPEG image".to_owned());
    };
    let size = |image: &Image| (image.width, image.height);
    if let Some((file, image)) = all().find(|(_, image)| size(image) != size(first)) {
        return Err(format!(
            "{} has {} × {} pixels, but {} has {} × {}; all images must have one size",
            relative(folder, &file.path),
            image.width,
            image.height,
            relative(folder, &first_file.path),
            first.width,
            first.height
        ));
    }
    let channels = all().map(|(_, image)| image.channels).max().unwrap_or(1);
    let shape = [first.height, first.width, channels];
    let part = |files: Vec<ImageFile>, images: Vec<Image>| {
        let values = images.into_iter().flat_map(|image| {
            if image.channels == channels {
                image.values
            } else {
                image.to_rgb()
            }
        });
        LabeledSamples {
            values: Values::Bytes(values.collect()),
            labels: files.into_iter().map(|file| file.class).collect(),
        }
    };
    Ok(RawDataset {
        test: test
            .zip(test_images)
            .map(|(files, images)| part(files, images)),
        train: part(train, train_images),
        features: shape.iter().product(),
        image: Some(shape),
        ..RawDataset::default()
    })
}

/// The values of images that must have the shape `[height, width, channels]`: `[images, height, width,
/// channels]`. A grey image becomes three equal channels if the model takes three.
///
/// # Errors
/// A reason that names the file relative to `folder`.
pub(crate) fn values_of_shape(
    folder: &Path,
    files: &[PathBuf],
    [height, width, channels]: [usize; 3],
) -> Result<Vec<u8>, String> {
    let values_of_file = |path: &PathBuf| {
        let image = decode(folder, path)?;
        let fault = |reason: String| format!("{}: {reason}", relative(folder, path));
        if (image.height, image.width) != (height, width) {
            return Err(fault(format!(
                "it has {} × {} pixels, but the model takes {width} × {height}",
                image.width, image.height
            )));
        }
        match (image.channels, channels) {
            (found, expected) if found == expected => Ok(image.values),
            (1, 3) => Ok(image.to_rgb()),
            (3, 1) => Err(fault(
                "it is in colour, but the model takes grey images; convert it".to_owned(),
            )),
            _ => Err(fault(format!(
                "the model takes images of {channels} channels, but PNG and JPEG images have 1 or 3"
            ))),
        }
    };
    let images: Vec<Vec<u8>> = files
        .par_iter()
        .map(values_of_file)
        .collect::<Result<_, _>>()?;
    Ok(images.concat())
}
