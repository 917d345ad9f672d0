//! How the lines of several series are told apart: by colour, and without it.

use crate::colour::{CATEGORIES, Colour};
use crate::colour_map::sequential;
use crate::marker::{MARKERS, Marker};

/// Dash patterns, lengths of dashes and gaps in CSS pixels; the first is an unbroken line.
pub(crate) const DASHES: [&[f64]; 5] = [
    &[],
    &[7.0, 4.0],
    &[1.5, 3.5],
    &[9.0, 3.5, 1.5, 3.5],
    &[14.0, 4.0],
];

/// Colour, dashes and marker of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Look {
    pub(crate) colour: Colour,
    pub(crate) dash: &'static [f64],
    pub(crate) marker: Marker,
    /// Whether markers are filled with the colour, or with white.
    pub(crate) filled: bool,
    /// Of the line, in CSS pixels.
    pub(crate) width: f64,
}

impl Look {
    /// Of things without an order. The first 49 differ in colour or shape.
    pub(crate) fn of_category(index: usize) -> Self {
        let round = index / CATEGORIES.len();
        Self {
            colour: CATEGORIES[index % CATEGORIES.len()],
            dash: &[],
            marker: MARKERS[(index + round) % MARKERS.len()],
            filled: true,
            width: 1.8,
        }
    }

    /// Of things in an order, from light to dark.
    pub(crate) fn of_rank(index: usize, count: usize) -> Self {
        let last = count.saturating_sub(1).max(1);
        let share = index as f64 / last as f64;
        Self {
            // The lightest colours are too pale for lines.
            colour: sequential(0.3 + 0.7 * share),
            dash: DASHES[index % DASHES.len()],
            marker: MARKERS[index % MARKERS.len()],
            filled: true,
            width: 1.8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::colour::WHITE;

    #[test]
    fn categories_differ_in_colour_or_shape() {
        let looks: Vec<_> = (0..49).map(Look::of_category).collect();
        for (index, look) in looks.iter().enumerate() {
            for other in &looks[..index] {
                assert!(look.colour != other.colour || look.marker != other.marker);
            }
        }
    }

    #[test]
    fn neighbours_in_an_order_differ_without_colour_and_get_darker() {
        for count in 1..20 {
            for index in 1..count {
                let (one, two) = (Look::of_rank(index - 1, count), Look::of_rank(index, count));
                assert!(one.dash != two.dash && one.marker != two.marker);
                assert!(one.colour.luminance() > two.colour.luminance());
            }
            assert!(Look::of_rank(0, count).colour.contrast(WHITE) > 1.6);
        }
    }
}
