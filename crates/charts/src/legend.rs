//! What the looks of a chart stand for, beside or below the plot and never on it.

use crate::colour::{Colour, WHITE};
use crate::drawing::{Mark, Outline, Paint, Stroke};
use crate::geometry::{Point, Rectangle};
use crate::interval::interval;
use crate::look::Look;
use crate::marker::Marker;
use crate::text::{FONT_SIZE, Text, shortened, width};

/// From one entry to the next, in CSS pixels.
const LINE: f64 = 19.0;
/// Width of what stands before a text, and the gap after it, in CSS pixels.
const SWATCH: f64 = 30.0;
const GAP: f64 = 7.0;
/// Between columns, in CSS pixels.
const BETWEEN: f64 = 18.0;
/// Share of a chart's width that a legend beside the plot may take.
const SHARE_BESIDE: f64 = 0.3;

/// An entry: what is seen, and what it stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) swatch: Swatch,
    pub(crate) text: String,
}

/// What is seen in the chart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Swatch {
    Line {
        look: Look,
        markers: bool,
    },
    Band(Colour, f64),
    Marker {
        marker: Marker,
        radius: f64,
        paint: Paint,
    },
    /// A bar between two ends.
    Interval(Colour),
    /// A short word, as it stands beside a point.
    Tag(String),
    /// The text names the entries that follow.
    Heading,
    Nothing,
}

/// A legend that knows how much room it takes.
pub(crate) struct Legend {
    entries: Vec<Entry>,
    /// Of an entry with its swatch, in CSS pixels.
    entry_width: f64,
    columns: usize,
    /// Whether it stands beside the plot, not below.
    beside: bool,
}

impl Legend {
    /// Beside a plot of this height where it fits, otherwise below, across the chart's width.
    pub(crate) fn new(entries: Vec<Entry>, chart_width: f64, plot_height: f64) -> Self {
        let entry_width = widest(&entries);
        let rows = entries.len() as f64;
        if entry_width <= SHARE_BESIDE * chart_width && rows * LINE <= plot_height {
            return Self {
                entries,
                entry_width,
                columns: 1,
                beside: true,
            };
        }
        Self::below(entries, chart_width)
    }

    /// Below the plot, across this width.
    pub(crate) fn below(entries: Vec<Entry>, across: f64) -> Self {
        let entry_width = widest(&entries).min(across);
        let columns = ((across + BETWEEN) / (entry_width + BETWEEN)).max(1.0) as usize;
        Self {
            entries,
            entry_width,
            columns,
            beside: false,
        }
    }

    /// Width that is taken from the plot, in CSS pixels.
    pub(crate) fn width_beside(&self) -> f64 {
        match self.beside && !self.entries.is_empty() {
            true => self.entry_width + BETWEEN,
            false => 0.0,
        }
    }

    /// Height that is added below the plot, in CSS pixels.
    pub(crate) fn height_below(&self) -> f64 {
        match self.beside || self.entries.is_empty() {
            true => 0.0,
            false => self.rows() as f64 * LINE + 8.0,
        }
    }

    fn rows(&self) -> usize {
        self.entries.len().div_ceil(self.columns)
    }

    /// Draws it with its upper left corner there.
    pub(crate) fn draw(&self, corner: Point, marks: &mut Vec<Mark>) {
        let rows = self.rows().max(1);
        for (index, entry) in self.entries.iter().enumerate() {
            let column = (index / rows) as f64;
            let row = (index % rows) as f64;
            let start = corner.moved(
                column * (self.entry_width + BETWEEN),
                row * LINE + LINE / 2.0,
            );
            entry.swatch.draw(start, marks);
            let indent = entry.swatch.width();
            let text = shortened(&entry.text, FONT_SIZE, self.entry_width - indent + 0.01);
            marks.push(Mark::Text(Text::beside(text, start.moved(indent, 0.0))));
        }
    }
}

/// Width of the widest entry, in CSS pixels.
fn widest(entries: &[Entry]) -> f64 {
    entries
        .iter()
        .map(|entry| entry.swatch.width() + width(&entry.text, FONT_SIZE))
        .fold(0.0, f64::max)
}

impl Swatch {
    fn draw(&self, start: Point, marks: &mut Vec<Mark>) {
        let middle = start.moved(SWATCH / 2.0, 0.0);
        match self {
            Self::Line { look, markers } => {
                let stroke = Stroke::new(look.colour, look.width).dashed(look.dash);
                marks.push(Mark::line(start, start.moved(SWATCH, 0.0), stroke));
                if *markers {
                    marks.push(look.markers(&[middle]));
                }
            }
            Self::Band(colour, opacity) => {
                let area = Rectangle::new(start.x, start.y - 6.0, start.x + SWATCH, start.y + 6.0);
                let paint = Paint::translucent(*colour, *opacity);
                marks.push(Mark::shape(Outline::Rectangle(area), paint));
            }
            Self::Marker {
                marker,
                radius,
                paint,
            } => {
                let outline = marker.outline(&[middle], *radius);
                marks.push(Mark::shape(outline, paint.clone()));
            }
            Self::Interval(colour) => {
                marks.push(interval(
                    middle.moved(0.0, -6.0),
                    middle.moved(0.0, 6.0),
                    *colour,
                ));
            }
            Self::Tag(tag) => {
                let text = Text::beside(tag.clone(), middle);
                marks.push(Mark::Text(text.anchored(crate::text::Anchor::Middle)));
            }
            Self::Heading | Self::Nothing => {}
        }
    }

    /// With the gap to the text, in CSS pixels.
    fn width(&self) -> f64 {
        match self {
            Self::Heading => 0.0,
            _ => SWATCH + GAP,
        }
    }
}

impl Look {
    /// The markers of a line at these places.
    pub(crate) fn markers(&self, centres: &[Point]) -> Mark {
        let fill = match self.filled {
            true => self.colour,
            false => WHITE,
        };
        let paint = Paint::fill(fill).with_stroke(Stroke::new(self.colour, 1.2));
        Mark::shape(self.marker.outline(centres, 3.0), paint)
    }
}
