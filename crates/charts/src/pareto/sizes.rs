//! How large points are, and what that stands for.

use super::ScatterPoint;
use super::points::paint;
use crate::axis::Axis;
use crate::colour::AXIS;
use crate::legend::{Entry, Swatch};
use crate::marker::Marker;
use crate::scale::{Scale, Span};
use crate::style::Style;
use crate::ticks::ticks;

/// Radius of points whose area stands for nothing, in CSS pixels.
pub(super) const RADIUS: f64 = 4.0;
/// Radius of the smallest and the largest points otherwise, in CSS pixels.
const SMALLEST: f64 = 2.5;
const LARGEST: f64 = 9.0;

/// How large points are.
pub(super) struct Sizes {
    /// The least and the greatest size; nothing where areas stand for nothing.
    range: Option<(f64, f64)>,
}

impl Sizes {
    pub(super) fn new(axis: Option<&Axis>, points: &[&ScatterPoint]) -> Self {
        let range = axis.and_then(|_| {
            let sizes = points.iter().map(|point| point.size);
            let shown = || sizes.clone().filter(|&size| Scale::Linear.shows(size));
            shown().next()?;
            // From zero, so that twice the area is twice the size; below zero areas just grow.
            let least = shown().fold(0.0, f64::min);
            Some((least, shown().fold(least, f64::max)))
        });
        Self { range }
    }

    pub(super) fn radius(&self, size: f64) -> f64 {
        let Some((least, greatest)) = self.range else {
            return RADIUS;
        };
        if !Scale::Linear.shows(size) || greatest <= least {
            return RADIUS;
        }
        let share = ((size - least) / (greatest - least)).clamp(0.0, 1.0);
        (LARGEST * share.sqrt()).max(SMALLEST)
    }

    /// Points of three round sizes, below the name of what they stand for.
    pub(super) fn legend(&self, axis: Option<&Axis>, style: &Style) -> Vec<Entry> {
        let (Some(axis), Some((least, greatest))) = (axis, self.range) else {
            return Vec::new();
        };
        let Some(span) = Span::exactly(Scale::Linear, [least, greatest]) else {
            return Vec::new();
        };
        let mut round = ticks(&span, 3, false, style.decimal);
        round.retain(|tick| tick.value != 0.0 && (least..=greatest).contains(&tick.value));
        let caption = Entry {
            swatch: Swatch::Heading,
            text: axis.caption(f64::INFINITY),
        };
        let samples = round.into_iter().map(|tick| Entry {
            swatch: Swatch::Marker {
                marker: Marker::Circle,
                radius: self.radius(tick.value),
                paint: paint(AXIS, false),
            },
            text: tick.label.in_one(),
        });
        std::iter::once(caption).chain(samples).collect()
    }
}
