//! The layout of an image grid: cells of equal size, row by row.

use crate::components::frame::{MARGIN, content_top, titled_drawing};
use crate::drawing::Drawing;
use crate::heading::Heading;
use crate::image_grid::data::LabelledImage;
use crate::primitives::colour::{LIGHT_GREY, SECONDARY_TEXT, TEXT, WHITE};
use crate::primitives::geometry::{Point, Rectangle};
use crate::primitives::mark::{Mark, Outline};
use crate::primitives::paint::{Paint, Stroke};
use crate::primitives::text::{Anchor, FONT_SIZE, Text};
use crate::primitives::text_width::{text_width, truncated};
use crate::style::Style;

/// Length that the longer side of an image is scaled to with a whole factor, in CSS pixels.
const TARGET_SIDE: f64 = 60.0;
/// Maximum length of a side of an image, in CSS pixels.
const MAX_SIDE: f64 = 96.0;
/// Maximum width of the texts below an image, in CSS pixels.
const MAX_TEXT_WIDTH: f64 = 124.0;
/// Gaps between columns, rows, and an image and its caption, in CSS pixels.
const COLUMN_GAP: f64 = 12.0;
const ROW_GAP: f64 = 12.0;
const CAPTION_GAP: f64 = 5.0;
/// Line height of captions, notes, and the text about omitted images, in CSS pixels.
const LINE_HEIGHT: f64 = 16.0;
/// Font size of notes, in CSS pixels.
const NOTE_SIZE: f64 = 10.0;
/// Distance from the top of a line to its baseline, as a multiple of the font size.
const BASELINE: f64 = 0.85;

/// Positions of all cells of an image grid.
pub(super) struct Layout<'a> {
    images: &'a [LabelledImage],
    /// Number of images that are not shown.
    omitted: usize,
    columns: usize,
    cell_width: f64,
    /// Height of the part of each cell that the image is centred in.
    image_height: f64,
    /// Height of the texts below it.
    text_height: f64,
}

impl<'a> Layout<'a> {
    /// Lays out at least one image.
    pub(super) fn new(images: &'a [LabelledImage], omitted: usize, style: &Style) -> Self {
        let sizes = || images.iter().map(displayed_size);
        let image_width = sizes().map(|(width, _)| width).fold(TARGET_SIDE, f64::max);
        let image_height = sizes()
            .map(|(_, height)| height)
            .fold(TARGET_SIDE, f64::max);
        let text = images
            .iter()
            .flat_map(|image| {
                [
                    text_width(&image.caption, FONT_SIZE),
                    text_width(&image.note, NOTE_SIZE),
                ]
            })
            .fold(0.0, f64::max);
        // The frame is one pixel wide on each side of the image.
        let cell_width = (image_width + 2.0).max(text.min(MAX_TEXT_WIDTH)).ceil();
        let room = style.usable_width() - 2.0 * MARGIN;
        let fitting = ((room + COLUMN_GAP) / (cell_width + COLUMN_GAP)).floor() as usize;
        let has_notes = images.iter().any(|image| !image.note.is_empty());
        let lines = if has_notes { 2.0 } else { 1.0 };
        Self {
            images,
            omitted,
            columns: fitting.clamp(1, images.len().max(1)),
            cell_width,
            image_height,
            text_height: CAPTION_GAP + lines * LINE_HEIGHT,
        }
    }

    pub(super) fn draw(&self, heading: &Heading, style: &Style) -> Drawing {
        let columns = self.columns as f64;
        let cells = columns * (self.cell_width + COLUMN_GAP) - COLUMN_GAP;
        let width = (cells + 2.0 * MARGIN).max(style.usable_width().min(360.0));
        let top = content_top(heading, width);
        let mut marks = Vec::new();
        for (index, image) in self.images.iter().enumerate() {
            let (row, column) = (index / self.columns, index % self.columns);
            let left = MARGIN + column as f64 * (self.cell_width + COLUMN_GAP);
            marks.push(Mark::Group {
                tooltip: image.tooltip.clone(),
                marks: self.cell(
                    image,
                    Point::new(left, top + row as f64 * self.row_height()),
                ),
            });
        }
        let rows = self.images.len().div_ceil(self.columns) as f64;
        let mut bottom = top + rows * self.row_height() - ROW_GAP;
        if self.omitted > 0 {
            let words = truncated(
                &style.and_more(self.omitted),
                FONT_SIZE,
                width - 2.0 * MARGIN,
            );
            let baseline = bottom + ROW_GAP + BASELINE * FONT_SIZE;
            marks.push(Mark::Text(Text::new(words, Point::new(MARGIN, baseline))));
            bottom += ROW_GAP + LINE_HEIGHT;
        }
        titled_drawing(heading, width, bottom + MARGIN, marks)
    }

