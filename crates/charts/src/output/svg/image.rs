//! Images as `data:` URIs, so that the document needs no other file.

use crate::primitives::pixel_image::PixelImage;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Returns the image as a `data:` URI with a PNG file.
pub(super) fn data_uri(image: &PixelImage) -> Result<String, png::EncodingError> {
    let file = png_file(image)?;
    Ok(format!("data:image/png;base64,{}", STANDARD.encode(file)))
}

/// Returns a PNG file, in grey levels if no pixel has a colour.
fn png_file(image: &PixelImage) -> Result<Vec<u8>, png::EncodingError> {
    let grey = image.grey_levels();
    let (colour, data) = match &grey {
        Some(levels) => (png::ColorType::Grayscale, levels.as_slice()),
        None => (png::ColorType::Rgb, image.rgb()),
    };
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, image.width(), image.height());
    encoder.set_color(colour);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(data)?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decodes a `data:` URI into its colour type and bytes.
    fn decoded(uri: &str) -> (png::ColorType, Vec<u8>) {
        let text = uri.strip_prefix("data:image/png;base64,").unwrap();
        let file = std::io::Cursor::new(STANDARD.decode(text).unwrap());
        let mut reader = png::Decoder::new(file).read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut bytes).unwrap();
        assert_eq!((frame.width, frame.height), (5, 2));
        (frame.color_type, bytes)
    }

    #[test]
    fn the_uri_has_the_pixels() {
        let rgb: Vec<u8> = (0..30).map(|byte| byte * 8).collect();
        let image = PixelImage::new(5, 2, &rgb).unwrap();
        let (colour, bytes) = decoded(&data_uri(&image).unwrap());
        assert_eq!((colour, bytes), (png::ColorType::Rgb, rgb));
    }

    #[test]
    fn grey_images_need_one_byte_per_pixel() {
        let levels: Vec<u8> = (0..10).map(|level| level * 20).collect();
        let rgb: Vec<u8> = levels.iter().flat_map(|&level| [level; 3]).collect();
        let image = PixelImage::new(5, 2, &rgb).unwrap();
        let (colour, bytes) = decoded(&data_uri(&image).unwrap());
        assert_eq!((colour, bytes), (png::ColorType::Grayscale, levels));
    }
}
