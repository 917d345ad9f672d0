//! PNG and JPEG files.

use super::jpeg_end;
use crate::bounded_io::read_file;
use crate::data::folder::relative;
use std::io::{Cursor, Read};
use std::path::Path;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// The maximum size of an image file and of a decoded image: 4096 × 4096 pixels of four bytes. A header may
/// claim any size.
const MAX_IMAGE_BYTES: usize = 4096 * 4096 * 4;

/// An image of 8-bit values.
pub(crate) struct Image {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// 1 (grey) or 3 (RGB).
    pub(crate) channels: usize,
    /// `[height, width, channels]`
    pub(crate) values: Vec<u8>,
}

impl Image {
    /// The values of a grey image with three equal channels.
    pub(crate) fn to_rgb(&self) -> Vec<u8> {
        self.values.iter().flat_map(|&grey| [grey; 3]).collect()
    }
}

/// Whether a file is a PNG or JPEG image, by its extension or else by its first bytes. Messages name the file
/// relative to `folder`.
///
/// # Errors
/// An image in a format that is not supported.
pub(crate) fn is_image(folder: &Path, path: &Path) -> Result<bool, String> {
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    match extension.to_lowercase().as_str() {
        "png" | "jpg" | "jpeg" => Ok(true),
        "bmp" | "gif" | "webp" | "tif" | "tiff" | "avif" | "heic" | "heif" | "jp2" | "jxl"
        | "pbm" | "pgm" | "pnm" | "ppm" => Err(format!(
            "{} is neither PNG nor JPEG; convert it",
            relative(folder, path)
        )),
        // `.jfif`, `.jpe`, or no extension.
        _ => Ok(starts_as_image(path)),
    }
}

fn starts_as_image(path: &Path) -> bool {
    // Reading a pipe may block forever.
    if !path.is_file() {
        return false;
    }
    let mut first = [0; 4];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut first));
    read.is_ok() && matches!(first, [0x89, b'P', b'N', b'G'] | [0xff, 0xd8, 0xff, _])
}

/// Decodes a file. Messages name it relative to `folder`.
///
/// # Errors
/// A file that cannot be read, is damaged or too large, or has 16-bit values that 8 bits cannot hold.
pub(crate) fn decode(folder: &Path, path: &Path) -> Result<Image, String> {
    let bytes = read_file(path, MAX_IMAGE_BYTES as u64)
        .map_err(|error| format!("{}: {error}", relative(folder, path)))?;
    // The first bytes determine the format; the extension may be wrong.
    let image = match bytes.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => decode_png(&bytes),
        [0xff, 0xd8, ..] => decode_jpeg(&bytes),
        _ => Err("it is neither a PNG nor a JPEG file".to_owned()),
    };
    image.map_err(|reason| format!("{} cannot be decoded: {reason}", relative(folder, path)))
}

fn decode_png(bytes: &[u8]) -> Result<Image, String> {
    let reason = |error: png::DecodingError| error.to_string();
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    // Palettes become colours; 1, 2 and 4 bits become 8.
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().map_err(reason)?;
    let size = reader.output_buffer_size();
    let size = size.filter(|&size| size <= MAX_IMAGE_BYTES);
    let size = size.ok_or("it is too large for a sample")?;
    let mut values = vec![0; size];
    let frame = reader.next_frame(&mut values).map_err(reason)?;
    values.truncate(frame.buffer_size());
    if frame.bit_depth == png::BitDepth::Sixteen {
        values = to_eight_bits(&values)?;
    }
    let (stored_channels, channels) = match frame.color_type {
        png::ColorType::Grayscale => (1, 1),
        png::ColorType::GrayscaleAlpha => (2, 1),
        png::ColorType::Rgb => (3, 3),
        png::ColorType::Rgba => (4, 3),
        png::ColorType::Indexed => {
            return Err("its palette is not supported; save it as RGB".to_owned());
        }
    };
    if channels < stored_channels {
        // Transparency is dropped.
        values = values
            .chunks_exact(stored_channels)
            .flat_map(|pixel| &pixel[..channels])
            .copied()
            .collect();
    }
    Ok(Image {
        width: frame.width as usize,
        height: frame.height as usize,
        channels,
        values,
    })
}

/// 16-bit values as bytes, if each is 257 times a byte, so that nothing is lost.
fn to_eight_bits(values: &[u8]) -> Result<Vec<u8>, String> {
    let (pairs, _) = values.as_chunks::<2>();
    if pairs.iter().all(|[high, low]| high == low) {
        Ok(pairs.iter().map(|&[high, _]| high).collect())
    } else {
        Err(
            "it has 16-bit values, but images are read with 8 bits; convert it to 8 bits, or save the \
             16-bit values as a NumPy array (data.set: npy)"
                .to_owned(),
        )
    }
}

fn decode_jpeg(bytes: &[u8]) -> Result<Image, String> {
    let reason = |error: zune_jpeg::errors::DecodeErrors| error.to_string();
    // The decoder fills a truncated image with made-up pixels.
    if !jpeg_end::is_complete(bytes) {
        return Err("the file is truncated; copy it again, or remove it".to_owned());
    }
    let mut decoder = JpegDecoder::new(Cursor::new(bytes));
    decoder.decode_headers().map_err(reason)?;
    // Checked before decoding, because a header may claim gigabytes.
    let (width, height) = decoder.dimensions().ok_or("it has no size")?;
    if width.saturating_mul(height).saturating_mul(4) > MAX_IMAGE_BYTES {
        return Err("it is too large for a sample".to_owned());
    }
    let (channels, color_space) = match decoder.input_colorspace() {
        Some(ColorSpace::Luma) => (1, ColorSpace::Luma),
        _ => (3, ColorSpace::RGB),
    };
    decoder.set_options(DecoderOptions::default().jpeg_set_out_colorspace(color_space));
    let values = decoder.decode().map_err(reason)?;
    let (width, height) = decoder.dimensions().ok_or("it has no size")?;
    if values.len() != width * height * channels {
        return Err("the number of its pixels differs from its header".to_owned());
    }
    Ok(Image {
        width,
        height,
        channels,
        values,
    })
}
