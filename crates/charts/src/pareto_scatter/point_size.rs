//! The sizes of points, and their legend.

use crate::axes::axis::Axis;
use crate::components::legend::{LegendEntry, Swatch};
use crate::pareto_scatter::data::ScatterPoint;
use crate::pareto_scatter::point_style::paint;
use crate::primitives::colour::AXIS;
use crate::primitives::marker::Marker;
use crate::scales::domain::Domain;
use crate::scales::scale::Scale;
use crate::scales::ticks::ticks;
use crate::style::Style;

/// Radius of points whose area represents nothing, in CSS pixels.
pub(super) const DEFAULT_RADIUS: f64 = 4.0;
/// Minimum and maximum radius of points whose area represents a value, in CSS pixels.
const MIN_RADIUS: f64 = 2.5;
const MAX_RADIUS: f64 = 9.0;

/// Maps values to the radii of points.
pub(super) struct PointSizes {
    /// Minimum and maximum value; `None` if areas represent nothing.
    range: Option<(f64, f64)>,
}

impl PointSizes {
    /// Creates the mapping of the sizes of these points; without an axis, all have the default
    /// radius.
    pub(super) fn new(axis: Option<&Axis>, points: &[&ScatterPoint]) -> Self {
        let range = axis.and_then(|_| {
            let sizes = points.iter().map(|point| point.size);
            let shown = || sizes.clone().filter(|&size| Scale::Linear.can_show(size));
            shown().next()?;
            // Start at zero, so that twice the area is twice the value. Negative values only
            // preserve the order.
            let min = shown().fold(0.0, f64::min);
            Some((min, shown().fold(min, f64::max)))
        });
        Self { range }
    }

    /// Returns the radius of a point of this size, in CSS pixels.
    pub(super) fn radius(&self, size: f64) -> f64 {
        let Some((min, max)) = self.range else {
            return DEFAULT_RADIUS;
        };
        if !Scale::Linear.can_show(size) || max <= min {
            return DEFAULT_RADIUS;
        }
        let fraction = ((size - min) / (max - min)).clamp(0.0, 1.0);
        (MAX_RADIUS * fraction.sqrt()).max(MIN_RADIUS)
    }

    /// Returns a heading and points of about three round sizes.
    pub(super) fn legend(&self, axis: Option<&Axis>, style: &Style) -> Vec<LegendEntry> {
        let (Some(axis), Some((min, max))) = (axis, self.range) else {
            return Vec::new();
        };
        let Some(domain) = Domain::tight(Scale::Linear, [min, max]) else {
            return Vec::new();
        };
        let mut round = ticks(&domain, 3, false, style.decimal);
        round.retain(|tick| tick.value != 0.0 && (min..=max).contains(&tick.value));
        let caption = LegendEntry {
            swatch: Swatch::Heading,
            text: axis.caption(f64::INFINITY),
        };
        let samples = round.into_iter().map(|tick| LegendEntry {
            swatch: Swatch::Marker {
                marker: Marker::Circle,
                radius: self.radius(tick.value),
                paint: paint(AXIS, false),
            },
            text: tick.label.to_plain_text(),
        });
        std::iter::once(caption).chain(samples).collect()
    }
}
