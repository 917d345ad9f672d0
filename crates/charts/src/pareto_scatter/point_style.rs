//! The colours and shapes of points.

use crate::components::series_style::SeriesStyle;
use crate::pareto_scatter::data::{ParetoScatter, ScatterPoint};
use crate::primitives::colour::{BLUE, Colour, TEXT, VERMILION};
use crate::primitives::marker::Marker;
use crate::primitives::paint::{Paint, Stroke};

/// Returns whether shapes of points represent categories; then colours represent them too.
pub(super) fn has_shapes(chart: &ParetoScatter) -> bool {
    !chart.shapes.names.is_empty()
}

/// Returns the marker of a point.
pub(super) fn point_marker(chart: &ParetoScatter, point: &ScatterPoint) -> Marker {
    if has_shapes(chart) {
        SeriesStyle::categorical(point.shape).marker
    } else {
        Marker::Circle
    }
}

/// Returns the paint of a point.
pub(super) fn point_paint(chart: &ParetoScatter, point: &ScatterPoint, is_on_front: bool) -> Paint {
    let colour = match (has_shapes(chart), is_on_front) {
        (true, _) => SeriesStyle::categorical(point.shape).colour,
        (false, true) => VERMILION,
        (false, false) => BLUE,
    };
    paint(colour, is_on_front)
}

/// Returns the paint of points of this colour: opaque with a dark outline on the front, otherwise
/// translucent.
pub(super) fn paint(colour: Colour, is_on_front: bool) -> Paint {
    if is_on_front {
        Paint::fill(colour).with_stroke(Stroke::new(TEXT, 1.2))
    } else {
        let outline = Stroke::new(colour, 0.8).with_opacity(0.8);
        Paint::translucent(colour, 0.3).with_stroke(outline)
    }
}
