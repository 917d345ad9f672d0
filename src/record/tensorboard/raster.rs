//! Small RGB images with rectangles and text, encoded as PNG.

use super::event_file::EventFile;
use crate::record::error::RecordError;
use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster};
use tensorboard_proto::summary::{Summary_Image, Summary_Value};

/// An image for TensorBoard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raster {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The PNG file: RGB, without transparency.
    pub png: Vec<u8>,
}

/// Red, green and blue, 0 to 255.
pub(super) type Colour = [u8; 3];

/// Height of a line of text, in pixels.
pub(crate) const LINE_HEIGHT: usize = RasterHeight::Size16.val();
/// Width of a character, in pixels. The font is monospaced.
pub(crate) const CHARACTER_WIDTH: usize =
    noto_sans_mono_bitmap::get_raster_width(FontWeight::Regular, RasterHeight::Size16);

/// The direction of text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From left to right.
    Right,
    /// From the bottom upwards, for narrow columns.
    Up,
}

/// An image to draw on. Parts outside of it are clipped.
pub(crate) struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<Colour>,
}

impl Canvas {
    pub(crate) fn new(width: usize, height: usize, background: Colour) -> Self {
        Self {
            width,
            height,
            pixels: vec![background; width * height],
        }
    }

    pub(crate) fn rectangle(
        &mut self,
        (left, top): (usize, usize),
        (width, height): (usize, usize),
        colour: Colour,
    ) {
        for y in top..(top + height).min(self.height) {
            let row = y * self.width;
            let right = (left + width).min(self.width);
            self.pixels[row + left.min(right)..row + right].fill(colour);
        }
    }

    /// Draws a line of text, in a box of [`CHARACTER_WIDTH`] × [`LINE_HEIGHT`] pixels for each character.
    /// `left` and `top` are the upper left corner. Characters that the font lacks become `?`.
    pub(crate) fn text(
        &mut self,
        (left, top): (usize, usize),
        text: &str,
        colour: Colour,
        direction: Direction,
    ) {
        let length = text.chars().count();
        let find_glyph = |c| get_raster(c, FontWeight::Regular, RasterHeight::Size16);
        for (index, character) in text.chars().enumerate() {
            let Some(glyph) = find_glyph(character).or_else(|| find_glyph('?')) else {
                continue;
            };
            for (row, line) in glyph.rows().enumerate() {
                for (column, &coverage) in line.iter().enumerate() {
                    let along = index * CHARACTER_WIDTH + column;
                    let (x, y) = match direction {
                        Direction::Right => (left + along, top + row),
                        Direction::Up => (left + row, top + length * CHARACTER_WIDTH - 1 - along),
                    };
                    self.blend(x, y, colour, coverage);
                }
            }
        }
    }

    /// Blends a colour over a pixel; `coverage` ranges from 0, transparent, to 255, opaque.
    fn blend(&mut self, x: usize, y: usize, colour: Colour, coverage: u8) {
        if x < self.width && y < self.height {
            let pixel = &mut self.pixels[y * self.width + x];
            *pixel = mix(*pixel, colour, f64::from(coverage) / 255.0);
        }
    }

    /// Encodes the image as PNG.
    #[expect(
        clippy::expect_used,
        reason = "no side is zero, there are as many pixels, and memory does not refuse"
    )]
    pub(crate) fn encode(&self) -> Raster {
        // Sizes are those of our drawings, far below 2³¹.
        let (width, height) = (self.width as u32, self.height as u32);
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        // Areas of one colour compress well without a filter.
        encoder.set_filter(png::Filter::NoFilter);
        encoder
            .write_header()
            .and_then(|mut writer| writer.write_image_data(self.pixels.as_flattened()))
            .expect("the sizes are valid");
        Raster {
            width,
            height,
            png: bytes,
        }
    }
}

/// Interpolates between two colours: `fraction` 0 gives the first, 1 the second.
pub(crate) fn mix(first: Colour, second: Colour, fraction: f64) -> Colour {
    std::array::from_fn(|channel| {
        let (first, second) = (f64::from(first[channel]), f64::from(second[channel]));
        (first + (second - first) * fraction).round() as u8
    })
}

impl EventFile {
    /// Writes the image of one step.
    ///
    /// # Errors
    /// The event file cannot be written.
    pub fn write_image(
        &mut self,
        tag: &str,
        image: &Raster,
        step: i64,
        wall_time: f64,
    ) -> Result<(), RecordError> {
        let mut message = Summary_Image::new();
        message.set_width(i32::try_from(image.width).unwrap_or(i32::MAX));
        message.set_height(i32::try_from(image.height).unwrap_or(i32::MAX));
        message.set_colorspace(3);
        message.set_encoded_image_string(image.png.clone());
        let mut value = Summary_Value::new();
        value.set_tag(tag.to_owned());
        value.set_image(message);
        self.write_summary(vec![value], step, wall_time)
    }
}
