//! Writes drawings as PNG files.

use crate::drawing::Drawing;
use crate::primitives::colour::{Colour, WHITE};
use crate::primitives::font;
use crate::primitives::geometry::{Point, Rectangle};
use crate::primitives::mark::{Mark, Outline};
use crate::primitives::paint::{Fill, Paint, Stroke};
use crate::primitives::pixel_image::PixelImage;
use crate::primitives::text::{Anchor, HALO_WIDTH, SUPERSCRIPT_RISE, SUPERSCRIPT_SCALE, Text};
use crate::primitives::text_width::text_width;
use skrifa::outline::OutlinePen;
use tiny_skia::{
    FillRule, FilterQuality, LineCap, LineJoin, Path, PathBuilder, Pixmap, PixmapPaint,
    PremultipliedColorU8, Rect, StrokeDash, Transform,
};

/// Maximum width and height of an image, in pixels.
const MAX_PIXELS: f64 = 16_384.0;

/// Why a chart cannot be written as a PNG file.
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    /// The scale is not positive, or leaves less than one pixel.
    #[error(
        "cannot draw at a scale of {scale} pixels per CSS pixel; use a positive scale such as 1 or 2"
    )]
    InvalidScale {
        /// The requested scale, in pixels per CSS pixel.
        scale: f64,
    },
    /// The image would need too much memory.
    #[error(
        "an image of {width} × {height} pixels exceeds the maximum of {MAX_PIXELS} pixels per side; \
         use a smaller scale"
    )]
    TooLarge {
        /// Width in pixels.
        width: f64,
        /// Height in pixels.
        height: f64,
    },
    /// The encoder failed.
    #[error("cannot encode the image")]
    Encoding(#[from] png::EncodingError),
}

/// Returns the PNG file in RGB.
pub(crate) fn write(drawing: &Drawing, scale: f64) -> Result<Vec<u8>, PngError> {
    let pixmap = draw(drawing, scale)?;
    // All pixels are opaque because the background is opaque white.
    let pixels: Vec<u8> = pixmap
        .pixels()
        .iter()
        .flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()])
        .collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, pixmap.width(), pixmap.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    // Tells programs the print size: 96 CSS pixels are one inch, or 0.0254 m.
    let per_metre = (scale * 96.0 / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: png::Unit::Meter,
    }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(file)
}

fn draw(drawing: &Drawing, scale: f64) -> Result<Pixmap, PngError> {
    let (width, height) = (
        (drawing.width * scale).round(),
        (drawing.height * scale).round(),
    );
    if !(scale > 0.0 && width >= 1.0 && height >= 1.0) {
        return Err(PngError::InvalidScale { scale });
    }
    if width > MAX_PIXELS || height > MAX_PIXELS {
        return Err(PngError::TooLarge { width, height });
    }
    let mut pixmap =
        Pixmap::new(width as u32, height as u32).ok_or(PngError::TooLarge { width, height })?;
    pixmap.fill(tiny_skia::Color::WHITE);
    let mut canvas = Canvas {
        pixmap,
        transform: Transform::from_scale(scale as f32, scale as f32),
    };
    for mark in &drawing.marks {
        canvas.mark(mark);
    }
    Ok(canvas.pixmap)
}

struct Canvas {
    pixmap: Pixmap,
    /// From CSS pixels to image pixels.
    transform: Transform,
}

impl Canvas {
    fn mark(&mut self, mark: &Mark) {
        match mark {
            Mark::Shape { outline, paint } => {
                if let Some(path) = path(outline) {
                    self.path(&path, paint);
                }
            }
            Mark::Image { image, area } => self.image(image, area),
            Mark::Text(text) => self.text(text),
            Mark::Group { marks, .. } => marks.iter().for_each(|mark| self.mark(mark)),
        }
    }

    fn path(&mut self, path: &Path, paint: &Paint) {
        if let Some(Fill { colour, opacity }) = paint.fill {
            let paint = solid(colour, opacity);
            self.pixmap
                .fill_path(path, &paint, FillRule::Winding, self.transform, None);
        }
        if let Some(stroke) = paint.stroke {
            let paint = solid(stroke.colour, stroke.opacity);
            let stroke = pen(stroke);
            self.pixmap
                .stroke_path(path, &paint, &stroke, self.transform, None);
        }
    }

    fn image(&mut self, image: &PixelImage, area: &Rectangle) {
        // An image that is too large for memory leaves its area empty.
        let Some(pixmap) = pixmap(image) else {
            return;
        };
        let paint = PixmapPaint {
            quality: FilterQuality::Nearest,
            ..PixmapPaint::default()
        };
        let transform = self
            .transform
            .pre_translate(area.left as f32, area.top as f32)
            .pre_scale(
                (area.width() / f64::from(image.width())) as f32,
                (area.height() / f64::from(image.height())) as f32,
            );
        self.pixmap
            .draw_pixmap(0, 0, pixmap.as_ref(), &paint, transform, None);
    }

    fn text(&mut self, text: &Text) {
        let mut letters = Letters::new(text);
        letters.write(&text.label.plain, text.size, 0.0);
        letters.write(
            &text.label.superscript,
            text.size * SUPERSCRIPT_SCALE,
            -text.size * SUPERSCRIPT_RISE,
        );
        let Some(path) = letters.path.finish() else {
            return;
        };
        if text.halo {
            self.path(&path, &Paint::stroke(Stroke::new(WHITE, HALO_WIDTH)));
        }
        self.path(&path, &Paint::fill(text.colour));
    }
}

