//! Charts of lines over a common axis: what learning curves and layers have in common.

use crate::axis::Axis;
use crate::colour::{Colour, PALE};
use crate::curve::{CurvePoint, runs, thinned};
use crate::drawing::{Drawing, Mark, Outline, Paint, Stroke};
use crate::geometry::Point;
use crate::legend::Entry;
use crate::look::Look;
use crate::page::without_data;
use crate::plot::{Layout, Plot};
use crate::scale::Span;
use crate::style::{Heading, Style};

/// Of bands about lines: pale enough to see several of them through each other.
pub(crate) const BAND_OPACITY: f64 = 0.14;
/// Markers on a line, at most.
const MOST_MARKERS: usize = 8;
/// Lines in the background, at most.
const MOST_BEHIND: usize = 200;

/// Lines over a common axis.
pub(crate) struct Lines<'a> {
    pub(crate) heading: &'a Heading,
    pub(crate) x: &'a Axis,
    pub(crate) y: &'a Axis,
    pub(crate) lines: Vec<Line<'a>>,
    /// Lines that are seen, but not told apart.
    pub(crate) behind: Vec<&'a [CurvePoint]>,
    pub(crate) legend: Vec<Entry>,
}

/// A line with its look.
pub(crate) struct Line<'a> {
    pub(crate) name: String,
    pub(crate) points: &'a [CurvePoint],
    pub(crate) look: Look,
    /// Whether its points are marked.
    pub(crate) markers: bool,
}

impl Lines<'_> {
    pub(crate) fn draw(self, style: &Style) -> Drawing {
        let behind: Vec<&[CurvePoint]> = self.behind.into_iter().take(MOST_BEHIND).collect();
        let told_apart = self.lines.iter().map(|line| line.points);
        let all: Vec<&CurvePoint> = told_apart
            .chain(behind.iter().copied())
            .flatten()
            .filter(|point| point.is_shown(self.x.scale, self.y.scale))
            .collect();
        let whole_x = all.iter().all(|point| point.x.fract() == 0.0);
        let places = all.iter().map(|point| point.x);
        let x = if whole_x {
            Span::around_whole(self.x.scale, places)
        } else {
            Span::around(self.x.scale, places)
        };
        let heights = all.iter().flat_map(|p| [p.value, p.low, p.high]);
        let y = Span::around(self.y.scale, heights);
        let (Some(x), Some(y)) = (x, y) else {
            return without_data(self.heading, style);
        };
        let mut plot = Plot::new(Layout {
            heading: self.heading,
            x: (self.x, x),
            y: (self.y, y),
            whole_x,
            legend: self.legend,
            style,
        });
        let grey = Stroke::new(PALE, 1.0);
        for points in behind {
            let line = line(&plot, points, grey);
            plot.marks.extend(line);
        }
        for line in &self.lines {
            let band = band(&plot, line.points, line.look.colour);
            plot.marks.extend(band);
        }
        let count = self.lines.len();
        for (index, drawn) in self.lines.iter().enumerate() {
            let stroke = Stroke::new(drawn.look.colour, drawn.look.width).dashed(drawn.look.dash);
            let mut marks: Vec<Mark> = line(&plot, drawn.points, stroke).into_iter().collect();
            if drawn.markers {
                marks.extend(markers(&plot, drawn, index, count));
            }
            if !marks.is_empty() {
                plot.marks.push(Mark::Group {
                    name: drawn.name.clone(),
                    marks,
                });
            }
        }
        plot.finished()
    }
}

fn places(plot: &Plot, points: &[CurvePoint]) -> impl Iterator<Item = Option<Point>> {
    points.iter().map(|point| plot.place(point.x, point.value))
}

/// The line through the points; a point alone between gaps is a dot.
fn line(plot: &Plot, points: &[CurvePoint], stroke: Stroke) -> Vec<Mark> {
    let (dots, lines): (Vec<_>, Vec<_>) = runs(places(plot, points))
        .into_iter()
        .partition(|run| run.len() == 1);
    let mut marks = Vec::new();
    if !lines.is_empty() {
        let lines = lines.into_iter().map(thinned).collect();
        marks.push(Mark::shape(Outline::Lines(lines), Paint::stroke(stroke)));
    }
    if !dots.is_empty() {
        let outline = Outline::Circles {
            centres: dots.concat(),
            radius: stroke.width,
        };
        marks.push(Mark::shape(outline, Paint::fill(stroke.colour)));
    }
    marks
}

