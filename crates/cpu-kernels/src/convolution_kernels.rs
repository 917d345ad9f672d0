//! The inner loops of convolutions, whose sums stay in registers.
//!
//! Pixels are read in place, from an image with a border of zeros. Writing another layout, such as a matrix
//! of patches, would take longer than the products if there are few channels.

use pulp::{Arch, Simd, WithSimd};

/// The number of values in a vector register of this processor.
pub(crate) fn lanes() -> usize {
    struct Lanes;
    impl WithSimd for Lanes {
        type Output = usize;
        #[inline(always)]
        fn with_simd<S: Simd>(self, _simd: S) -> usize {
            S::F32_LANES
        }
    }
    Arch::new().dispatch(Lanes)
}

/// Whether 16 sums and more, of a vector each, fit in the registers.
const fn has_many_registers<S: Simd>() -> bool {
    // AVX-512 has 32 of them, AVX2 has 16.
    S::F32_LANES >= 16
}

/// The layout of the values that a kernel reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KernelLayout {
    /// Height and width of the kernel.
    pub(crate) kernel: usize,
    /// Channels of the input.
    pub(crate) inputs: usize,
    /// Values from the start of one row of the image to the start of the next.
    pub(crate) pitch: usize,
}

impl KernelLayout {
    /// The length of a row of the kernel.
    fn row(self) -> usize {
        self.kernel * self.inputs
    }

    /// The number of weights of an output: `kernel² · inputs`.
    pub(crate) fn weights_per_output(self) -> usize {
        self.kernel * self.row()
    }

    /// The end of the values that the kernel reads at the last of `rows × columns` positions; 0 if there are
    /// none.
    fn end(self, rows: usize, columns: usize) -> usize {
        match (rows, columns) {
            (0, _) | (_, 0) => 0,
            _ => (rows + self.kernel - 2) * self.pitch + (columns - 1) * self.inputs + self.row(),
        }
    }
}

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
