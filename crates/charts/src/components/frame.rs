//! The frame around every chart: margins, title and the message for missing data.

use crate::drawing::Drawing;
use crate::heading::Heading;
use crate::primitives::colour::BACKGROUND;
use crate::primitives::geometry::{Point, Rectangle};
use crate::primitives::mark::Mark;
use crate::primitives::text::{Anchor, FONT_SIZE, Text};
use crate::primitives::text_width::{truncated, wrapped};
use crate::style::Style;

/// Margin around the chart, in CSS pixels.
pub(crate) const MARGIN: f64 = 14.0;
/// Font size of the title, in CSS pixels.
const TITLE_SIZE: f64 = 15.0;
/// Line height of the title, in CSS pixels.
const TITLE_LINE_HEIGHT: f64 = 20.0;
/// Gap below the title, in CSS pixels.
const TITLE_GAP: f64 = 10.0;

/// Returns the y coordinate at which content below the title starts, for a chart of this width.
pub(crate) fn content_top(heading: &Heading, width: f64) -> f64 {
    let lines = title_lines(heading, width).len() as f64;
    let gap = if lines > 0.0 { TITLE_GAP } else { 0.0 };
    MARGIN + lines * TITLE_LINE_HEIGHT + gap
}

fn title_lines(heading: &Heading, width: f64) -> Vec<String> {
    wrapped(&heading.title, TITLE_SIZE, width - 2.0 * MARGIN, 2)
}

/// Returns a drawing with the title above `marks`. Width and height are rounded up to whole pixels.
pub(crate) fn titled_drawing(
    heading: &Heading,
    width: f64,
    height: f64,
    marks: Vec<Mark>,
) -> Drawing {
    let lines = title_lines(heading, width).into_iter().enumerate();
    let title = lines.map(|(index, line)| {
        let baseline = MARGIN + 0.85 * TITLE_SIZE + index as f64 * TITLE_LINE_HEIGHT;
        let text = Text::new(line, Point::new(MARGIN, baseline));
        Mark::Text(text.with_size(TITLE_SIZE))
    });
    Drawing {
        width: width.ceil(),
        height: height.ceil(),
        title: heading.title.clone(),
        description: heading.description.clone(),
        marks: title.chain(marks).collect(),
    }
}

/// Returns a drawing that shows [`Style::no_data`] only.
pub(crate) fn no_data_drawing(heading: &Heading, style: &Style) -> Drawing {
    let width = style.usable_width();
    let top = content_top(heading, width);
    let area = Rectangle::new(MARGIN, top, width - MARGIN, top + 120.0);
    let words = truncated(&style.no_data, FONT_SIZE, area.width());
    let text = Text::vertically_centred(words, area.centre()).with_anchor(Anchor::Middle);
    let marks = vec![Mark::rectangle(area, BACKGROUND), Mark::Text(text)];
    titled_drawing(heading, width, area.bottom + MARGIN, marks)
}