/// The area between the lower and the upper ends, where both and the value are known. On a logarithmic axis a
/// lower end that is zero or less is the end of the axis.
fn band(plot: &Plot, points: &[CurvePoint], colour: Colour) -> Option<Mark> {
    let ends = points.iter().map(|point| {
        if !(point.low.is_finite() && point.high.is_finite()) {
            return None;
        }
        plot.place(point.x, point.value)?;
        let high = plot.place(point.x, point.high)?;
        let low = plot
            .place(point.x, point.low)
            .unwrap_or(Point::new(high.x, plot.area.bottom));
        Some((high, low))
    });
    let areas: Vec<Vec<Point>> = runs(ends)
        .into_iter()
        .filter(|run| run.len() > 1)
        .map(|run| {
            let (high, mut low): (Vec<Point>, Vec<Point>) = run.into_iter().unzip();
            low.reverse();
            let mut area = thinned(high);
            area.extend(thinned(low));
            area
        })
        .collect();
    (!areas.is_empty()).then(|| {
        let paint = Paint::translucent(colour, BAND_OPACITY);
        Mark::shape(Outline::Polygons(areas), paint)
    })
}

/// Some points of the line, others than those of its neighbours where there are enough.
fn markers(plot: &Plot, line: &Line, index: usize, count: usize) -> Option<Mark> {
    let shown: Vec<Point> = places(plot, line.points).flatten().collect();
    let stride = shown.len().div_ceil(MOST_MARKERS).max(1);
    let first = (index * stride / count.max(1)).min(shown.len().saturating_sub(1));
    let marked: Vec<Point> = shown.into_iter().skip(first).step_by(stride).collect();
    (!marked.is_empty()).then(|| line.look.markers(&marked))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scale::Scale;

    fn drawn(values: &[f64], y: Scale) -> Drawing {
        let points: Vec<CurvePoint> = values
            .iter()
            .zip(1..)
            .map(|(&value, x)| CurvePoint::new(f64::from(x), value))
            .collect();
        Lines {
            heading: &Heading::default(),
            x: &Axis::linear("epoch", ""),
            y: &Axis {
                scale: y,
                ..Axis::default()
            },
            lines: vec![Line {
                name: "line".to_owned(),
                points: &points,
                look: Look::of_category(0),
                markers: false,
            }],
            behind: Vec::new(),
            legend: Vec::new(),
        }
        .draw(&Style::default())
    }

    /// Points of each run of the line, and how many dots there are.
    fn runs_and_dots(drawing: &Drawing) -> (Vec<usize>, usize) {
        let (mut runs, mut dots) = (Vec::new(), 0);
        for mark in &drawing.marks {
            let Mark::Group { marks, .. } = mark else {
                continue;
            };
            for mark in marks {
                match mark {
                    Mark::Shape {
                        outline: Outline::Lines(lines),
                        ..
                    } => runs.extend(lines.iter().map(Vec::len)),
                    Mark::Shape {
                        outline: Outline::Circles { centres, .. },
                        ..
                    } => dots += centres.len(),
                    other => panic!("{other:?}"),
                }
            }
        }
        (runs, dots)
    }

    #[test]
    fn missing_values_are_gaps_and_a_point_between_them_is_a_dot() {
        let missing = f64::NAN;
        let values = [3.0, 2.0, missing, 1.5, f64::INFINITY, 1.0, 0.9, 0.8];
        let drawing = drawn(&values, Scale::Linear);
        assert_eq!(runs_and_dots(&drawing), (vec![2, 3], 1));
    }

    #[test]
    fn zeros_on_a_logarithmic_axis_are_gaps() {
        let values = [3.0, 2.0, 0.0, 1.0, 0.5];
        assert_eq!(runs_and_dots(&drawn(&values, Scale::Log)).0, [2, 2]);
        assert_eq!(runs_and_dots(&drawn(&values, Scale::Linear)).0, [5]);
    }

    #[test]
    fn a_line_of_one_point_is_a_dot() {
        let drawing = drawn(&[3.0], Scale::Linear);
        assert_eq!(runs_and_dots(&drawing), (Vec::new(), 1));
    }
}
