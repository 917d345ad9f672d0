//! The user's own images: PNG or JPEG files, a folder for each class.

use super::jpeg_end;
use super::raw_dataset::{LabeledSamples, RawDataset};
use crate::bounded_io::read_file;
use crate::data::samples::dataset::Values;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// An image file and the name of its class.
struct File {
    path: PathBuf,
    class: String,
}

/// An image of bytes, with its channels last.
struct Pixels {
    width: usize,
    height: usize,
    /// 1 or 3.
    channels: usize,
    values: Vec<u8>,
}

/// Reads a folder with a folder for each class, or with `train` and `test`, each with such folders.
///
/// All images have one size. They have one channel where all are grey, else three.
///
/// # Errors
/// A reason, in words, that names the file.
pub(crate) fn load(folder: &Path) -> Result<RawDataset, String> {
    if !folder.is_dir() {
        return Err("it is no folder with a folder of images for each class".to_owned());
    }
    let (train, test) = match parts(folder)? {
        Some([train, test]) => (files(folder, &train)?, Some(files(folder, &test)?)),
        None => (files(folder, folder)?, None),
    };
    let decoded = |files: &[File]| -> Result<Vec<Pixels>, String> {
        files
            .par_iter()
            .map(|file| decoded(folder, &file.path))
            .collect()
    };
    let train_images = decoded(&train)?;
    let test_images = test.as_deref().map(decoded).transpose()?;
    let all = || {
        let paths = train.iter().chain(test.iter().flatten());
        paths.zip(train_images.iter().chain(test_images.iter().flatten()))
    };
    let Some((first_file, first)) = all().next() else {
        return Err("it has no PNG or JPEG image".to_owned());
    };
    let size = |image: &Pixels| (image.width, image.height);
    if let Some((file, image)) = all().find(|(_, image)| size(image) != size(first)) {
        return Err(format!(
            "{} has {} × {} pixels, but {} has {} × {}; all images must have one size",
            shown(folder, &file.path),
            image.width,
            image.height,
            shown(folder, &first_file.path),
            first.width,
            first.height
        ));
    }
    let channels = all().map(|(_, image)| image.channels).max().unwrap_or(1);
    let shape = [first.height, first.width, channels];
    let part = |files: Vec<File>, images: Vec<Pixels>| LabeledSamples {
        values: Values::Bytes(
            images
                .into_iter()
                .flat_map(|image| match image.channels == channels {
                    true => image.values,
                    // A grey image among coloured ones.
                    false => image.coloured(),
                })
                .collect(),
        ),
        labels: files.into_iter().map(|file| file.class).collect(),
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

/// The images in a folder and in the folders below it, in the order of their names.
///
/// # Errors
/// A reason, in words: a folder that cannot be read, a link that leads in a circle, images in other
/// formats.
pub(crate) fn below(folder: &Path) -> Result<Vec<PathBuf>, String> {
    below_within(folder, folder, &mut Vec::new())
}

/// Those of a folder that lies below the folders `above`, by their true places.
fn below_within(
    root: &Path,
    folder: &Path,
    above: &mut Vec<PathBuf>,
) -> Result<Vec<PathBuf>, String> {
    let reason = |error: std::io::Error| format!("{}: {error}", shown(root, folder));
    let place = folder.canonicalize().map_err(reason)?;
    if above.contains(&place) {
        return Err(format!(
            "{} is a link to a folder above it, which would be read without end; remove it",
            shown(root, folder)
        ));
    }
    above.push(place);
    let mut found = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() {
            found.extend(below_within(root, &path, above)?);
        } else if is_image(root, &path)? {
            found.push(path);
        }
    }
    above.pop();
    Ok(found)
}

/// The bytes of images that must have this shape (height, width, channels), one after the other.
/// A grey image among coloured ones becomes one of three equal channels.
///
/// # Errors
/// A reason, in words, that names the file below `folder`.
pub(crate) fn of_shape(
    folder: &Path,
    files: &[PathBuf],
    [height, width, channels]: [usize; 3],
) -> Result<Vec<u8>, String> {
    let of_file = |path: &PathBuf| {
        let image = decoded(folder, path)?;
        let told = |reason: String| format!("{}: {reason}", shown(folder, path));
        if (image.height, image.width) != (height, width) {
            return Err(told(format!(
                "it has {} × {} pixels, and the model takes {width} × {height}",
                image.width, image.height
            )));
        }
        match (image.channels, channels) {
            (own, expected) if own == expected => Ok(image.values),
            (1, 3) => Ok(image.coloured()),
            (3, 1) => Err(told(
                "it is in colour, and the model takes grey images; convert it".to_owned(),
            )),
            _ => Err(told(format!(
                "the model takes images of {channels} channels, and no PNG or JPEG has so many"
            ))),
        }
    };
    let images: Vec<Vec<u8>> = files.par_iter().map(of_file).collect::<Result<_, _>>()?;
    Ok(images.concat())
}

impl Pixels {
    /// The bytes of a grey image with three channels.
    fn coloured(&self) -> Vec<u8> {
        self.values.iter().flat_map(|&grey| [grey; 3]).collect()
    }
}

/// The folders `train` and `test`, in any case of letters, where both have folders themselves: `train`
/// alone may be a class, beside cars and planes.
///
/// # Errors
/// A reason, in words: a validation part, for which there is no use, or another folder of images beside
/// them, which nothing would be learnt from.
fn parts(folder: &Path) -> Result<Option<[PathBuf; 2]>, String> {
    let mut parts = folders(folder)?;
    let mut part = |names: &[&str]| -> Result<Option<PathBuf>, String> {
        let is_named = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            names.iter().any(|known| name.eq_ignore_ascii_case(known))
        };
        let Some(index) = parts.iter().position(is_named) else {
            return Ok(None);
        };
        Ok(match folders(&parts[index])?.is_empty() {
            true => None,
            false => Some(parts.swap_remove(index)),
        })
    };
    let train = part(&["train", "training"])?;
    let test = part(&["test", "testing"])?;
    let validation = part(&["val", "valid", "validation", "dev"])?;
    match (train, test, validation) {
        (Some(_), test, Some(validation)) => Err(validation_part(folder, &validation, test)),
        (Some(train), Some(test), None) => {
            refuse_others(folder, &parts)?;
            refuse_loose(folder, folder)?;
            Ok(Some([train, test]))
        }
        _ => Ok(None),
    }
}

