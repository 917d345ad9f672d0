//! The data of an image grid.

use crate::heading::Heading;
use crate::primitives::pixel_image::PixelImage;

/// A contact sheet: small images side by side, each with a caption and a note below it.
///
/// The number of columns depends on [`Style::width`](crate::Style::width). Images keep their aspect
/// ratio and are not smoothed. Each pixel of an image of at most 96 × 96 pixels becomes a square of
/// a whole number of CSS pixels, so that the longer side has about 60 CSS pixels, or more if the
/// image has more pixels. Larger images shrink to 96 CSS pixels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageGrid {
    /// Title and description.
    pub heading: Heading,
    /// Images row by row; at most 60 are shown.
    pub images: Vec<LabelledImage>,
}

/// An image with its texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelledImage {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// sRGB bytes, row by row from the top, with shape `[height, width, 3]`. If their number does
    /// not match, or there are no pixels, the cell is empty.
    pub rgb: Vec<u8>,
    /// First line below the image, truncated to the cell; may be empty.
    pub caption: String,
    /// Second, lighter line below the image, truncated to the cell; may be empty.
    pub note: String,
    /// Accessible name of the image, which browsers show as a tooltip; may be empty.
    pub tooltip: String,
}

impl LabelledImage {
    /// Returns the pixels, or `None` if the number of bytes does not match the size.
    pub(super) fn pixels(&self) -> Option<PixelImage> {
        PixelImage::new(self.width, self.height, &self.rgb)
    }
}