fn pixmap(image: &PixelImage) -> Option<Pixmap> {
    let mut pixmap = Pixmap::new(image.width(), image.height())?;
    for (to, [red, green, blue]) in pixmap.pixels_mut().iter_mut().zip(image.pixels()) {
        *to = PremultipliedColorU8::from_rgba(red, green, blue, u8::MAX)?;
    }
    Some(pixmap)
}

fn solid(colour: Colour, opacity: f64) -> tiny_skia::Paint<'static> {
    let mut paint = tiny_skia::Paint::default();
    let alpha = (opacity * 255.0).round() as u8;
    paint.set_color_rgba8(colour.red, colour.green, colour.blue, alpha);
    paint
}

fn pen(stroke: Stroke) -> tiny_skia::Stroke {
    let dash: Vec<f32> = stroke.dash.iter().map(|&length| length as f32).collect();
    tiny_skia::Stroke {
        width: stroke.width as f32,
        line_cap: LineCap::Round,
        line_join: LineJoin::Round,
        dash: StrokeDash::new(dash, 0.0),
        ..Default::default()
    }
}

/// Returns the outline as a path for tiny-skia, or `None` if it is empty.
fn path(outline: &Outline) -> Option<Path> {
    let mut builder = PathBuilder::new();
    match outline {
        Outline::Rectangle(rectangle) => {
            let [left, top, right, bottom] = [
                rectangle.left,
                rectangle.top,
                rectangle.right,
                rectangle.bottom,
            ]
            .map(|edge| edge as f32);
            builder.push_rect(Rect::from_ltrb(left, top, right, bottom)?);
        }
        Outline::Lines(runs) => runs.iter().for_each(|run| trace(&mut builder, run)),
        Outline::Polygons(runs) => {
            for run in runs {
                trace(&mut builder, run);
                builder.close();
            }
        }
        Outline::Circles { centres, radius } => {
            for centre in centres {
                builder.push_circle(centre.x as f32, centre.y as f32, *radius as f32);
            }
        }
    }
    builder.finish()
}

fn trace(builder: &mut PathBuilder, run: &[Point]) {
    for (index, point) in run.iter().enumerate() {
        let (x, y) = (point.x as f32, point.y as f32);
        match index {
            0 => builder.move_to(x, y),
            _ => builder.line_to(x, y),
        }
    }
}

/// Letters side by side, as one path.
struct Letters {
    path: PathBuilder,
    /// Anchor point and rotation of the text.
    at: Point,
    angle: f64,
    /// Start of the next letter before rotation.
    origin: Point,
    /// CSS pixels per em.
    size: f64,
}

impl Letters {
    fn new(text: &Text) -> Self {
        let fraction = match text.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => 0.5,
            Anchor::End => 1.0,
        };
        Self {
            path: PathBuilder::new(),
            at: text.at,
            angle: text.angle,
            origin: text.at.offset(-fraction * text.width(), 0.0),
            size: text.size,
        }
    }

    fn write(&mut self, letters: &str, size: f64, lowered: f64) {
        self.size = size;
        self.origin.y = self.at.y + lowered;
        for letter in letters.chars() {
            font::outline(letter, self);
            self.origin.x += text_width(letter.encode_utf8(&mut [0; 4]), size);
        }
    }

    /// Converts em coordinates relative to the letter's origin, with y upwards, to CSS pixels.
    fn position(&self, x: f32, y: f32) -> (f32, f32) {
        let position = self
            .origin
            .offset(f64::from(x) * self.size, -f64::from(y) * self.size)
            .rotated(self.at, self.angle);
        (position.x as f32, position.y as f32)
    }
}

impl OutlinePen for Letters {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.position(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.position(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, control_x: f32, control_y: f32, x: f32, y: f32) {
        let (control_x, control_y) = self.position(control_x, control_y);
        let (x, y) = self.position(x, y);
        self.path.quad_to(control_x, control_y, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2)) = (self.position(x1, y1), self.position(x2, y2));
        let (x, y) = self.position(x, y);
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_of_images_become_squares_of_their_colour() {
        let rgb: Vec<u8> = (0..27 * 3).map(|byte| byte * 3).collect();
        let image = PixelImage::new(9, 3, &rgb).unwrap();
        let expected: Vec<[u8; 3]> = image.pixels().collect();
        let drawing = Drawing {
            width: 40.0,
            height: 20.0,
            title: String::new(),
            description: String::new(),
            marks: vec![Mark::Image {
                image,
                area: Rectangle::new(5.0, 7.0, 5.0 + 27.0, 7.0 + 9.0),
            }],
        };
        for scale in [1_u32, 2, 3] {
            let pixmap = draw(&drawing, f64::from(scale)).unwrap();
            for y in 0..20 * scale {
                for x in 0..40 * scale {
                    let pixel = pixmap.pixel(x, y).unwrap();
                    let found = [pixel.red(), pixel.green(), pixel.blue()];
                    let column = (x / scale).checked_sub(5).map(|x| x / 3);
                    let row = (y / scale).checked_sub(7).map(|y| y / 3);
                    let wanted = match (column, row) {
                        (Some(column @ 0..9), Some(row @ 0..3)) => {
                            expected[(9 * row + column) as usize]
                        }
                        _ => [255; 3],
                    };
                    assert_eq!(found, wanted, "({x}, {y}) at {scale} pixels per CSS pixel");
                }
            }
        }
    }
}
