//! A plot with two numeric axes, and its legend to the right or below.

use crate::axes::axis::Axis;
use crate::axes::bottom_axis::{BOTTOM_AXIS_HEIGHT, BottomAxis};
use crate::axes::left_axis::{LeftAxis, draw_left_caption};
use crate::components::frame::{MARGIN, content_top, titled_drawing};
use crate::components::legend::{COLUMN_GAP, Legend, LegendEntry};
use crate::drawing::Drawing;
use crate::heading::Heading;
use crate::primitives::geometry::{Point, Rectangle};
use crate::primitives::mark::Mark;
use crate::scales::domain::Domain;
use crate::style::Style;

/// What to lay a plot out for.
pub(crate) struct PlotSpec<'a> {
    pub(crate) heading: &'a Heading,
    pub(crate) x: (&'a Axis, Domain),
    pub(crate) y: (&'a Axis, Domain),
    /// Whether all x values are whole numbers.
    pub(crate) integer_x: bool,
    pub(crate) legend: Vec<LegendEntry>,
    pub(crate) style: &'a Style,
}

/// A plot with drawn axes and legend, to which marks can be added.
pub(crate) struct Plot<'a> {
    pub(crate) area: Rectangle,
    x: BottomAxis,
    y: LeftAxis,
    heading: &'a Heading,
    width: f64,
    height: f64,
    pub(crate) marks: Vec<Mark>,
}

impl<'a> Plot<'a> {
    pub(crate) fn new(spec: PlotSpec<'a>) -> Self {
        let style = spec.style;
        let width = style.usable_width();
        let top = content_top(spec.heading, width);
        let bottom = (style.usable_height() - MARGIN - BOTTOM_AXIS_HEIGHT).max(top + 100.0);
        let legend = Legend::new(spec.legend, width - 2.0 * MARGIN, bottom - top);

        let y = LeftAxis::new(spec.y.1, bottom - top, style.decimal);
        let left = MARGIN + y.width();
        let widest = width - MARGIN - legend.side_width() - left;
        let axis = |width| BottomAxis::new(spec.x.1, width, spec.integer_x, style.decimal);
        let overhang = axis(widest).overhang(widest).ceil();
        let x = axis(widest - overhang);

        let area = Rectangle::new(left, top, left + widest - overhang, bottom);
        let mut marks = Vec::new();
        x.draw_grid(&area, &mut marks);
        y.draw_grid(&area, &mut marks);
        x.draw(spec.x.0, &area, &mut marks);
        y.draw(&area, &mut marks);
        draw_left_caption(spec.y.0, MARGIN, (top, bottom), &mut marks);
        let below = bottom + BOTTOM_AXIS_HEIGHT;
        let corner = if legend.side_width() > 0.0 {
            Point::new(width - MARGIN - legend.side_width() + COLUMN_GAP, top)
        } else {
            Point::new(MARGIN, below + 8.0)
        };
        legend.draw(corner, &mut marks);
        Self {
            area,
            x,
            y,
            heading: spec.heading,
            width,
            height: below + legend.bottom_height() + MARGIN,
            marks,
        }
    }

    /// Returns the point of a pair of values, or `None` if an axis cannot show one of them.
    pub(crate) fn position(&self, x: f64, y: f64) -> Option<Point> {
        Some(Point::new(
            self.x.position(&self.area, x)?,
            self.y.position(&self.area, y)?,
        ))
    }

    pub(crate) fn into_drawing(self) -> Drawing {
        titled_drawing(self.heading, self.width, self.height, self.marks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::legend::Swatch;
    use crate::scales::scale::Scale;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_legend_overlaps_the_plot_area(
            names in prop::collection::vec("[a-z]{1,60}", 0..40), width in 320.0..1500.0,
        ) {
            let style = Style { width, ..Style::default() };
            let domain = Domain::padded(Scale::Linear, [0.0, 1.0]).unwrap();
            let entry = |name: &String| LegendEntry { swatch: Swatch::Blank, text: name.clone() };
            let (heading, axis) = (Heading::default(), Axis::default());
            let plot = Plot::new(PlotSpec {
                heading: &heading,
                x: (&axis, domain),
                y: (&axis, domain),
                integer_x: false,
                legend: names.iter().map(entry).collect(),
                style: &style,
            });
            let area = plot.area;
            prop_assert!(area.width() > 100.0 && area.height() > 90.0, "{area:?}");
            for text in plot.into_drawing().texts() {
                prop_assert!(!text.bounding_box().overlaps(&area), "{text:?} {area:?}");
            }
        }
    }
}
