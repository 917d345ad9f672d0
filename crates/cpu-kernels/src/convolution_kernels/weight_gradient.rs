//! The gradient of a convolution's weight.

use super::{KernelLayout, lanes};
use crate::vector::has_many_registers;
use pulp::{Arch, Simd, WithSimd};

/// The sum over positions of `pixels · gradient`, for each weight.
pub(crate) struct WeightGradient<'a> {
    /// `[kernel, kernel, inputs, channels]`, to which the gradient is added.
    pub(crate) sum: &'a mut [f32],
    /// The image, from the first value under the kernel at the first position.
    pub(crate) pixels: &'a [f32],
    pub(crate) layout: KernelLayout,
    /// The gradient of the output: rows of `[columns, channels]` that begin `gradient_pitch` values after each
    /// other; channels are a multiple of [`lanes`].
    pub(crate) gradient: &'a [f32],
    pub(crate) gradient_pitch: usize,
    /// The number of rows and columns of positions.
    pub(crate) positions: [usize; 2],
    pub(crate) channels: usize,
}

impl WeightGradient<'_> {
    /// # Panics
    /// If a length does not match, or channels are not a multiple of [`lanes`].
    pub(crate) fn add(self) {
        let [rows, columns] = self.positions;
        if rows == 0 || columns == 0 {
            return;
        }
        assert!(
            self.channels > 0 && self.channels.is_multiple_of(lanes()),
            "whole vectors"
        );
        assert!(
            self.layout.is_small(rows, columns, self.channels)
                && rows
                    .checked_mul(self.gradient_pitch)
                    .is_some_and(|end| end <= usize::MAX / 4)
                && columns
                    .checked_mul(self.channels)
                    .is_some_and(|end| end <= usize::MAX / 4),
            "lengths do not overflow"
        );
        assert_eq!(
            self.sum.len(),
            self.layout.weights_per_output() * self.channels,
            "a sum for each weight"
        );
        assert!(
            self.layout.end(rows, columns) <= self.pixels.len(),
            "the image reaches to the last position"
        );
        assert!(
            (rows - 1) * self.gradient_pitch + columns * self.channels <= self.gradient.len(),
            "a gradient at each position"
        );
        Arch::new().dispatch(self);
    }
}

impl WithSimd for WeightGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let vectors = self.channels / S::F32_LANES;
        for down in 0..self.layout.kernel {
            for vector in (0..vectors - vectors % 2).step_by(2) {
                if has_many_registers::<S>() {
                    self.by_tiles::<S, 12, 2>(simd, down, vector);
                } else {
                    self.by_tiles::<S, 4, 2>(simd, down, vector);
                }
            }
            if vectors % 2 == 1 {
                if has_many_registers::<S>() {
                    self.by_tiles::<S, 24, 1>(simd, down, vectors - 1);
                } else {
                    self.by_tiles::<S, 9, 1>(simd, down, vectors - 1);
                }
            }
        }
    }
}

impl WeightGradient<'_> {
    /// Adds the gradients for the row `down` of the kernel and the channel vectors `vector..vector + VECTORS`,
    /// up to `ROWS` rows of the weight at once.
    #[inline(always)]
    fn by_tiles<S: Simd, const ROWS: usize, const VECTORS: usize>(
        &mut self,
        simd: S,
        down: usize,
        vector: usize,
    ) {
        let row = self.layout.row();
        let mut right = 0;
        macro_rules! tiles {
            ($($rows:expr),*) => {
                $(
                    while ROWS >= $rows && right + $rows <= row {
                        self.tile::<S, $rows, VECTORS>(simd, [down, right], vector);
                        right += $rows;
                    }
                )*
            };
        }
        // 9 is the length of a row of a 3 × 3 kernel with three inputs.
        tiles!(24, 12, 9, 8, 6, 4, 3, 2);
        while right < row {
            self.tile::<S, 1, VECTORS>(simd, [down, right], vector);
            right += 1;
        }
    }

    /// Adds the gradients of `ROWS` rows of the weight, from row and value `[down, right]` of the kernel on, for
    /// the channel vectors `vector..vector + VECTORS`.
    #[inline(always)]
    fn tile<S: Simd, const ROWS: usize, const VECTORS: usize>(
        &mut self,
        simd: S,
        [down, right]: [usize; 2],
        vector: usize,
    ) {
        let [rows, columns] = self.positions;
        let KernelLayout { inputs, pitch, .. } = self.layout;
        let channel = vector * S::F32_LANES;
        assert!(
            right + ROWS <= self.layout.row()
                && down < self.layout.kernel
                && channel + VECTORS * S::F32_LANES <= self.channels,
            "the tile is in the weight"
        );
        let mut sums = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
        for y in 0..rows {
            let pixels = (y + down) * pitch + right;
            let gradient = y * self.gradient_pitch + channel;
            for x in 0..columns {
                // SAFETY: `add` has checked that the gradient has `channels` values at each position. The
                // assertion above shows that `channel + VECTORS · F32_LANES` is at most `channels`.
                let gradient: [S::f32s; VECTORS] = std::array::from_fn(|v| unsafe {
                    let at = gradient + x * self.channels + v * S::F32_LANES;
                    let vector = self.gradient.as_ptr().add(at).cast::<S::f32s>();
                    vector.read_unaligned()
                });
                for (index, sums) in sums.iter_mut().enumerate() {
                    // SAFETY: `add` has checked that the kernel reads within the image at every position.
                    // The assertion above shows that `right + ROWS` is within its row.
                    let pixel = unsafe { *self.pixels.get_unchecked(pixels + x * inputs + index) };
                    let pixel = simd.splat_f32s(pixel);
                    for (sum, gradient) in sums.iter_mut().zip(gradient) {
                        *sum = simd.mul_add_e_f32s(pixel, gradient, *sum);
                    }
                }
            }
        }
        for (index, sums) in sums.iter().enumerate() {
            let row = down * self.layout.row() + right + index;
            let total = &mut self.sum[row * self.channels + channel..];
            let total = S::as_mut_simd_f32s(&mut total[..VECTORS * S::F32_LANES]).0;
            for (total, sum) in total.iter_mut().zip(sums) {
                *total = simd.add_f32s(*total, *sum);
            }
        }
    }
}
