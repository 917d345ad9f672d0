//! Writes drawings as SVG documents and PNG files.

mod png;
mod svg;

pub use png::PngError;

use crate::drawing::Drawing;

impl Drawing {
    /// Returns an SVG document that can be embedded in an HTML page as is.
    ///
    /// The output is deterministic. Ids start with a hash of the contents, so that several charts
    /// can be embedded in the same page.
    pub fn to_svg(&self) -> String {
        svg::write(self)
    }

    /// Returns a PNG file with `scale` pixels per CSS pixel, such as 2 for high-density screens or
    /// 3 for print.
    ///
    /// # Errors
    ///
    /// Returns [`PngError::InvalidScale`] if `scale` is not positive or leaves less than one pixel,
    /// and [`PngError::TooLarge`] if the image would be wider or higher than 16,384 pixels.
    pub fn to_png(&self, scale: f64) -> Result<Vec<u8>, PngError> {
        png::write(self, scale)
    }
}
