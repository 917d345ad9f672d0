//! An image with borders of zeros.

use crate::aligned::Aligned;

/// An image `[height, width, channels]` with a border of zeros, so that a kernel can read beyond its edges.
pub(crate) struct PaddedImage {
    size: [usize; 2],
    channels: usize,
    radius: usize,
    values: Aligned,
}

impl PaddedImage {
    /// An image of zeros with a border of `radius` pixels.
    pub(crate) fn new(size: [usize; 2], channels: usize, radius: usize) -> Self {
        let [height, width] = size.map(|length| length + 2 * radius);
        Self {
            size,
            channels,
            radius,
            values: Aligned::zeros(height * width * channels),
        }
    }

    /// Values from the start of one row to the start of the next, borders included.
    pub(crate) fn pitch(&self) -> usize {
        (self.size[1] + 2 * self.radius) * self.channels
    }

    /// All values from the start of a row on, including its left border. Rows of the upper border count.
    pub(crate) fn rows_from(&self, row: usize) -> &[f32] {
        &self.values[row * self.pitch()..]
    }

    /// All values from the first pixel inside of the border on. Its rows begin [`pitch`](Self::pitch) values
    /// after each other.
    pub(crate) fn pixels(&self) -> &[f32] {
        &self.values[self.first_pixel()..]
    }

    /// All pixels from the first to the last, with the borders of zeros between rows: `[…, channels]`.
    pub(crate) fn pixels_and_borders(&self) -> &[f32] {
        let [height, width] = self.size;
        let before_last_row = height.saturating_sub(1) * self.pitch();
        &self.pixels()[..before_last_row + width * self.channels]
    }

    /// The pixels of each row without borders, mutable.
    pub(crate) fn rows_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        let (first, pitch) = (self.first_pixel(), self.pitch());
        let [height, width] = self.size;
        let width = width * self.channels;
        let rows = self.values[first..].chunks_mut(pitch.max(1));
        rows.take(height).map(move |row| &mut row[..width])
    }

    /// Replaces the pixels by an image, `[height, width, channels]`; the border stays.
    pub(crate) fn fill(&mut self, image: &[f32]) {
        let width = self.size[1] * self.channels;
        for (row, pixels) in self.rows_mut().zip(image.chunks_exact(width.max(1))) {
            row.copy_from_slice(pixels);
        }
    }

    fn first_pixel(&self) -> usize {
        self.radius * (self.pitch() + self.channels)
    }
}
