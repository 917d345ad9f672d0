//! A plot of two axes, with its legend beside or below.

use crate::axis::{Axis, BELOW, BottomAxis, LeftAxis, draw_left_caption};
use crate::drawing::{Drawing, Mark};
use crate::geometry::{Point, Rectangle};
use crate::legend::{BETWEEN, Entry, Legend};
use crate::page::{MARGIN, below_title, finished};
use crate::scale::Span;
use crate::style::{Heading, Style};

/// What a plot is laid out for.
pub(crate) struct Layout<'a> {
    pub(crate) heading: &'a Heading,
    pub(crate) x: (&'a Axis, Span),
    pub(crate) y: (&'a Axis, Span),
    /// Whether values along x are whole numbers.
    pub(crate) whole_x: bool,
    pub(crate) legend: Vec<Entry>,
    pub(crate) style: &'a Style,
}

/// Axes and legend, drawn, and where values lie between them.
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
    pub(crate) fn new(layout: Layout<'a>) -> Self {
        let style = layout.style;
        let width = style.usable_width();
        let top = below_title(layout.heading, width);
        let bottom = (style.usable_height() - MARGIN - BELOW).max(top + 100.0);
        let legend = Legend::new(layout.legend, width - 2.0 * MARGIN, bottom - top);

        let y = LeftAxis::new(layout.y.1, bottom - top, style.decimal);
        let left = MARGIN + y.width();
        let widest = width - MARGIN - legend.width_beside() - left;
        let axis = |width| BottomAxis::new(layout.x.1, width, layout.whole_x, style.decimal);
        let overhang = axis(widest).overhang(widest).ceil();
        let x = axis(widest - overhang);

        let area = Rectangle::new(left, top, left + widest - overhang, bottom);
        let mut marks = Vec::new();
        x.draw_grid(&area, &mut marks);
        y.draw_grid(&area, &mut marks);
        x.draw(layout.x.0, &area, &mut marks);
        y.draw(&area, &mut marks);
        draw_left_caption(layout.y.0, MARGIN, (top, bottom), &mut marks);
        let below = bottom + BELOW;
        let corner = if legend.width_beside() > 0.0 {
            Point::new(width - MARGIN - legend.width_beside() + BETWEEN, top)
        } else {
            Point::new(MARGIN, below + 8.0)
        };
        legend.draw(corner, &mut marks);
        Self {
            area,
            x,
            y,
            heading: layout.heading,
            width,
            height: below + legend.height_below() + MARGIN,
            marks,
        }
    }

    /// Where a pair of values lies; nothing where an axis cannot show it.
    pub(crate) fn place(&self, x: f64, y: f64) -> Option<Point> {
        Some(Point::new(
            self.x.place(&self.area, x)?,
            self.y.place(&self.area, y)?,
        ))
    }

    pub(crate) fn finished(self) -> Drawing {
        finished(self.heading, self.width, self.height, self.marks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::legend::Swatch;
    use crate::scale::Scale;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_legend_covers_the_area_of_the_data(
            names in prop::collection::vec("[a-z]{1,60}", 0..40), width in 320.0..1500.0,
        ) {
            let style = Style { width, ..Style::default() };
            let span = Span::around(Scale::Linear, [0.0, 1.0]).unwrap();
            let entry = |name: &String| Entry { swatch: Swatch::Nothing, text: name.clone() };
            let (heading, axis) = (Heading::default(), Axis::default());
            let plot = Plot::new(Layout {
                heading: &heading,
                x: (&axis, span),
                y: (&axis, span),
                whole_x: false,
                legend: names.iter().map(entry).collect(),
                style: &style,
            });
            let area = plot.area;
            prop_assert!(area.width() > 100.0 && area.height() > 90.0, "{area:?}");
            for text in plot.finished().texts() {
                prop_assert!(!text.upright().overlaps(&area), "{text:?} {area:?}");
            }
        }
    }
}
