//! The trait that every kind of chart implements.

use crate::drawing::Drawing;
use crate::output::PngError;
use crate::style::Style;

/// Data that can be drawn as a chart.
///
/// Drawing never fails: a chart skips values that its axes cannot show, and a chart with nothing to
/// show contains [`Style::no_data`] instead.
pub trait Chart {
    /// Lays the chart out.
    fn draw(&self, style: &Style) -> Drawing;

    /// Returns the chart as an SVG document; see [`Drawing::to_svg`].
    fn to_svg(&self, style: &Style) -> String {
        self.draw(style).to_svg()
    }

    /// Returns the chart as a PNG file with `scale` pixels per CSS pixel; see [`Drawing::to_png`].
    ///
    /// # Errors
    ///
    /// Same as [`Drawing::to_png`].
    fn to_png(&self, style: &Style, scale: f64) -> Result<Vec<u8>, PngError> {
        self.draw(style).to_png(scale)
    }
}
