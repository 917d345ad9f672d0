//! Images made of pixels.

/// An opaque image of at least one pixel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PixelImage {
    width: u32,
    height: u32,
    /// sRGB bytes, row by row: `[height, width, 3]`.
    rgb: Vec<u8>,
}

impl PixelImage {
    /// Returns `None` if there are no pixels, or their number of bytes does not match the size.
    pub(crate) fn new(width: usize, height: usize, rgb: &[u8]) -> Option<Self> {
        let bytes = width.checked_mul(height)?.checked_mul(3)?;
        if bytes == 0 || bytes != rgb.len() {
            return None;
        }
        Some(Self {
            width: width.try_into().ok()?,
            height: height.try_into().ok()?,
            rgb: rgb.to_vec(),
        })
    }

    /// Returns the width in pixels.
    pub(crate) fn width(&self) -> u32 {
        self.width
    }

    /// Returns the height in pixels.
    pub(crate) fn height(&self) -> u32 {
        self.height
    }

    /// Returns the sRGB bytes, row by row: `[height, width, 3]`.
    pub(crate) fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// Returns red, green and blue of each pixel, row by row.
    pub(crate) fn pixels(&self) -> impl Iterator<Item = [u8; 3]> {
        let (pixels, _) = self.rgb.as_chunks();
        pixels.iter().copied()
    }

    /// Returns the grey levels `[height, width]` if no pixel has a colour.
    pub(crate) fn grey_levels(&self) -> Option<Vec<u8>> {
        self.pixels()
            .map(|[red, green, blue]| (red == green && green == blue).then_some(red))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_bytes_matches_the_size() {
        assert!(PixelImage::new(2, 3, &[0; 18]).is_some());
        for (width, height, bytes) in [(2, 3, 17), (2, 3, 19), (0, 3, 0), (usize::MAX, 2, 6)] {
            assert_eq!(PixelImage::new(width, height, &vec![0; bytes]), None);
        }
    }

    #[test]
    fn grey_images_have_grey_levels() {
        let levels = |rgb: &[u8]| PixelImage::new(2, 1, rgb)?.grey_levels();
        assert_eq!(levels(&[7, 7, 7, 9, 9, 9]), Some(vec![7, 9]));
        assert_eq!(levels(&[7, 7, 7, 9, 9, 8]), None);
    }
}
