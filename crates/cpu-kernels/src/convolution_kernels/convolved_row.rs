//! One row of a convolution.

use super::{KernelLayout, lanes};
use crate::vector::has_many_registers;
use pulp::{Arch, Simd, WithSimd};

/// One row of a convolution: `bias + Σ pixels · weight` at each position.
pub(crate) struct ConvolvedRow<'a> {
    /// `[positions, channels]`; channels are a multiple of [`lanes`].
    pub(crate) output: &'a mut [f32],
    /// The image, from the first value under the kernel at the first position.
    pub(crate) pixels: &'a [f32],
    pub(crate) layout: KernelLayout,
    /// `[kernel, kernel, inputs, channels]`
    pub(crate) weight: &'a [f32],
    /// `[channels]`
    pub(crate) bias: &'a [f32],
}

impl ConvolvedRow<'_> {
    /// # Panics
    /// If a length does not match, or channels are not a multiple of [`lanes`].
    pub(crate) fn compute(self) {
        let channels = self.bias.len();
        assert!(
            channels > 0 && channels.is_multiple_of(lanes()),
            "whole vectors"
        );
        let positions = self.output.len() / channels;
        assert_eq!(self.output.len(), positions * channels, "whole pixels");
        assert!(
            self.layout.is_small(1, positions, channels),
            "lengths do not overflow"
        );
        assert_eq!(
            self.weight.len(),
            self.layout.weights_per_output() * channels,
            "a weight for each value that the kernel reads"
        );
        assert!(
            self.layout.end(1, positions) <= self.pixels.len(),
            "the image reaches to the last position"
        );
        Arch::new().dispatch(self);
    }
}

impl WithSimd for ConvolvedRow<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        // If the number of inputs is known when compiling, all pixels of a tile are at constant distances from
        // the first. That matters for short sums: in the first layer, on grey or coloured images.
        match self.layout.inputs {
            1 => self.of_pixels::<S, 1>(simd),
            3 => self.of_pixels::<S, 3>(simd),
            _ => self.of_pixels::<S, ANY>(simd),
        }
    }
}

/// Stands for a number of inputs that is not known when compiling.
const ANY: usize = 0;

impl ConvolvedRow<'_> {
    /// Computes the row, for pixels of `INPUTS` values.
    #[inline(always)]
    fn of_pixels<S: Simd, const INPUTS: usize>(mut self, simd: S) {
        let vectors = self.bias.len() / S::F32_LANES;
        for vector in (0..vectors - vectors % 2).step_by(2) {
            if has_many_registers::<S>() {
                self.by_tiles::<S, INPUTS, 8, 2>(simd, vector);
            } else {
                self.by_tiles::<S, INPUTS, 4, 2>(simd, vector);
            }
        }
        if vectors % 2 == 1 {
            if has_many_registers::<S>() {
                self.by_tiles::<S, INPUTS, 16, 1>(simd, vectors - 1);
            } else {
                self.by_tiles::<S, INPUTS, 8, 1>(simd, vectors - 1);
            }
        }
    }

    /// Computes the channel vectors `vector..vector + VECTORS` at all positions, up to `POSITIONS` at once.
    #[inline(always)]
    fn by_tiles<S: Simd, const INPUTS: usize, const POSITIONS: usize, const VECTORS: usize>(
        &mut self,
        simd: S,
        vector: usize,
    ) {
        let positions = self.output.len() / self.bias.len();
        let mut first = 0;
        while first + POSITIONS <= positions {
            self.tile::<S, INPUTS, POSITIONS, VECTORS>(simd, first, vector);
            first += POSITIONS;
        }
        while POSITIONS > 8 && first + 8 <= positions {
            self.tile::<S, INPUTS, 8, VECTORS>(simd, first, vector);
            first += 8;
        }
        while POSITIONS > 4 && first + 4 <= positions {
            self.tile::<S, INPUTS, 4, VECTORS>(simd, first, vector);
            first += 4;
        }
        while first + 2 <= positions {
            self.tile::<S, INPUTS, 2, VECTORS>(simd, first, vector);
            first += 2;
        }
        if first < positions {
            self.tile::<S, INPUTS, 1, VECTORS>(simd, first, vector);
        }
    }

    /// Computes the channel vectors `vector..vector + VECTORS` at the positions `first..first + POSITIONS`.
    #[inline(always)]
    fn tile<S: Simd, const INPUTS: usize, const POSITIONS: usize, const VECTORS: usize>(
        &mut self,
        simd: S,
        first: usize,
        vector: usize,
    ) {
        let KernelLayout { kernel, pitch, .. } = self.layout;
        let inputs = if INPUTS == ANY {
            self.layout.inputs
        } else {
            INPUTS
        };
        let row = self.layout.row();
        let channels = self.bias.len();
        let channel = vector * S::F32_LANES;
        let bias = &self.bias[channel..][..VECTORS * S::F32_LANES];
        let bias = S::as_simd_f32s(bias).0;
        let mut sums = [[simd.splat_f32s(0.0); VECTORS]; POSITIONS];
        for sums in &mut sums {
            sums.copy_from_slice(bias);
        }
        assert!(
            (first + POSITIONS) * channels <= self.output.len(),
            "positions exist"
        );
        for down in 0..kernel {
            let pixels = down * pitch + first * inputs;
            let weight = down * row * channels + channel;
            for right in 0..row {
                // SAFETY: `compute` has checked that the weight has `kernel · row` rows of `channels`
                // values. The slice of the bias above shows that `channel + VECTORS · F32_LANES` is at most
                // `channels`.
                let weight: [S::f32s; VECTORS] = std::array::from_fn(|v| unsafe {
                    let at = weight + right * channels + v * S::F32_LANES;
                    let vector = self.weight.as_ptr().add(at).cast::<S::f32s>();
                    vector.read_unaligned()
                });
                for (position, sums) in sums.iter_mut().enumerate() {
                    // SAFETY: `compute` has checked that the kernel reads within the image at every
                    // position of the output. The assertion above shows that `first + POSITIONS` exist.
                    let pixel = unsafe {
                        *self
                            .pixels
                            .get_unchecked(pixels + position * inputs + right)
                    };
                    let pixel = simd.splat_f32s(pixel);
                    for (sum, weight) in sums.iter_mut().zip(weight) {
                        *sum = simd.mul_add_e_f32s(pixel, weight, *sum);
                    }
                }
            }
        }
        for (position, sums) in sums.iter().enumerate() {
            let output = &mut self.output[(first + position) * channels + channel..];
            let output = S::as_mut_simd_f32s(&mut output[..VECTORS * S::F32_LANES]).0;
            output.copy_from_slice(sums);
        }
    }
}
