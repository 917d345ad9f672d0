//! The legend of a colour scale.

use crate::axes::axis::Axis;
use crate::axes::caption::draw_vertical_caption;
use crate::axes::left_axis::vertical_ticks;
use crate::primitives::colour::AXIS;
use crate::primitives::geometry::{Point, Rectangle};
use crate::primitives::mark::{Mark, Outline};
use crate::primitives::paint::{Paint, Stroke};
use crate::primitives::text::Text;
use crate::scales::colour_scale::ColourScale;
use crate::scales::ticks::Tick;

/// Width of the bar, in CSS pixels.
const BAR_WIDTH: f64 = 14.0;
/// Length of ticks and gap to their labels, in CSS pixels.
const TICK_LENGTH: f64 = 4.0;
const LABEL_GAP: f64 = 4.0;
/// Distance from the labels to the baseline of the caption, in CSS pixels.
const CAPTION_DISTANCE: f64 = 18.0;
/// Number of colour steps in a bar.
const STEPS: u32 = 48;

/// A vertical bar of all colours, with ticks, labels and a caption on its right.
pub(crate) struct ColourBar<'a> {
    colour_scale: &'a ColourScale,
    axis: &'a Axis,
    height: f64,
    ticks: Vec<Tick>,
}

impl<'a> ColourBar<'a> {
    pub(crate) fn new(
        colour_scale: &'a ColourScale,
        axis: &'a Axis,
        height: f64,
        decimal: char,
    ) -> Self {
        Self {
            colour_scale,
            axis,
            height,
            ticks: vertical_ticks(&colour_scale.domain, height, decimal),
        }
    }

    /// Returns the width including labels and caption, in CSS pixels.
    pub(crate) fn width(&self) -> f64 {
        BAR_WIDTH + TICK_LENGTH + LABEL_GAP + self.label_width() + CAPTION_DISTANCE + 4.0
    }

    fn label_width(&self) -> f64 {
        self.ticks
            .iter()
            .map(|tick| tick.label.width())
            .fold(0.0, f64::max)
    }

    /// Draws the bar with its upper left corner at `corner`.
    pub(crate) fn draw(&self, corner: Point, marks: &mut Vec<Mark>) {
        let bar = Rectangle::new(
            corner.x,
            corner.y,
            corner.x + BAR_WIDTH,
            corner.y + self.height,
        );
        for step in (0..STEPS).rev() {
            let top = bar.bottom - bar.height() * f64::from(step + 1) / f64::from(STEPS);
            // Each step extends down behind the ones below it, so that no seam shows.
            let area = Rectangle { top, ..bar };
            let colour = self
                .colour_scale
                .at((f64::from(step) + 0.5) / f64::from(STEPS));
            marks.push(Mark::rectangle(area, colour));
        }
        let mut lines = Vec::new();
        for tick in &self.ticks {
            let Some(fraction) = self.colour_scale.domain.fraction(tick.value) else {
                continue;
            };
            let at = Point::new(bar.right, bar.bottom - fraction * bar.height());
            lines.push(vec![at, at.offset(TICK_LENGTH, 0.0)]);
            let text = Text::vertically_centred(
                tick.label.clone(),
                at.offset(TICK_LENGTH + LABEL_GAP, 0.0),
            );
            marks.push(Mark::Text(text));
        }
        if !lines.is_empty() {
            let paint = Paint::stroke(Stroke::new(AXIS, 1.0));
            marks.push(Mark::shape(Outline::Lines(lines), paint));
        }
        let baseline = bar.right + TICK_LENGTH + LABEL_GAP + self.label_width() + CAPTION_DISTANCE;
        let at = Point::new(baseline, bar.centre().y);
        draw_vertical_caption(&self.axis.caption(bar.height()), at, marks);
    }
}
