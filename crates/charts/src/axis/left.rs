//! The vertical axis on the left of a plot.

use super::{Axis, GAP, LINE, MINOR_TICK, TICK, draw_upwards, push_lines};
use crate::colour::{AXIS, GRID};
use crate::drawing::{Mark, Stroke};
use crate::geometry::{Point, Rectangle};
use crate::scale::Span;
use crate::text::{Anchor, FONT_SIZE, Text};
use crate::ticks::{Tick, minor_ticks, ticks};

/// Distance between ticks that reads well upwards, in CSS pixels.
const APART: f64 = 44.0;
/// Width of a caption that reads upwards, in CSS pixels.
pub(crate) const CAPTION: f64 = LINE;

/// Ticks that read well along this height: three or more where round values allow it.
pub(crate) fn upright_ticks(span: &Span, height: f64, decimal: char) -> Vec<Tick> {
    let wanted = (height / APART).max(2.0) as usize;
    let ticks = |wanted| ticks(span, wanted, false, decimal);
    let reads_well = |ticks: &Vec<Tick>| {
        let heights: Vec<f64> = ticks
            .iter()
            .filter_map(|tick| Some(span.share(tick.value)? * height))
            .collect();
        ticks.len() >= 3 && heights.windows(2).all(|pair| pair[1] - pair[0] >= LINE)
    };
    (wanted..wanted + 6)
        .map(ticks)
        .find(reads_well)
        .unwrap_or_else(|| ticks(wanted))
}

/// The vertical axis on the left of a plot.
pub(crate) struct LeftAxis {
    pub(crate) span: Span,
    ticks: Vec<Tick>,
}

impl LeftAxis {
    pub(crate) fn new(span: Span, height: f64, decimal: char) -> Self {
        Self {
            span,
            ticks: upright_ticks(&span, height, decimal),
        }
    }

    /// Width of ticks, labels and caption, in CSS pixels.
    pub(crate) fn width(&self) -> f64 {
        TICK + GAP + self.label_width() + 8.0 + CAPTION
    }

    fn label_width(&self) -> f64 {
        self.ticks
            .iter()
            .map(|tick| tick.label.width())
            .fold(0.0, f64::max)
    }

    /// The height of a value in the area; nothing for what the axis cannot show.
    pub(crate) fn place(&self, area: &Rectangle, value: f64) -> Option<f64> {
        let share = self.span.share(value)?;
        Some(area.bottom - share * area.height())
    }

    /// Lines across the area.
    pub(crate) fn draw_grid(&self, area: &Rectangle, marks: &mut Vec<Mark>) {
        let lines = self.ticks.iter().filter_map(|tick| {
            let y = self.place(area, tick.value)?;
            Some(vec![Point::new(area.left, y), Point::new(area.right, y)])
        });
        push_lines(marks, lines.collect(), Stroke::new(GRID, 1.0));
    }

    /// The axis itself, with ticks and their labels.
    pub(crate) fn draw(&self, area: &Rectangle, marks: &mut Vec<Mark>) {
        let left = area.left;
        let tick = |value: f64, length: f64| {
            let y = self.place(area, value)?;
            Some(vec![Point::new(left - length, y), Point::new(left, y)])
        };
        let mut lines = vec![vec![
            Point::new(left, area.top),
            Point::new(left, area.bottom),
        ]];
        lines.extend(self.ticks.iter().filter_map(|t| tick(t.value, TICK)));
        let minor = minor_ticks(&self.span);
        lines.extend(
            minor
                .into_iter()
                .filter_map(|value| tick(value, MINOR_TICK)),
        );
        push_lines(marks, lines, Stroke::new(AXIS, 1.0));
        for tick in &self.ticks {
            if let Some(y) = self.place(area, tick.value) {
                let at = Point::new(left - TICK - GAP, y);
                let text = Text::beside(tick.label.clone(), at).anchored(Anchor::End);
                marks.push(Mark::Text(text));
            }
        }
    }
}

/// The caption of a left axis, at the left margin, along `top` to `bottom`.
pub(crate) fn draw_left_caption(
    axis: &Axis,
    margin: f64,
    (top, bottom): (f64, f64),
    marks: &mut Vec<Mark>,
) {
    let at = Point::new(margin + 0.8 * FONT_SIZE, f64::midpoint(top, bottom));
    draw_upwards(&axis.caption(bottom - top), at, marks);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scale::Scale;

    #[test]
    fn upright_axes_have_three_ticks_or_more() {
        for height in [100.0, 140.0, 300.0] {
            for (start, end) in [(92.0, 99.0), (0.0, 1.0), (-3.0, 8.0), (96.2, 96.9)] {
                let span = Span::exactly(Scale::Linear, [start, end]).unwrap();
                let count = upright_ticks(&span, height, '.').len();
                assert!(count >= 3, "{start} {end} {height}");
                assert!(height / count as f64 >= 16.0, "{start} {end} {height}");
            }
        }
    }
}