/// Refuses folders of images beside the parts.
fn refuse_others(folder: &Path, others: &[PathBuf]) -> Result<(), String> {
    for other in others {
        if !below(other)?.is_empty() {
            return Err(format!(
                "the folder {} lies beside train and test, and its images would not be read; \
                 validation samples are taken from train: move them there, or elsewhere",
                shown(folder, other)
            ));
        }
    }
    Ok(())
}

/// The error that there is a part for validation.
fn validation_part(folder: &Path, validation: &Path, test: Option<PathBuf>) -> String {
    let name = shown(folder, validation);
    match test {
        Some(_) => format!(
            "it has a part `{name}`, and validation takes its samples from the training part \
             (validation.folds or validation.holdout); move the images of `{name}` to the \
             training part, or elsewhere"
        ),
        None => format!(
            "it has a part `{name}` and no part `test`; rename `{name}` to `test` to test on it, or \
             move its images to the training part"
        ),
    }
}

/// The images of a folder with a folder for each class, in the order of their names; those in folders
/// below a class's too.
fn files(root: &Path, folder: &Path) -> Result<Vec<File>, String> {
    refuse_loose(root, folder)?;
    let mut files = Vec::new();
    for class in folders(folder)? {
        let name = class_name(&class)?;
        if is_part(&name) && !folders(&class)?.is_empty() {
            return Err(format!(
                "the folder {} has folders itself and looks like a part of the data, not like a \
                 class; call the parts train and test, each with a folder for each class",
                shown(root, &class)
            ));
        }
        let images = below_within(root, &class, &mut Vec::new())?;
        if images.is_empty() {
            return Err(format!(
                "the folder of the class {name} has no PNG or JPEG image"
            ));
        }
        let of_class = |path| File {
            path,
            class: name.clone(),
        };
        files.extend(images.into_iter().map(of_class));
    }
    Ok(files)
}

/// A class is named like its folder. Two names that are no UTF-8 may look alike, and are refused.
fn class_name(folder: &Path) -> Result<String, String> {
    let name = folder.file_name().unwrap_or_default();
    let text = name.to_str().map(str::to_owned);
    text.ok_or_else(|| format!("the name of the class folder {name:?} is no UTF-8; rename it"))
}

/// Whether a folder is called like a part of a data set.
fn is_part(name: &str) -> bool {
    const PARTS: &[&str] = &[
        "train",
        "training",
        "test",
        "testing",
        "val",
        "valid",
        "validation",
        "dev",
        "eval",
    ];
    PARTS.contains(&name.to_lowercase().as_str())
}

/// Refuses images that lie beside the classes' folders: they have no class.
fn refuse_loose(root: &Path, folder: &Path) -> Result<(), String> {
    for path in entries(folder)? {
        if !path.is_dir() && is_image(root, &path)? {
            return Err(format!(
                "{} lies in no class's folder; move it into one, or elsewhere",
                shown(root, &path)
            ));
        }
    }
    Ok(())
}

/// Whether a file is an image, by its name or else by its first bytes.
///
/// # Errors
/// An image in a format that cannot be read.
fn is_image(folder: &Path, path: &Path) -> Result<bool, String> {
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    match extension.to_lowercase().as_str() {
        "png" | "jpg" | "jpeg" => Ok(true),
        "bmp" | "gif" | "webp" | "tif" | "tiff" | "avif" | "heic" | "heif" | "jp2" | "jxl"
        | "pbm" | "pgm" | "pnm" | "ppm" => Err(format!(
            "{} is neither PNG nor JPEG; convert it",
            shown(folder, path)
        )),
        // `.jfif`, `.jpe`, or no extension at all.
        _ => Ok(starts_as_image(path)),
    }
}

