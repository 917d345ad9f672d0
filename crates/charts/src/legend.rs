//! What the looks of a chart stand for, beside or below the plot and never on it.

use crate::colour::{Colour, WHITE};
use crate::drawing::{Mark, Outline, Paint, Stroke};
use crate::geometry::{Point, Rectangle};
use crate::interval::interval;
use crate::look::Look;
use crate::marker::Marker;
use crate::text::{Anchor, FONT_SIZE, Text, shortened, width};

/// From one entry to the next, in CSS pixels.
const LINE: f64 = 19.0;
/// Width of what stands before a text, and the gap after it, in CSS pixels.
const SWATCH: f64 = 28.0;
const GAP: f64 = 6.0;
/// Between columns, in CSS pixels.
pub(crate) const BETWEEN: f64 = 16.0;
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
    /// Entries in a column.
    rows: usize,
    /// Widths of the columns, in CSS pixels.
    columns: Vec<f64>,
    /// Whether it stands beside the plot, not below.
    beside: bool,
}

impl Legend {
    /// Beside a plot of this height where it fits, otherwise below, across the width.
    pub(crate) fn new(entries: Vec<Entry>, across: f64, plot_height: f64) -> Self {
        let widest = widest(&entries);
        if widest <= SHARE_BESIDE * across && entries.len() as f64 * LINE <= plot_height {
            return Self {
                rows: entries.len(),
                columns: vec![widest],
                entries,
                beside: true,
            };
        }
        Self::below(entries, across)
    }

    /// Below the plot, across this width, in as few rows as can be.
    pub(crate) fn below(entries: Vec<Entry>, across: f64) -> Self {
        let columns = |rows: usize| -> Vec<f64> {
            entries
                .chunks(rows)
                .map(|column| widest(column).min(across))
                .collect()
        };
        let fits = |rows: &usize| {
            let columns = columns(*rows);
            columns.iter().sum::<f64>() + BETWEEN * (columns.len() - 1) as f64 <= across
        };
        let rows = (1..entries.len()).find(fits).unwrap_or(entries.len());
        Self {
            columns: columns(rows.max(1)),
            entries,
            rows,
            beside: false,
        }
    }

    /// Width that is taken from the plot, in CSS pixels.
    pub(crate) fn width_beside(&self) -> f64 {
        if self.beside && !self.entries.is_empty() {
            self.columns.iter().sum::<f64>() + BETWEEN
        } else {
            0.0
        }
    }

    /// Height that is added below the plot, in CSS pixels.
    pub(crate) fn height_below(&self) -> f64 {
        if self.beside || self.entries.is_empty() {
            0.0
        } else {
            self.rows as f64 * LINE + 8.0
        }
    }

    /// Draws it with its upper left corner there.
    pub(crate) fn draw(&self, corner: Point, marks: &mut Vec<Mark>) {
        let mut left = corner;
        for (column, width) in self.entries.chunks(self.rows.max(1)).zip(&self.columns) {
            let mut start = left.moved(0.0, LINE / 2.0);
            for entry in column {
                entry.swatch.draw(start, marks);
                let indent = entry.swatch.width();
                let text = shortened(&entry.text, FONT_SIZE, width - indent + 0.01);
                marks.push(Mark::Text(Text::beside(text, start.moved(indent, 0.0))));
                start = start.moved(0.0, LINE);
            }
            left = left.moved(width + BETWEEN, 0.0);
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
                marks.push(Mark::Text(text.anchored(Anchor::Middle)));
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
        let fill = if self.filled { self.colour } else { WHITE };
        let paint = Paint::fill(fill).with_stroke(Stroke::new(self.colour, 1.2));
        Mark::shape(self.marker.outline(centres, 3.0), paint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(texts: &[&str]) -> Vec<Entry> {
        let entry = |text: &&str| Entry {
            swatch: Swatch::Nothing,
            text: (*text).to_owned(),
        };
        texts.iter().map(entry).collect()
    }

    #[test]
    fn a_narrow_legend_stands_beside_the_plot_and_a_wide_one_below() {
        let narrow = Legend::new(entries(&["train", "validation"]), 700.0, 300.0);
        assert!(narrow.width_beside() > 0.0 && narrow.height_below() == 0.0);
        let long = "layers=3-width=128-learning_rate=0.01-cosine-weight_decay";
        let wide = Legend::new(entries(&["train", long]), 700.0, 300.0);
        assert!(wide.width_beside() == 0.0 && wide.height_below() > 0.0);
        let tall = Legend::new(entries(&["train"; 30]), 700.0, 300.0);
        assert!(tall.width_beside() == 0.0 && tall.height_below() > 0.0);
    }

    #[test]
    fn columns_are_as_wide_as_their_entries_and_rows_as_few_as_can_be() {
        let legend = Legend::below(entries(&["a", "b", "c", "d"]), 700.0);
        assert_eq!((legend.rows, legend.columns.len()), (1, 4));
        let long = "a name that takes half of the width, or more";
        let legend = Legend::below(entries(&["a", "b", long, long]), 400.0);
        assert_eq!((legend.rows, legend.columns.len()), (2, 2));
        assert!(legend.columns[0] < 60.0 && legend.columns[1] > 250.0);
    }

    #[test]
    fn an_empty_legend_takes_no_room() {
        for legend in [
            Legend::new(Vec::new(), 700.0, 300.0),
            Legend::below(Vec::new(), 700.0),
        ] {
            assert_eq!(legend.width_beside() + legend.height_below(), 0.0);
        }
    }
}
