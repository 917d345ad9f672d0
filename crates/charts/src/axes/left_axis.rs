//! The vertical axis to the left of a plot.

use crate::axes::axis::Axis;
use crate::axes::caption::draw_vertical_caption;
use crate::axes::tick_marks::{LABEL_GAP, LINE_HEIGHT, MINOR_TICK_LENGTH, TICK_LENGTH, draw_lines};
use crate::primitives::colour::{AXIS, GRID};
use crate::primitives::geometry::{Point, Rectangle};
use crate::primitives::mark::Mark;
use crate::primitives::paint::Stroke;
use crate::primitives::text::{Anchor, FONT_SIZE, Text};
use crate::scales::domain::Domain;
use crate::scales::ticks::{Tick, minor_ticks, ticks};

/// Typical distance between ticks, in CSS pixels.
const MIN_DISTANCE: f64 = 44.0;
/// Width of a vertical caption, in CSS pixels.
pub(crate) const CAPTION_WIDTH: f64 = LINE_HEIGHT;

/// Returns readable ticks for a vertical axis of this height: at least three if round values allow
/// it.
pub(crate) fn vertical_ticks(domain: &Domain, height: f64, decimal: char) -> Vec<Tick> {
    let wanted = (height / MIN_DISTANCE).max(2.0) as usize;
    let ticks = |wanted| ticks(domain, wanted, false, decimal);
    let reads_well = |ticks: &Vec<Tick>| {
        let heights: Vec<f64> = ticks
            .iter()
            .filter_map(|tick| Some(domain.fraction(tick.value)? * height))
            .collect();
        ticks.len() >= 3
            && heights
                .windows(2)
                .all(|pair| pair[1] - pair[0] >= LINE_HEIGHT)
    };
    (wanted..wanted + 6)
        .map(ticks)
        .find(reads_well)
        .unwrap_or_else(|| ticks(wanted))
}

/// The vertical axis to the left of a plot.
pub(crate) struct LeftAxis {
    pub(crate) domain: Domain,
    ticks: Vec<Tick>,
}

impl LeftAxis {
    pub(crate) fn new(domain: Domain, height: f64, decimal: char) -> Self {
        Self {
            domain,
            ticks: vertical_ticks(&domain, height, decimal),
        }
    }

    /// Returns the width of ticks, tick labels and caption, in CSS pixels.
    pub(crate) fn width(&self) -> f64 {
        TICK_LENGTH + LABEL_GAP + self.label_width() + 8.0 + CAPTION_WIDTH
    }

    fn label_width(&self) -> f64 {
        self.ticks
            .iter()
            .map(|tick| tick.label.width())
            .fold(0.0, f64::max)
    }

    /// Returns the y coordinate of a value in the plot area, or `None` if the axis cannot show it.
    pub(crate) fn position(&self, area: &Rectangle, value: f64) -> Option<f64> {
        let fraction = self.domain.fraction(value)?;
        Some(area.bottom - fraction * area.height())
    }

    /// Draws the horizontal grid lines.
    pub(crate) fn draw_grid(&self, area: &Rectangle, marks: &mut Vec<Mark>) {
        let lines = self.ticks.iter().filter_map(|tick| {
            let y = self.position(area, tick.value)?;
            Some(vec![Point::new(area.left, y), Point::new(area.right, y)])
        });
        draw_lines(marks, lines.collect(), Stroke::new(GRID, 1.0));
    }

    /// Draws the axis line, ticks and tick labels.
    pub(crate) fn draw(&self, area: &Rectangle, marks: &mut Vec<Mark>) {
        let left = area.left;
        let tick = |value: f64, length: f64| {
            let y = self.position(area, value)?;
            Some(vec![Point::new(left - length, y), Point::new(left, y)])
        };
        let mut lines = vec![vec![
            Point::new(left, area.top),
            Point::new(left, area.bottom),
        ]];
        lines.extend(self.ticks.iter().filter_map(|t| tick(t.value, TICK_LENGTH)));
        let minor = minor_ticks(&self.domain);
        lines.extend(
            minor
                .into_iter()
                .filter_map(|value| tick(value, MINOR_TICK_LENGTH)),
        );
        draw_lines(marks, lines, Stroke::new(AXIS, 1.0));
        for tick in &self.ticks {
            if let Some(y) = self.position(area, tick.value) {
                let at = Point::new(left - TICK_LENGTH - LABEL_GAP, y);
                let text =
                    Text::vertically_centred(tick.label.clone(), at).with_anchor(Anchor::End);
                marks.push(Mark::Text(text));
            }
        }
    }
}

/// Draws the caption of a left axis in the left margin, centred between `top` and `bottom`.
pub(crate) fn draw_left_caption(
    axis: &Axis,
    margin: f64,
    (top, bottom): (f64, f64),
    marks: &mut Vec<Mark>,
) {
    let at = Point::new(margin + 0.8 * FONT_SIZE, f64::midpoint(top, bottom));
    draw_vertical_caption(&axis.caption(bottom - top), at, marks);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scales::scale::Scale;

    #[test]
    fn vertical_axes_have_at_least_three_ticks() {
        for height in [100.0, 140.0, 300.0] {
            for (start, end) in [(92.0, 99.0), (0.0, 1.0), (-3.0, 8.0), (96.2, 96.9)] {
                let domain = Domain::tight(Scale::Linear, [start, end]).unwrap();
                let count = vertical_ticks(&domain, height, '.').len();
                assert!(count >= 3, "{start} {end} {height}");
                assert!(height / count as f64 >= 16.0, "{start} {end} {height}");
            }
        }
    }
}
