//! The plot behind learning curves and layer lines.

use crate::axes::axis::Axis;
use crate::components::frame::no_data_drawing;
use crate::components::legend::LegendEntry;
use crate::components::plot::{Plot, PlotSpec};
use crate::components::series_style::SeriesStyle;
use crate::drawing::Drawing;
use crate::heading::Heading;
use crate::line_charts::curve_point::CurvePoint;
use crate::primitives::colour::{Colour, LIGHT_GREY};
use crate::primitives::geometry::Point;
use crate::primitives::mark::{Mark, Outline};
use crate::primitives::paint::{Paint, Stroke};
use crate::primitives::polyline::{contiguous_runs, downsampled};
use crate::scales::domain::Domain;
use crate::style::Style;

/// Opacity of bands: low enough to see overlapping ones.
pub(crate) const BAND_OPACITY: f64 = 0.14;
/// Maximum number of markers on a line.
const MAX_MARKERS: usize = 8;
/// Maximum number of background lines.
const MAX_BACKGROUND_LINES: usize = 200;

/// Lines over a common horizontal axis.
pub(crate) struct LinePlot<'a> {
    pub(crate) heading: &'a Heading,
    pub(crate) x: &'a Axis,
    pub(crate) y: &'a Axis,
    pub(crate) lines: Vec<Line<'a>>,
    /// Grey background lines without legend entries.
    pub(crate) background: Vec<&'a [CurvePoint]>,
    pub(crate) legend: Vec<LegendEntry>,
}

/// A line with its style.
pub(crate) struct Line<'a> {
    pub(crate) name: String,
    pub(crate) points: &'a [CurvePoint],
    pub(crate) series_style: SeriesStyle,
    /// Whether to draw markers.
    pub(crate) markers: bool,
}

impl LinePlot<'_> {
    pub(crate) fn draw(self, style: &Style) -> Drawing {
        let background: Vec<&[CurvePoint]> = self
            .background
            .into_iter()
            .take(MAX_BACKGROUND_LINES)
            .collect();
        let highlighted = self.lines.iter().map(|line| line.points);
        let all: Vec<&CurvePoint> = highlighted
            .chain(background.iter().copied())
            .flatten()
            .filter(|point| point.is_shown(self.x.scale, self.y.scale))
            .collect();
        let integer_x = all.iter().all(|point| point.x.fract() == 0.0);
        let positions = all.iter().map(|point| point.x);
        let x = if integer_x {
            Domain::padded_integers(self.x.scale, positions)
        } else {
            Domain::padded(self.x.scale, positions)
        };
        let heights = all.iter().flat_map(|p| [p.value, p.low, p.high]);
        let y = Domain::padded(self.y.scale, heights);
        let (Some(x), Some(y)) = (x, y) else {
            return no_data_drawing(self.heading, style);
        };
        let mut plot = Plot::new(PlotSpec {
            heading: self.heading,
            x: (self.x, x),
            y: (self.y, y),
            integer_x,
            legend: self.legend,
            style,
        });
        let grey = Stroke::new(LIGHT_GREY, 1.0);
        for points in background {
            let line = line(&plot, points, grey);
            plot.marks.extend(line);
        }
        for line in &self.lines {
            let band = band(&plot, line.points, line.series_style.colour);
            plot.marks.extend(band);
        }
        let count = self.lines.len();
        for (index, drawn) in self.lines.iter().enumerate() {
            let stroke = Stroke::new(drawn.series_style.colour, drawn.series_style.width)
                .with_dash(drawn.series_style.dash);
            let mut marks: Vec<Mark> = line(&plot, drawn.points, stroke).into_iter().collect();
            if drawn.markers {
                marks.extend(markers(&plot, drawn, index, count));
            }
            if !marks.is_empty() {
                plot.marks.push(Mark::Group {
                    tooltip: drawn.name.clone(),
                    marks,
                });
            }
        }
        plot.into_drawing()
    }
}

fn positions(plot: &Plot, points: &[CurvePoint]) -> impl Iterator<Item = Option<Point>> {
    points
        .iter()
        .map(|point| plot.position(point.x, point.value))
}

/// Returns the line through the points; an isolated point between gaps becomes a dot.
fn line(plot: &Plot, points: &[CurvePoint], stroke: Stroke) -> Vec<Mark> {
    let (dots, lines): (Vec<_>, Vec<_>) = contiguous_runs(positions(plot, points))
        .into_iter()
        .partition(|run| run.len() == 1);
    let mut marks = Vec::new();
    if !lines.is_empty() {
        let lines = lines.into_iter().map(downsampled).collect();
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

/// Returns the band between `low` and `high`, where both and the value are present. On a
/// logarithmic axis, a lower end of zero or less becomes the end of the axis.
fn band(plot: &Plot, points: &[CurvePoint], colour: Colour) -> Option<Mark> {
    let ends = points.iter().map(|point| {
        if !(point.low.is_finite() && point.high.is_finite()) {
            return None;
        }
        plot.position(point.x, point.value)?;
        let high = plot.position(point.x, point.high)?;
        let low = plot
            .position(point.x, point.low)
            .unwrap_or(Point::new(high.x, plot.area.bottom));
        Some((high, low))
    });
    let areas: Vec<Vec<Point>> = contiguous_runs(ends)
        .into_iter()
        .filter(|run| run.len() > 1)
        .map(|run| {
            let (high, mut low): (Vec<Point>, Vec<Point>) = run.into_iter().unzip();
            low.reverse();
            let mut area = downsampled(high);
            area.extend(downsampled(low));
            area
        })
        .collect();
    (!areas.is_empty()).then(|| {
        let paint = Paint::translucent(colour, BAND_OPACITY);
        Mark::shape(Outline::Polygons(areas), paint)
    })
}

/// Returns markers at some points of the line, offset from those of the other lines if possible.
fn markers(plot: &Plot, line: &Line, index: usize, count: usize) -> Option<Mark> {
    let shown: Vec<Point> = positions(plot, line.points).flatten().collect();
    let stride = shown.len().div_ceil(MAX_MARKERS).max(1);
    let first = (index * stride / count.max(1)).min(shown.len().saturating_sub(1));
    let marked: Vec<Point> = shown.into_iter().skip(first).step_by(stride).collect();
    (!marked.is_empty()).then(|| line.series_style.markers(&marked))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scales::scale::Scale;

    fn drawn(values: &[f64], y: Scale) -> Drawing {
        let points: Vec<CurvePoint> = values
            .iter()
            .zip(1..)
            .map(|(&value, x)| CurvePoint::new(f64::from(x), value))
            .collect();
        LinePlot {
            heading: &Heading::default(),
            x: &Axis::linear("epoch", ""),
            y: &Axis {
                scale: y,
                ..Axis::default()
            },
            lines: vec![Line {
                name: "line".to_owned(),
                points: &points,
                series_style: SeriesStyle::categorical(0),
                markers: false,
            }],
            background: Vec::new(),
            legend: Vec::new(),
        }
        .draw(&Style::default())
    }

    /// Returns the number of points of each run of the line, and the number of dots.
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