    /// Returns the distance between the tops of two rows.
    fn row_height(&self) -> f64 {
        self.image_height + self.text_height + ROW_GAP
    }

    /// Returns the marks of the cell with this upper left corner.
    fn cell(&self, image: &LabelledImage, corner: Point) -> Vec<Mark> {
        let (width, height) = displayed_size(image);
        // Whole coordinates, so that the pixels of the image are those of the screen.
        let left = corner.x + ((self.cell_width - width) / 2.0).floor();
        let top = corner.y + ((self.image_height - height) / 2.0).floor();
        let area = Rectangle::new(left, top, left + width, top + height);
        let around = Rectangle::new(
            area.left - 0.5,
            area.top - 0.5,
            area.right + 0.5,
            area.bottom + 0.5,
        );
        let frame = Paint::stroke(Stroke::new(LIGHT_GREY, 1.0));
        let mut marks = match image.pixels() {
            Some(image) => vec![Mark::Image { image, area }],
            None => vec![Mark::rectangle(area, WHITE)],
        };
        marks.push(Mark::shape(Outline::Rectangle(around), frame));

        let centre = corner.x + self.cell_width / 2.0;
        let below = corner.y + self.image_height + CAPTION_GAP;
        let mut line = |words: &str, size: f64, top: f64, colour| {
            if words.is_empty() {
                return;
            }
            let words = truncated(words, size, self.cell_width);
            let text = Text::new(words, Point::new(centre, top + BASELINE * size))
                .with_anchor(Anchor::Middle)
                .with_size(size)
                .with_colour(colour);
            marks.push(Mark::Text(text));
        };
        line(&image.caption, FONT_SIZE, below, TEXT);
        line(&image.note, NOTE_SIZE, below + LINE_HEIGHT, SECONDARY_TEXT);
        marks
    }
}

/// Returns the width and height of an image in CSS pixels, both whole. An image without pixels gets
/// a square.
fn displayed_size(image: &LabelledImage) -> (f64, f64) {
    if image.width == 0 || image.height == 0 {
        return (TARGET_SIDE, TARGET_SIDE);
    }
    let longer = image.width.max(image.height) as f64;
    let factor = if longer <= MAX_SIDE {
        (TARGET_SIDE / longer).round().max(1.0)
    } else {
        MAX_SIDE / longer
    };
    let side = |pixels: usize| (pixels as f64 * factor).round().max(1.0);
    (side(image.width), side(image.height))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(width: usize, height: usize) -> (f64, f64) {
        displayed_size(&LabelledImage {
            width,
            height,
            ..LabelledImage::default()
        })
    }

    #[test]
    fn common_sizes_are_scaled_by_whole_factors() {
        assert_eq!(size(8, 8), (64.0, 64.0));
        assert_eq!(size(28, 28), (56.0, 56.0));
        assert_eq!(size(32, 32), (64.0, 64.0));
        assert_eq!(size(48, 48), (48.0, 48.0));
        assert_eq!(size(64, 64), (64.0, 64.0));
        assert_eq!(size(96, 96), (96.0, 96.0));
        for side in 1..=96 {
            let (width, _) = size(side, 1);
            assert_eq!(width % side as f64, 0.0, "{side}");
            assert!((41.0..=MAX_SIDE).contains(&width), "{side} becomes {width}");
        }
    }

    #[test]
    fn the_aspect_ratio_is_kept() {
        assert_eq!(size(20, 10), (60.0, 30.0));
        assert_eq!(size(10, 20), (30.0, 60.0));
        assert_eq!(size(192, 96), (96.0, 48.0));
    }

    #[test]
    fn extreme_sizes_stay_visible_and_within_the_maximum() {
        assert_eq!(size(0, 28), (TARGET_SIDE, TARGET_SIDE));
        assert_eq!(size(100_000, 1), (MAX_SIDE, 1.0));
        assert_eq!(size(usize::MAX, usize::MAX), (MAX_SIDE, MAX_SIDE));
    }
}
