//! What an axis measures, and how it is drawn.

use crate::colour::{AXIS, GRID};
use crate::drawing::{Mark, Outline, Paint, Stroke};
use crate::geometry::{Point, Rectangle};
use crate::scale::{Scale, Span};
use crate::text::{Anchor, FONT_SIZE, Text, shortened, width};
use crate::ticks::{Tick, minor_ticks, ticks};

/// A quantity: what it is, in which unit, and how it is spaced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Axis {
    /// What is measured.
    pub label: String,
    /// Stands in parentheses after the label; empty for numbers without a unit.
    pub unit: String,
    /// How values are spaced.
    pub scale: Scale,
}

impl Axis {
    /// An axis on which equal differences are equally long.
    pub fn linear(label: impl Into<String>, unit: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            unit: unit.into(),
            scale: Scale::Linear,
        }
    }

    /// An axis on which equal ratios are equally long.
    pub fn log(label: impl Into<String>, unit: impl Into<String>) -> Self {
        Self {
            scale: Scale::Log,
            ..Self::linear(label, unit)
        }
    }

    /// Label and unit within a width: it is the label that is cut.
    pub(crate) fn caption(&self, limit: f64) -> String {
        caption(&self.label, &self.unit, limit)
    }
}

/// Label and unit within a width: it is the label that is cut.
pub(crate) fn caption(label: &str, unit: &str, limit: f64) -> String {
    if unit.is_empty() {
        return shortened(label, FONT_SIZE, limit);
    }
    let unit = format!("({unit})");
    if label.is_empty() {
        return shortened(&unit, FONT_SIZE, limit);
    }
    // Room is kept for a label that is cut, and a space.
    let unit = shortened(&unit, FONT_SIZE, limit - width("… ", FONT_SIZE));
    let room = limit - width(&unit, FONT_SIZE) - width(" ", FONT_SIZE);
    format!("{} {unit}", shortened(label, FONT_SIZE, room))
}

/// Length of ticks, in CSS pixels.
const TICK: f64 = 5.0;
/// Length of ticks without a label, in CSS pixels.
const MINOR_TICK: f64 = 3.0;
/// Between a tick and its label, in CSS pixels.
const GAP: f64 = 4.0;
/// Height of a line of text, in CSS pixels.
const LINE: f64 = 16.0;
/// Height of what stands below a plot: ticks, their labels, the caption.
pub(crate) const BELOW: f64 = TICK + GAP + 2.0 * LINE + 6.0;
/// Distance between ticks that reads well upwards, in CSS pixels.
const APART: f64 = 44.0;

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

/// A caption centred below its axis.
pub(crate) fn draw_caption(caption: &str, at: Point, marks: &mut Vec<Mark>) {
    if !caption.is_empty() {
        let text = Text::new(caption.to_owned(), at).anchored(Anchor::Middle);
        marks.push(Mark::Text(text));
    }
}

/// Width of a caption that reads upwards, in CSS pixels.
pub(crate) const CAPTION: f64 = LINE;

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

/// A caption that reads upwards, centred on a height, with its baseline at `at`.
pub(crate) fn draw_upwards(caption: &str, at: Point, marks: &mut Vec<Mark>) {
    if !caption.is_empty() {
        let text = Text::new(caption.to_owned(), at).anchored(Anchor::Middle);
        marks.push(Mark::Text(text.turned(-90.0)));
    }
}

fn push_lines(marks: &mut Vec<Mark>, lines: Vec<Vec<Point>>, stroke: Stroke) {
    if !lines.is_empty() {
        marks.push(Mark::shape(Outline::Lines(lines), Paint::stroke(stroke)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_keep_their_unit_when_they_are_cut() {
        let axis = Axis::linear("time that an epoch takes on this machine", "s");
        assert!(axis.caption(1000.0).ends_with("machine (s)"));
        let cut = axis.caption(100.0);
        assert!(cut.ends_with("… (s)"), "{cut}");
        assert!(width(&cut, FONT_SIZE) <= 100.0);
        let both = Axis::linear("time of an epoch", "hundredths of a second").caption(100.0);
        assert!(both.contains("… (") && both.ends_with('…'), "{both}");
        assert!(width(&both, FONT_SIZE) <= 100.0);
        assert_eq!(Axis::linear("epoch", "").caption(100.0), "epoch");
        assert_eq!(Axis::linear("", "%").caption(100.0), "(%)");
    }

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