fn starts_as_image(path: &Path) -> bool {
    // Whatever else there is, such as a pipe, may have no end, or none to give.
    if !path.is_file() {
        return false;
    }
    let mut first = [0; 4];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut first));
    read.is_ok() && matches!(first, [0x89, b'P', b'N', b'G'] | [0xff, 0xd8, 0xff, _])
}

fn folders(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut folders = entries(folder)?;
    folders.retain(|path| path.is_dir());
    Ok(folders)
}

/// The folder of metadata that macOS adds to archives.
const MACOS_NOTES: &str = "__MACOSX";

/// What is in a folder, sorted, without hidden entries and macOS' metadata.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let unreadable = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        if !name.to_string_lossy().starts_with('.') && name != MACOS_NOTES {
            entries.push(entry.path());
        }
    }
    entries.sort_unstable();
    Ok(entries)
}

fn decoded(folder: &Path, path: &Path) -> Result<Pixels, String> {
    let bytes = read_file(path, LARGEST as u64)
        .map_err(|error| format!("{}: {error}", shown(folder, path)))?;
    // What a file is, its first bytes say; its name may be wrong.
    let pixels = match bytes.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => png(&bytes),
        [0xff, 0xd8, ..] => jpeg(&bytes),
        _ => Err("it is neither a PNG nor a JPEG file".to_owned()),
    };
    pixels.map_err(|reason| format!("{} cannot be decoded: {reason}", shown(folder, path)))
}

/// The most bytes of one decoded image: 4096 × 4096 pixels in colour. A header may claim anything.
const LARGEST: usize = 4096 * 4096 * 4;

fn png(bytes: &[u8]) -> Result<Pixels, String> {
    let told = |error: png::DecodingError| error.to_string();
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    // Palettes become colours, fewer than 8 bits become 8.
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().map_err(told)?;
    let size = reader.output_buffer_size().filter(|&size| size <= LARGEST);
    let size = size.ok_or("it is too large for a sample")?;
    let mut values = vec![0; size];
    let frame = reader.next_frame(&mut values).map_err(told)?;
    values.truncate(frame.buffer_size());
    if frame.bit_depth == png::BitDepth::Sixteen {
        values = eight_bits(&values)?;
    }
    let (channels, kept) = match frame.color_type {
        png::ColorType::Grayscale => (1, 1),
        png::ColorType::GrayscaleAlpha => (2, 1),
        png::ColorType::Rgb => (3, 3),
        png::ColorType::Rgba => (4, 3),
        png::ColorType::Indexed => return Err("its palette cannot be resolved".to_owned()),
    };
    if kept < channels {
        // Transparency is no feature of the picture.
        values = values
            .chunks_exact(channels)
            .flat_map(|pixel| &pixel[..kept])
            .copied()
            .collect();
    }
    Ok(Pixels {
        width: frame.width as usize,
        height: frame.height as usize,
        channels: kept,
        values,
    })
}

/// Values of 16 bits as bytes, where these are the same share of the whole: 257 times the byte.
fn eight_bits(values: &[u8]) -> Result<Vec<u8>, String> {
    let (pairs, _) = values.as_chunks::<2>();
    match pairs.iter().all(|[high, low]| high == low) {
        true => Ok(pairs.iter().map(|&[high, _]| high).collect()),
        false => Err(
            "it has 16 bits for each value, and images are read with 8; convert it to 8 bits, or \
             keep all 16 in a NumPy array (data.set: npy)"
                .to_owned(),
        ),
    }
}

fn jpeg(bytes: &[u8]) -> Result<Pixels, String> {
    let told = |error: zune_jpeg::errors::DecodeErrors| error.to_string();
    // The decoder would make up the rest.
    if !jpeg_end::is_whole(bytes) {
        return Err("the file is truncated; copy it again, or remove it".to_owned());
    }
    let mut decoder = JpegDecoder::new(Cursor::new(bytes));
    decoder.decode_headers().map_err(told)?;
    // Before anything is decoded: the header alone would ask for gigabytes.
    let (width, height) = decoder.dimensions().ok_or("it has no size")?;
    if width.saturating_mul(height).saturating_mul(4) > LARGEST {
        return Err("it is too large for a sample".to_owned());
    }
    let (channels, colours) = match decoder.input_colorspace() {
        Some(ColorSpace::Luma) => (1, ColorSpace::Luma),
        _ => (3, ColorSpace::RGB),
    };
    decoder.set_options(DecoderOptions::default().jpeg_set_out_colorspace(colours));
    let values = decoder.decode().map_err(told)?;
    let (width, height) = decoder.dimensions().ok_or("it has no size")?;
    if values.len() != width * height * channels {
        return Err("it has fewer pixels than its header promises".to_owned());
    }
    Ok(Pixels {
        width,
        height,
        channels,
        values,
    })
}

/// A path as it stands below the user's folder.
fn shown(folder: &Path, path: &Path) -> String {
    path.strip_prefix(folder)
        .unwrap_or(path)
        .display()
        .to_string()
}
