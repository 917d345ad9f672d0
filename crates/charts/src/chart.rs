//! What all kinds of charts can do.

use crate::drawing::Drawing;
use crate::png::PngError;
use crate::style::Style;

/// Data that can be drawn.
///
/// No data makes drawing fail: what cannot be shown is left out, and where nothing is left the
/// chart says so.
pub trait Chart {
    /// Lays the chart out.
    fn draw(&self, style: &Style) -> Drawing;

    /// The chart as an SVG document: [`Drawing::to_svg`].
    fn to_svg(&self, style: &Style) -> String {
        self.draw(style).to_svg()
    }

    /// The chart as a PNG file with `scale` pixels for each CSS pixel: [`Drawing::to_png`].
    ///
    /// # Errors
    /// As [`Drawing::to_png`].
    fn to_png(&self, style: &Style, scale: f64) -> Result<Vec<u8>, PngError> {
        self.draw(style).to_png(scale)
    }
}
