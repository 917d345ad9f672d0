//! The legend, to the right of the plot or below it, never on top of data.

use crate::components::error_bar::error_bar;
use crate::components::series_style::SeriesStyle;
use crate::primitives::colour::Colour;
use crate::primitives::geometry::{Point, Rectangle};
use crate::primitives::mark::{Mark, Outline};
use crate::primitives::marker::Marker;
use crate::primitives::paint::{Paint, Stroke};
use crate::primitives::text::{Anchor, FONT_SIZE, Text};
use crate::primitives::text_width::{text_width, truncated};

/// Height of an entry, in CSS pixels.
const LINE_HEIGHT: f64 = 19.0;
/// Width of a swatch, and gap between swatch and text, in CSS pixels.
const SWATCH_WIDTH: f64 = 28.0;
const GAP: f64 = 6.0;
/// Gap between columns, and between plot and legend, in CSS pixels.
pub(crate) const COLUMN_GAP: f64 = 16.0;
/// Maximum width of a legend to the right of the plot, as a fraction of the available width.
const MAX_SIDE_FRACTION: f64 = 0.3;

/// A legend entry: a swatch and its meaning.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LegendEntry {
    pub(crate) swatch: Swatch,
    pub(crate) text: String,
}

/// The sample of a mark in front of a legend text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Swatch {
    Line {
        series_style: SeriesStyle,
        markers: bool,
    },
    Band(Colour, f64),
    Marker {
        marker: Marker,
        radius: f64,
        paint: Paint,
    },
    /// An error bar.
    ErrorBar(Colour),
    /// A short label, as it appears next to a point.
    Tag(String),
    /// No swatch: the text is a heading for the entries that follow.
    Heading,
    Blank,
}

/// A legend whose size is known before it is drawn.
pub(crate) struct Legend {
    entries: Vec<LegendEntry>,
    /// Entries per column.
    rows: usize,
    /// Widths of the columns, in CSS pixels.
    columns: Vec<f64>,
    /// Whether the legend is to the right of the plot instead of below.
    is_beside: bool,
}

impl Legend {
    /// Places the legend to the right of a plot of this height if it fits, otherwise below.
    pub(crate) fn new(entries: Vec<LegendEntry>, across: f64, plot_height: f64) -> Self {
        let widest = widest(&entries);
        if widest <= MAX_SIDE_FRACTION * across && entries.len() as f64 * LINE_HEIGHT <= plot_height
        {
            return Self {
                rows: entries.len(),
                columns: vec![widest],
                entries,
                is_beside: true,
            };
        }
        Self::below(entries, across)
    }

    /// Places the legend below the plot in as few rows as possible; `across` is the available
    /// width.
    pub(crate) fn below(entries: Vec<LegendEntry>, across: f64) -> Self {
        let columns = |rows: usize| -> Vec<f64> {
            entries
                .chunks(rows)
                .map(|column| widest(column).min(across))
                .collect()
        };
        let fits = |rows: &usize| {
            let columns = columns(*rows);
            columns.iter().sum::<f64>() + COLUMN_GAP * (columns.len() - 1) as f64 <= across
        };
        let rows = (1..entries.len()).find(fits).unwrap_or(entries.len());
        Self {
            columns: columns(rows.max(1)),
            entries,
            rows,
            is_beside: false,
        }
    }

    /// Returns the width that the legend takes from the plot, in CSS pixels.
    pub(crate) fn side_width(&self) -> f64 {
        if self.is_beside && !self.entries.is_empty() {
            self.columns.iter().sum::<f64>() + COLUMN_GAP
        } else {
            0.0
        }
    }

    /// Returns the height that the legend adds below the plot, in CSS pixels.
    pub(crate) fn bottom_height(&self) -> f64 {
        if self.is_beside || self.entries.is_empty() {
            0.0
        } else {
            self.rows as f64 * LINE_HEIGHT + 8.0
        }
    }

    /// Draws the legend with its upper left corner at `corner`.
    pub(crate) fn draw(&self, corner: Point, marks: &mut Vec<Mark>) {
        let mut left = corner;
        for (column, width) in self.entries.chunks(self.rows.max(1)).zip(&self.columns) {
            let mut start = left.offset(0.0, LINE_HEIGHT / 2.0);
            for entry in column {
                entry.swatch.draw(start, marks);
                let indent = entry.swatch.width();
                let text = truncated(&entry.text, FONT_SIZE, width - indent + 0.01);
                marks.push(Mark::Text(Text::vertically_centred(
                    text,
                    start.offset(indent, 0.0),
                )));
                start = start.offset(0.0, LINE_HEIGHT);
            }
            left = left.offset(width + COLUMN_GAP, 0.0);
        }
    }
}

/// Returns the width of the widest entry, in CSS pixels.
fn widest(entries: &[LegendEntry]) -> f64 {
    entries
        .iter()
        .map(|entry| entry.swatch.width() + text_width(&entry.text, FONT_SIZE))
        .fold(0.0, f64::max)
}

impl Swatch {
    fn draw(&self, start: Point, marks: &mut Vec<Mark>) {
        let middle = start.offset(SWATCH_WIDTH / 2.0, 0.0);
        match self {
            Self::Line {
                series_style,
                markers,
            } => {
                let stroke = Stroke::new(series_style.colour, series_style.width)
                    .with_dash(series_style.dash);
                marks.push(Mark::line(start, start.offset(SWATCH_WIDTH, 0.0), stroke));
                if *markers {
                    marks.push(series_style.markers(&[middle]));
                }
            }
            Self::Band(colour, opacity) => {
                let area = Rectangle::new(
                    start.x,
                    start.y - 6.0,
                    start.x + SWATCH_WIDTH,
                    start.y + 6.0,
                );
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
            Self::ErrorBar(colour) => {
                marks.push(error_bar(
                    middle.offset(0.0, -6.0),
                    middle.offset(0.0, 6.0),
                    *colour,
                ));
            }
            Self::Tag(tag) => {
                let text = Text::vertically_centred(tag.clone(), middle);
                marks.push(Mark::Text(text.with_anchor(Anchor::Middle)));
            }
            Self::Heading | Self::Blank => {}
        }
    }

    /// Returns the width of swatch and gap, in CSS pixels.
    fn width(&self) -> f64 {
        match self {
            Self::Heading => 0.0,
            _ => SWATCH_WIDTH + GAP,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(texts: &[&str]) -> Vec<LegendEntry> {
        let entry = |text: &&str| LegendEntry {
            swatch: Swatch::Blank,
            text: (*text).to_owned(),
        };
        texts.iter().map(entry).collect()
    }

    #[test]
    fn a_narrow_legend_is_beside_the_plot_and_a_wide_one_below() {
        let narrow = Legend::new(entries(&["train", "validation"]), 700.0, 300.0);
        assert!(narrow.side_width() > 0.0 && narrow.bottom_height() == 0.0);
        let long = "layers=3-width=128-learning_rate=0.01-cosine-weight_decay";
        let wide = Legend::new(entries(&["train", long]), 700.0, 300.0);
        assert!(wide.side_width() == 0.0 && wide.bottom_height() > 0.0);
        let tall = Legend::new(entries(&["train"; 30]), 700.0, 300.0);
        assert!(tall.side_width() == 0.0 && tall.bottom_height() > 0.0);
    }

    #[test]
    fn columns_are_as_wide_as_their_entries_and_rows_are_minimal() {
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
            assert_eq!(legend.side_width() + legend.bottom_height(), 0.0);
        }
    }
}
