//! Line styles that distinguish series by colour, dashes and markers.

use crate::primitives::colour::{CATEGORIES, Colour, WHITE};
use crate::primitives::geometry::Point;
use crate::primitives::mark::Mark;
use crate::primitives::marker::{MARKERS, Marker};
use crate::primitives::paint::{Paint, Stroke};
use crate::scales::colour_map::sequential;

/// Dash patterns: lengths of dashes and gaps in CSS pixels. The first is a solid line.
pub(crate) const DASHES: [&[f64]; 5] = [
    &[],
    &[7.0, 4.0],
    &[1.5, 3.5],
    &[9.0, 3.5, 1.5, 3.5],
    &[14.0, 4.0],
];

/// Colour, dash pattern and marker of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SeriesStyle {
    pub(crate) colour: Colour,
    pub(crate) dash: &'static [f64],
    pub(crate) marker: Marker,
    /// Whether markers are filled with the colour; otherwise with white.
    pub(crate) filled: bool,
    /// Line width, in CSS pixels.
    pub(crate) width: f64,
}

impl SeriesStyle {
    /// Returns the style of an unordered series. The first 49 differ in colour or marker.
    pub(crate) fn categorical(index: usize) -> Self {
        let round = index / CATEGORIES.len();
        Self {
            colour: CATEGORIES[index % CATEGORIES.len()],
            dash: &[],
            marker: MARKERS[(index + round) % MARKERS.len()],
            filled: true,
            width: 1.8,
        }
    }

    /// Returns the style of an ordered series; colours run from light to dark.
    pub(crate) fn ordinal(index: usize, count: usize) -> Self {
        let last = count.saturating_sub(1).max(1);
        let fraction = index as f64 / last as f64;
        Self {
            // The lightest colours are too pale for lines.
            colour: sequential(0.3 + 0.7 * fraction),
            dash: DASHES[index % DASHES.len()],
            marker: MARKERS[index % MARKERS.len()],
            filled: true,
            width: 1.8,
        }
    }

    /// Returns the markers of a line at these points.
    pub(crate) fn markers(&self, centres: &[Point]) -> Mark {
        let fill = if self.filled { self.colour } else { WHITE };
        let paint = Paint::fill(fill).with_stroke(Stroke::new(self.colour, 1.2));
        Mark::shape(self.marker.outline(centres, 3.0), paint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_differ_in_colour_or_shape() {
        let series_styles: Vec<_> = (0..49).map(SeriesStyle::categorical).collect();
        for (index, series_style) in series_styles.iter().enumerate() {
            for other in &series_styles[..index] {
                assert!(series_style.colour != other.colour || series_style.marker != other.marker);
            }
        }
    }

    #[test]
    fn consecutive_ordinal_styles_differ_without_colour_and_get_darker() {
        for count in 1..20 {
            for index in 1..count {
                let (one, two) = (
                    SeriesStyle::ordinal(index - 1, count),
                    SeriesStyle::ordinal(index, count),
                );
                assert!(one.dash != two.dash && one.marker != two.marker);
                assert!(one.colour.luminance() > two.colour.luminance());
            }
            assert!(SeriesStyle::ordinal(0, count).colour.contrast(WHITE) > 1.6);
        }
    }
}
