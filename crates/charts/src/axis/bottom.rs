//! The horizontal axis below a plot.

use super::{Axis, GAP, LINE, MINOR_TICK, TICK, draw_caption, push_lines};
use crate::colour::{AXIS, GRID};
use crate::drawing::{Mark, Stroke};
use crate::geometry::{Point, Rectangle};
use crate::scale::Span;
use crate::text::{Anchor, FONT_SIZE, Text};
use crate::ticks::{Tick, minor_ticks, ticks};

/// Height of what stands below a plot: ticks, their labels, the caption.
pub(crate) const BELOW: f64 = TICK + GAP + 2.0 * LINE + 6.0;

/// The horizontal axis below a plot.
pub(crate) struct BottomAxis {
    pub(crate) span: Span,
    ticks: Vec<Tick>,
}

impl BottomAxis {
    /// As many ticks as have room for their labels. On a whole axis they are whole numbers.
    pub(crate) fn new(span: Span, width: f64, whole: bool, decimal: char) -> Self {
        let most = (width / 50.0).clamp(1.0, 16.0) as usize;
        let fitting = (1..=most)
            .rev()
            .map(|wanted| ticks(&span, wanted, whole, decimal))
            .find(|ticks| have_room(ticks, &span, width));
        Self {
            span,
            ticks: fitting.unwrap_or_default(),
        }
    }

    /// How far the last label stands out to the right of the plot, in CSS pixels.
    pub(crate) fn overhang(&self, width: f64) -> f64 {
        self.ticks
            .iter()
            .filter_map(|tick| {
                let place = self.span.share(tick.value)? * width;
                Some(place + tick.label.width() / 2.0 - width)
            })
            .fold(0.0, f64::max)
    }

    /// The horizontal place of a value in the area; nothing for what the axis cannot show.
    pub(crate) fn place(&self, area: &Rectangle, value: f64) -> Option<f64> {
        let share = self.span.share(value)?;
        Some(area.left + share * area.width())
    }

    /// Lines up the area.
    pub(crate) fn draw_grid(&self, area: &Rectangle, marks: &mut Vec<Mark>) {
        let lines = self.ticks.iter().filter_map(|tick| {
            let x = self.place(area, tick.value)?;
            Some(vec![Point::new(x, area.top), Point::new(x, area.bottom)])
        });
        push_lines(marks, lines.collect(), Stroke::new(GRID, 1.0));
    }

    /// The axis itself, with ticks, their labels and the caption.
    pub(crate) fn draw(&self, axis: &Axis, area: &Rectangle, marks: &mut Vec<Mark>) {
        let bottom = area.bottom;
        let tick = |value: f64, length: f64| {
            let x = self.place(area, value)?;
            Some(vec![Point::new(x, bottom), Point::new(x, bottom + length)])
        };
        let mut lines = vec![vec![
            Point::new(area.left, bottom),
            Point::new(area.right, bottom),
        ]];
        lines.extend(self.ticks.iter().filter_map(|t| tick(t.value, TICK)));
        let minor = minor_ticks(&self.span);
        lines.extend(
            minor
                .into_iter()
                .filter_map(|value| tick(value, MINOR_TICK)),
        );
        push_lines(marks, lines, Stroke::new(AXIS, 1.0));
        let baseline = bottom + TICK + GAP + 0.8 * FONT_SIZE;
        for tick in &self.ticks {
            if let Some(x) = self.place(area, tick.value) {
                let text = Text::new(tick.label.clone(), Point::new(x, baseline));
                marks.push(Mark::Text(text.anchored(Anchor::Middle)));
            }
        }
        let at = Point::new(area.centre().x, baseline + LINE + 4.0);
        draw_caption(&axis.caption(area.width()), at, marks);
    }
}

fn have_room(ticks: &[Tick], span: &Span, width: f64) -> bool {
    let mut last = f64::NEG_INFINITY;
    ticks.iter().all(|tick| {
        let Some(share) = span.share(tick.value) else {
            return false;
        };
        let half = tick.label.width() / 2.0;
        let free = last + 10.0 <= share * width - half;
        last = share * width + half;
        free
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scale::Scale;

    #[test]
    fn labels_below_a_plot_never_touch() {
        for width in [40.0, 100.0, 300.0, 1000.0] {
            for (start, end) in [(0.0, 1.0), (1e5, 9e5), (-1e-4, 3e-4), (1.0, 300.0)] {
                let span = Span::exactly(Scale::Linear, [start, end]).unwrap();
                let axis = BottomAxis::new(span, width, false, '.');
                assert!(have_room(&axis.ticks, &span, width));
                assert!(
                    width < 300.0 || axis.ticks.len() >= 3,
                    "{width} {start} {end}"
                );
            }
        }
    }
}
