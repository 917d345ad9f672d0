//! What the colours of values stand for.

use crate::axis::{Axis, draw_upwards, upright_ticks};
use statistics::Direction;

use crate::colour::{AXIS, Colour};
use crate::colour_map::sequential;
use crate::drawing::{Mark, Outline, Paint, Stroke};
use crate::geometry::{Point, Rectangle};
use crate::scale::Span;
use crate::text::Text;
use crate::ticks::Tick;

/// Width of the bar, in CSS pixels.
const BAR: f64 = 14.0;
/// Length of ticks with the gap to their labels, in CSS pixels.
const TICK: f64 = 4.0;
const GAP: f64 = 4.0;
/// From the labels to the baseline of the caption, in CSS pixels.
const CAPTION: f64 = 18.0;
/// Steps of colour in a bar.
const STEPS: u32 = 48;

/// The colours of values between two ends.
pub(crate) struct Colours {
    span: Span,
    dark: Direction,
    lightest: f64,
}

impl Colours {
    /// The lightest colour is `lightest` of the way from light to dark.
    pub(crate) fn new(span: Span, dark: Direction, lightest: f64) -> Self {
        Self {
            span,
            dark,
            lightest,
        }
    }

    /// The colour of a value; nothing for what the scale cannot show.
    pub(crate) fn of(&self, value: f64) -> Option<Colour> {
        self.span.share(value).map(|share| self.at(share))
    }

    fn at(&self, share: f64) -> Colour {
        let share = match self.dark {
            Direction::Maximise => share,
            Direction::Minimise => 1.0 - share,
        };
        sequential(self.lightest + (1.0 - self.lightest) * share.clamp(0.0, 1.0))
    }
}

/// An upright bar of all colours, with ticks, labels and a caption on its right.
pub(crate) struct ColourBar<'a> {
    colours: &'a Colours,
    axis: &'a Axis,
    height: f64,
    ticks: Vec<Tick>,
}

impl<'a> ColourBar<'a> {
    pub(crate) fn new(colours: &'a Colours, axis: &'a Axis, height: f64, decimal: char) -> Self {
        Self {
            colours,
            axis,
            height,
            ticks: upright_ticks(&colours.span, height, decimal),
        }
    }

    /// With labels and caption, in CSS pixels.
    pub(crate) fn width(&self) -> f64 {
        BAR + TICK + GAP + self.label_width() + CAPTION + 4.0
    }

    fn label_width(&self) -> f64 {
        self.ticks
            .iter()
            .map(|tick| tick.label.width())
            .fold(0.0, f64::max)
    }

    /// Draws it with its upper left corner there.
    pub(crate) fn draw(&self, corner: Point, marks: &mut Vec<Mark>) {
        let bar = Rectangle::new(corner.x, corner.y, corner.x + BAR, corner.y + self.height);
        for step in (0..STEPS).rev() {
            let top = bar.bottom - bar.height() * f64::from(step + 1) / f64::from(STEPS);
            // Each step reaches down behind the ones below it, so that no seam shows.
            let area = Rectangle { top, ..bar };
            let colour = self.colours.at((f64::from(step) + 0.5) / f64::from(STEPS));
            marks.push(Mark::rectangle(area, colour));
        }
        let mut lines = Vec::new();
        for tick in &self.ticks {
            let Some(share) = self.colours.span.share(tick.value) else {
                continue;
            };
            let at = Point::new(bar.right, bar.bottom - share * bar.height());
            lines.push(vec![at, at.moved(TICK, 0.0)]);
            let text = Text::beside(tick.label.clone(), at.moved(TICK + GAP, 0.0));
            marks.push(Mark::Text(text));
        }
        if !lines.is_empty() {
            let paint = Paint::stroke(Stroke::new(AXIS, 1.0));
            marks.push(Mark::shape(Outline::Lines(lines), paint));
        }
        let baseline = bar.right + TICK + GAP + self.label_width() + CAPTION;
        let at = Point::new(baseline, bar.centre().y);
        draw_upwards(&self.axis.caption(bar.height()), at, marks);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scale::Scale;

    #[test]
    fn good_values_are_dark() {
        let span = Span::exactly(Scale::Linear, [0.0, 10.0]).unwrap();
        let luminance = |dark, value| {
            let colours = Colours::new(span, dark, 0.2);
            colours.of(value).unwrap().luminance()
        };
        assert!(luminance(Direction::Maximise, 10.0) < luminance(Direction::Maximise, 0.0));
        assert!(luminance(Direction::Minimise, 10.0) > luminance(Direction::Minimise, 0.0));
        assert_eq!(
            luminance(Direction::Maximise, 10.0),
            luminance(Direction::Minimise, 0.0)
        );
        assert!(
            Colours::new(span, Direction::Maximise, 0.0)
                .of(f64::NAN)
                .is_none()
        );
    }
}
