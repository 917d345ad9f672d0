//! Example images: bright squares, discs and crosses on dark noise, of random sizes at random places.

use super::file::StarterFile;
use crate::random::{Purpose, Seed};
use std::path::Path;

/// The number of pixels of a side.
const SIDE: u16 = 16;
/// The number of images of each shape.
const IMAGES: u32 = 60;

/// A shape: the name of its class, and whether it covers a pixel, given the pixel's horizontal and vertical
/// distance from the centre and the shape's radius.
type Shape = (&'static str, fn(f32, f32, f32) -> bool);

const SHAPES: [Shape; 3] = [
    ("cross", |x, y, radius| {
        x.min(y) < radius / 3.0 && x.max(y) < radius
    }),
    ("disc", |x, y, radius| x * x + y * y < radius * radius),
    ("square", |x, y, radius| x.max(y) < radius * 0.85),
];

/// Every image, as PNG in the folder of its class.
pub(super) fn files() -> Vec<StarterFile> {
    let mut files = Vec::new();
    for (class, (name, covers)) in (0_u32..).zip(SHAPES) {
        for image in 0..IMAGES {
            let path = Path::new("images")
                .join(name)
                .join(format!("{image:02}.png"));
            files.push(StarterFile::new(path, png(&pixels(covers, [class, image]))));
        }
    }
    files
}

/// The brightness of each pixel, row by row.
fn pixels(covers: fn(f32, f32, f32) -> bool, indices: [u32; 2]) -> Vec<u8> {
    let seed = Seed {
        sweep: 0,
        repeat: 0,
        fold: 0,
    };
    let mut stream = seed.stream(Purpose::ExampleImage, indices);
    let [mut radius, mut left, mut top, mut light] = [0.0; 4];
    for value in [&mut radius, &mut left, &mut top, &mut light] {
        stream.fill_uniform(std::slice::from_mut(value));
    }
    let side = f32::from(SIDE);
    let radius = side * (0.2 + 0.2 * radius);
    // The whole shape is inside the image.
    let centre = |position: f32| radius + position * (side - 2.0 * radius);
    let (x, y) = (centre(left), centre(top));
    let light = 130.0 + 70.0 * light;
    let mut noise = vec![0.0; usize::from(SIDE) * usize::from(SIDE)];
    stream.fill_uniform(&mut noise);
    let centres = (0..SIDE).map(|pixel| f32::from(pixel) + 0.5);
    let positions = centres
        .clone()
        .flat_map(|row| centres.clone().map(move |column| (column, row)));
    let brightness = |((column, row), noise): ((f32, f32), f32)| {
        let is_covered = covers((column - x).abs(), (row - y).abs(), radius);
        (if is_covered { light } else { 0.0 } + 50.0 * noise) as u8
    };
    positions.zip(noise).map(brightness).collect()
}

#[expect(
    clippy::expect_used,
    reason = "there are as many pixels as the header declares, and memory does not refuse"
)]
fn png(pixels: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let side = u32::from(SIDE);
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(pixels))
        .expect("the sizes are valid");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_image_shows_its_shape_on_a_darker_ground() {
        for (class, (name, covers)) in (0_u32..).zip(SHAPES) {
            for image in 0..IMAGES {
                let pixels = pixels(covers, [class, image]);
                let bright = pixels.iter().filter(|&&pixel| pixel >= 130).count();
                assert!((10..200).contains(&bright), "{name} {image}: {bright}");
            }
        }
    }

    #[test]
    fn the_same_images_are_drawn_every_time() {
        let (first, second) = (files(), files());
        assert_eq!(first, second);
        assert_eq!(first.len(), SHAPES.len() * IMAGES as usize);
        let different: std::collections::HashSet<_> = first.iter().map(|f| &f.contents).collect();
        assert_eq!(different.len(), first.len());
    }
}
