//! How points look, and what the legend says of them.

use super::sizes::{RADIUS, Sizes};
use super::{NAMED, ParetoScatter, ScatterPoint};
use crate::colour::{AXIS, BLUE, Colour, DARK, VERMILION};
use crate::drawing::{Mark, Paint, Stroke};
use crate::geometry::Point;
use crate::legend::{Entry, Swatch};
use crate::look::Look;
use crate::marker::Marker;
use crate::style::Style;

/// Points that tell their name when a pointer is held over them.
const WITH_NAMES: usize = 400;

impl ParetoScatter {
    pub(super) fn has_shapes(&self) -> bool {
        !self.shapes.names.is_empty()
    }

    fn marker(&self, point: &ScatterPoint) -> Marker {
        if self.has_shapes() {
            Look::of_category(point.shape).marker
        } else {
            Marker::Circle
        }
    }

    fn paint(&self, point: &ScatterPoint, is_on_front: bool) -> Paint {
        let colour = match (self.has_shapes(), is_on_front) {
            (true, _) => Look::of_category(point.shape).colour,
            (false, true) => VERMILION,
            (false, false) => BLUE,
        };
        paint(colour, is_on_front)
    }

    /// A point at its place, with a ring where it is marked.
    pub(super) fn point(
        &self,
        point: &ScatterPoint,
        (at, outer): (Point, f64),
        sizes: &Sizes,
        is_on_front: bool,
        count: usize,
    ) -> Mark {
        let outline = self.marker(point).outline(&[at], sizes.radius(point.size));
        let shape = Mark::shape(outline, self.paint(point, is_on_front));
        let mut marks = vec![shape];
        if !point.mark.is_empty() {
            let ring = Marker::Circle.outline(&[at], outer);
            marks.push(Mark::shape(ring, Paint::stroke(Stroke::new(DARK, 1.5))));
        }
        let name = if count <= WITH_NAMES || is_on_front {
            point.name.clone()
        } else {
            String::new()
        };
        Mark::Group { name, marks }
    }

    pub(super) fn legend(&self, sizes: &Sizes, style: &Style) -> Vec<Entry> {
        let marker = |colour, is_on_front| Swatch::Marker {
            marker: Marker::Circle,
            radius: RADIUS,
            paint: paint(colour, is_on_front),
        };
        let (front, others) = if self.has_shapes() {
            (marker(AXIS, true), marker(AXIS, false))
        } else {
            (marker(VERMILION, true), marker(BLUE, false))
        };
        let mut entries = Vec::new();
        for (swatch, text) in [(front, &self.front), (others, &self.others)] {
            if !text.is_empty() {
                entries.push(Entry {
                    swatch,
                    text: text.clone(),
                });
            }
        }
        if self.has_shapes() {
            entries.push(Entry {
                swatch: Swatch::Heading,
                text: self.shapes.caption(f64::INFINITY),
            });
        }
        let named = self.shapes.names.iter().take(NAMED).enumerate();
        entries.extend(named.map(|(index, name)| Entry {
            swatch: Swatch::Marker {
                marker: Look::of_category(index).marker,
                radius: RADIUS,
                paint: paint(Look::of_category(index).colour, false),
            },
            text: name.clone(),
        }));
        let more = self.shapes.names.len().saturating_sub(NAMED);
        if more > 0 {
            entries.push(Entry {
                swatch: Swatch::Nothing,
                text: style.and_more(more),
            });
        }
        entries.extend(sizes.legend(self.size.as_ref(), style));
        entries
    }
}

/// Points on the front are opaque and have a dark rim.
pub(super) fn paint(colour: Colour, is_on_front: bool) -> Paint {
    if is_on_front {
        Paint::fill(colour).with_stroke(Stroke::new(DARK, 1.2))
    } else {
        let rim = Stroke::new(colour, 0.8).translucent(0.8);
        Paint::translucent(colour, 0.3).with_stroke(rim)
    }
}
