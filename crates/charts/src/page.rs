//! The sheet that a chart is drawn on: its margins, its title, and what it says without data.

use crate::colour::EMPTY;
use crate::drawing::{Drawing, Mark};
use crate::geometry::Point;
use crate::geometry::Rectangle;
use crate::style::{Heading, Style};
use crate::text::{Anchor, FONT_SIZE, Text, shortened, wrapped};

/// Between the edges of a chart and what is drawn, in CSS pixels.
pub(crate) const MARGIN: f64 = 14.0;
/// In CSS pixels.
const TITLE_SIZE: f64 = 15.0;
/// From one line of the title to the next, in CSS pixels.
const TITLE_LINE: f64 = 20.0;
/// Between the title and what follows, in CSS pixels.
const BELOW_TITLE: f64 = 10.0;

/// Where the first thing below a title may stand, in a chart of this width.
pub(crate) fn below_title(heading: &Heading, width: f64) -> f64 {
    let lines = title_lines(heading, width).len() as f64;
    let gap = if lines > 0.0 { BELOW_TITLE } else { 0.0 };
    MARGIN + lines * TITLE_LINE + gap
}

fn title_lines(heading: &Heading, width: f64) -> Vec<String> {
    wrapped(&heading.title, TITLE_SIZE, width - 2.0 * MARGIN, 2)
}

/// The drawing of this size, with its title; sizes become whole.
pub(crate) fn finished(heading: &Heading, width: f64, height: f64, marks: Vec<Mark>) -> Drawing {
    let lines = title_lines(heading, width).into_iter().enumerate();
    let title = lines.map(|(index, line)| {
        let baseline = MARGIN + 0.85 * TITLE_SIZE + index as f64 * TITLE_LINE;
        let text = Text::new(line, Point::new(MARGIN, baseline));
        Mark::Text(text.sized(TITLE_SIZE))
    });
    Drawing {
        width: width.ceil(),
        height: height.ceil(),
        title: heading.title.clone(),
        description: heading.description.clone(),
        marks: title.chain(marks).collect(),
    }
}

/// A chart that says that there is nothing to show.
pub(crate) fn without_data(heading: &Heading, style: &Style) -> Drawing {
    let width = style.usable_width();
    let top = below_title(heading, width);
    let area = Rectangle::new(MARGIN, top, width - MARGIN, top + 120.0);
    let words = shortened(&style.no_data, FONT_SIZE, area.width());
    let text = Text::beside(words, area.centre()).anchored(Anchor::Middle);
    let marks = vec![Mark::rectangle(area, EMPTY), Mark::Text(text)];
    finished(heading, width, area.bottom + MARGIN, marks)
}
