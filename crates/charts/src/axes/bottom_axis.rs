//! The horizontal axis below a plot.

use crate::axes::axis::Axis;
use crate::axes::caption::draw_caption;
use crate::axes::tick_marks::{LABEL_GAP, LINE_HEIGHT, MINOR_TICK_LENGTH, TICK_LENGTH, draw_lines};
use crate::primitives::colour::{AXIS, GRID};
use crate::primitives::geometry::{Point, Rectangle};
use crate::primitives::mark::Mark;
use crate::primitives::paint::Stroke;
use crate::primitives::text::{Anchor, FONT_SIZE, Text};
use crate::scales::domain::Domain;
use crate::scales::ticks::{Tick, minor_ticks, ticks};

/// Height of ticks, tick labels and caption below a plot, in CSS pixels.
pub(crate) const BOTTOM_AXIS_HEIGHT: f64 = TICK_LENGTH + LABEL_GAP + 2.0 * LINE_HEIGHT + 6.0;

/// The horizontal axis below a plot.
pub(crate) struct BottomAxis {
    pub(crate) domain: Domain,
    ticks: Vec<Tick>,
}

impl BottomAxis {
    /// Creates an axis with as many ticks as have room for their labels. With `integers`, ticks are
    /// at whole numbers only.
    pub(crate) fn new(domain: Domain, width: f64, integers: bool, decimal: char) -> Self {
        let max_ticks = (width / 50.0).clamp(1.0, 16.0) as usize;
        let fitting = (1..=max_ticks)
            .rev()
            .map(|wanted| ticks(&domain, wanted, integers, decimal))
            .find(|ticks| labels_fit(ticks, &domain, width));
        Self {
            domain,
            ticks: fitting.unwrap_or_default(),
        }
    }

    /// Returns how far the last label extends beyond the right edge of the plot, in CSS pixels.
    pub(crate) fn overhang(&self, width: f64) -> f64 {
        self.ticks
            .iter()
            .filter_map(|tick| {
                let position = self.domain.fraction(tick.value)? * width;
                Some(position + tick.label.width() / 2.0 - width)
            })
            .fold(0.0, f64::max)
    }

    /// Returns the x coordinate of a value in the plot area, or `None` if the axis cannot show it.
    pub(crate) fn position(&self, area: &Rectangle, value: f64) -> Option<f64> {
        let fraction = self.domain.fraction(value)?;
        Some(area.left + fraction * area.width())
    }

    /// Draws the vertical grid lines.
    pub(crate) fn draw_grid(&self, area: &Rectangle, marks: &mut Vec<Mark>) {
        let lines = self.ticks.iter().filter_map(|tick| {
            let x = self.position(area, tick.value)?;
            Some(vec![Point::new(x, area.top), Point::new(x, area.bottom)])
        });
        draw_lines(marks, lines.collect(), Stroke::new(GRID, 1.0));
    }

    /// Draws the axis line, ticks, tick labels and caption.
    pub(crate) fn draw(&self, axis: &Axis, area: &Rectangle, marks: &mut Vec<Mark>) {
        let bottom = area.bottom;
        let tick = |value: f64, length: f64| {
            let x = self.position(area, value)?;
            Some(vec![Point::new(x, bottom), Point::new(x, bottom + length)])
        };
        let mut lines = vec![vec![
            Point::new(area.left, bottom),
            Point::new(area.right, bottom),
        ]];
        lines.extend(self.ticks.iter().filter_map(|t| tick(t.value, TICK_LENGTH)));
        let minor = minor_ticks(&self.domain);
        lines.extend(
            minor
                .into_iter()
                .filter_map(|value| tick(value, MINOR_TICK_LENGTH)),
        );
        draw_lines(marks, lines, Stroke::new(AXIS, 1.0));
        let baseline = bottom + TICK_LENGTH + LABEL_GAP + 0.8 * FONT_SIZE;
        for tick in &self.ticks {
            if let Some(x) = self.position(area, tick.value) {
                let text = Text::new(tick.label.clone(), Point::new(x, baseline));
                marks.push(Mark::Text(text.with_anchor(Anchor::Middle)));
            }
        }
        let at = Point::new(area.centre().x, baseline + LINE_HEIGHT + 4.0);
        draw_caption(&axis.caption(area.width()), at, marks);
    }
}

fn labels_fit(ticks: &[Tick], domain: &Domain, width: f64) -> bool {
    let mut last = f64::NEG_INFINITY;
    ticks.iter().all(|tick| {
        let Some(fraction) = domain.fraction(tick.value) else {
            return false;
        };
        let half = tick.label.width() / 2.0;
        let free = last + 10.0 <= fraction * width - half;
        last = fraction * width + half;
        free
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scales::scale::Scale;

    #[test]
    fn labels_below_a_plot_never_touch() {
        for width in [40.0, 100.0, 300.0, 1000.0] {
            for (start, end) in [(0.0, 1.0), (1e5, 9e5), (-1e-4, 3e-4), (1.0, 300.0)] {
                let domain = Domain::tight(Scale::Linear, [start, end]).unwrap();
                let axis = BottomAxis::new(domain, width, false, '.');
                assert!(labels_fit(&axis.ticks, &domain, width));
                assert!(
                    width < 300.0 || axis.ticks.len() >= 3,
                    "{width} {start} {end}"
                );
            }
        }
    }
}
