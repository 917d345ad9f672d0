//! Shifts and mirrors training images at random, differently in each epoch.

use super::sample_order::SampleOrders;
use crate::backend::Backend;
use crate::data::DeviceDataset;
use crate::random::Purpose;
use crate::train::member::Member;
use burn::tensor::{Int, Tensor, TensorData};
use std::ops::Range;

/// The moves of the training images of one epoch.
pub(super) struct Augmentation<B: Backend> {
    /// Height, width and channels.
    shape: [usize; 3],
    /// The value of a black pixel, for each channel: `[1, 1, channels]`.
    black: Tensor<B, 3>,
    /// For each distinct order, the move of each image.
    moves: Vec<Vec<Move>>,
    /// For each owner of batches, the index of its order.
    owners: Vec<usize>,
}

/// The move of one image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Move {
    /// Pixels downwards.
    down: i32,
    /// Pixels to the right, after mirroring.
    right: i32,
    /// Whether left and right are exchanged.
    mirrored: bool,
}

/// Keys of the two random streams of an epoch.
const SHIFT_STREAM: u32 = 0;
const FLIP_STREAM: u32 = 1;

impl<B: Backend> Augmentation<B> {
    /// The moves of `epoch`; `None` if images are not moved.
    ///
    /// Shifts and flips use separate streams, so that a trial with shifts alone and one with shifts
    /// and flips have the same shifts.
    pub(super) fn new(
        data: &DeviceDataset<B>,
        orders: &SampleOrders,
        epoch: usize,
    ) -> Option<Self> {
        let settings = &orders.distinct[0].config.data;
        let (shift, flip) = (settings.shift as u32, settings.flip);
        if shift == 0 && !flip {
            return None;
        }
        let shape = data.image.expect("a plan augments only images");
        let moves = |owner: &Member| {
            let stream = |kind| {
                owner
                    .seed
                    .stream(Purpose::Augmentation, [epoch as u32, kind])
            };
            let (mut shifts, mut flips) = (stream(SHIFT_STREAM), stream(FLIP_STREAM));
            let mut distance = || match shift {
                0 => 0,
                max => shifts.below(2 * max + 1) as i32 - max as i32,
            };
            let next = |_| Move {
                down: distance(),
                right: distance(),
                mirrored: flip && flips.below(2) == 1,
            };
            owner.partition.train.iter().map(next).collect()
        };
        let black = TensorData::new(data.pad_value.clone(), [1, 1, shape[2]]);
        Some(Self {
            shape,
            black: Tensor::from_data(black, &data.train.device()),
            moves: orders.distinct.iter().copied().map(moves).collect(),
            owners: orders.owners.clone(),
        })
    }

    /// Moves the images of these rows (`[owners, batch, features]`). Pixels that come from outside of
    /// the image are black.
    pub(super) fn apply(&self, images: Tensor<B, 3>, rows: Range<usize>) -> Tensor<B, 3> {
        let [owners, batch, features] = images.dims();
        let of_order = |moves: &Vec<Move>| {
            let mut sources = Vec::with_capacity(batch * features);
            for &image_move in &moves[rows.clone()] {
                push_sources(self.shape, image_move, &mut sources);
            }
            sources
        };
        let by_order: Vec<Vec<i32>> = self.moves.iter().map(of_order).collect();
        let mut sources = Vec::with_capacity(owners * batch * features);
        for &order in &self.owners {
            sources.extend_from_slice(&by_order[order]);
        }
        let device = images.device();
        let shape = [owners, batch, features];
        let sources = Tensor::<B, 3, Int>::from_data(TensorData::new(sources, shape), &device);
        // A black pixel follows each image.
        let black = self.black.clone().expand([owners, batch, self.shape[2]]);
        Tensor::cat(vec![images, black], 2).gather(2, sources)
    }
}

/// Appends, for each value of a moved image, its position in the original image. Positions after the
/// image are the black pixel.
fn push_sources([height, width, channels]: [usize; 3], image_move: Move, sources: &mut Vec<i32>) {
    let (h, w, c) = (height as i32, width as i32, channels as i32);
    for y in 0..h {
        let source_y = y - image_move.down;
        for x in 0..w {
            let shifted = x - image_move.right;
            let source_x = if image_move.mirrored {
                w - 1 - shifted
            } else {
                shifted
            };
            let inside = (0..h).contains(&source_y) && (0..w).contains(&source_x);
            let pixel = if inside {
                source_y * w + source_x
            } else {
                h * w
            };
            sources.extend((0..c).map(|channel| pixel * c + channel));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The letters of an image after a move; `.` is black.
    fn moved(image: &str, shape: [usize; 3], image_move: Move) -> String {
        let mut sources = Vec::new();
        push_sources(shape, image_move, &mut sources);
        let letters: Vec<char> = image.chars().chain(".:".chars()).collect();
        sources
            .iter()
            .map(|&source| letters[source as usize])
            .collect()
    }

    #[test]
    fn an_image_is_moved_and_pixels_from_outside_are_black() {
        let still = Move::default();
        let (down, right) = (Move { down: 1, ..still }, Move { right: 1, ..still });
        let mirrored = Move {
            mirrored: true,
            ..still
        };
        let shape = [2, 3, 1];
        assert_eq!(moved("abcdef", shape, still), "abcdef");
        assert_eq!(moved("abcdef", shape, down), "...abc");
        assert_eq!(moved("abcdef", shape, Move { down: -1, ..still }), "def...");
        assert_eq!(moved("abcdef", shape, right), ".ab.de");
        assert_eq!(moved("abcdef", shape, mirrored), "cbafed");
        assert_eq!(
            moved(
                "abcdef",
                shape,
                Move {
                    right: 1,
                    ..mirrored
                }
            ),
            ".cb.fe"
        );
        assert_eq!(moved("aAbBcCdD", [2, 2, 2], right), ".:aA.:cC");
    }
}
