//! The inner loops of convolutions, whose sums stay in registers.
//!
//! Pixels are read in place, from an image with a border of zeros. Writing another layout, such as a matrix
//! of patches, would take longer than the products if there are few channels.

mod convolved_row;
mod weight_gradient;

pub(crate) use convolved_row::ConvolvedRow;
use pulp::{Arch, Simd, WithSimd};
pub(crate) use weight_gradient::WeightGradient;

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

    /// Whether lengths and positions of these numbers of rows and columns can be computed without overflow.
    fn is_small(self, rows: usize, columns: usize, channels: usize) -> bool {
        let product = |factors: &[usize]| {
            let product = factors
                .iter()
                .try_fold(1_usize, |product, &factor| product.checked_mul(factor));
            product.is_some_and(|product| product <= usize::MAX / 4)
        };
        product(&[self.kernel, self.kernel, self.inputs, channels])
            && product(&[self.kernel, self.pitch])
            && product(&[rows, self.pitch])
            && product(&[columns, self.inputs])
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Small integers: their products and sums are exact in any order.
    fn numbers(count: usize, step: usize) -> Vec<f32> {
        (0..count).map(|i| ((i * step) % 7) as f32 - 3.0).collect()
    }

    /// Runs an operation on vectors of each width that the processor has.
    fn on_all_widths(run: impl Fn(&dyn Fn(ConvolvedRow<'_>), &dyn Fn(WeightGradient<'_>))) {
        run(&|row| row.with_simd(pulp::Scalar::new()), &|gradient| {
            gradient.with_simd(pulp::Scalar::new())
        });
        #[cfg(target_arch = "x86_64")]
        if let Some(simd) = pulp::x86::V3::try_new() {
            run(&|row| Simd::vectorize(simd, row), &|gradient| {
                Simd::vectorize(simd, gradient)
            });
        }
        run(&|row| row.compute(), &|gradient| gradient.add());
    }

    #[test]
    fn every_tile_computes_sums_of_products() {
        // Whole vectors of AVX-512, and so of all others. All numbers of positions and of rows of a tile.
        let shapes = [
            (1, 1, 16, 3),
            (5, 3, 16, 3),
            (16, 3, 16, 3),
            (31, 3, 32, 3),
            (40, 1, 48, 5),
            (29, 1, 16, 1),
            (23, 2, 32, 3),
            (19, 4, 48, 3),
            (18, 7, 16, 5),
            (33, 16, 16, 3),
            (15, 8, 80, 1),
            (2, 17, 64, 3),
        ];
        for (width, inputs, channels, kernel) in shapes {
            let layout = KernelLayout {
                kernel,
                inputs,
                pitch: (width + kernel - 1) * inputs + 2,
            };
            let rows = 2;
            let pixels = numbers(layout.end(rows, width), 3);
            let weight = numbers(layout.weights_per_output() * channels, 5);
            let bias = numbers(channels, 2);
            let gradient_pitch = width * channels + 3;
            let gradient = numbers(rows * gradient_pitch, 4);
            let mut expected = bias.repeat(width);
            let mut expected_sum = numbers(weight.len(), 6);
            for tap in 0..kernel * kernel * inputs {
                let (down, right) = (tap / layout.row(), tap % layout.row());
                for (x, channel) in (0..width).flat_map(|x| (0..channels).map(move |c| (x, c))) {
                    let pixel = |y: usize| pixels[(y + down) * layout.pitch + x * inputs + right];
                    expected[x * channels + channel] += pixel(0) * weight[tap * channels + channel];
                    for y in 0..rows {
                        expected_sum[tap * channels + channel] +=
                            pixel(y) * gradient[y * gradient_pitch + x * channels + channel];
                    }
                }
            }
            on_all_widths(|convolve, add| {
                let mut output = vec![f32::NAN; expected.len()];
                convolve(ConvolvedRow {
                    output: &mut output,
                    pixels: &pixels,
                    layout,
                    weight: &weight,
                    bias: &bias,
                });
                assert_eq!(output, expected, "{layout:?} {channels}");
                let mut sum = numbers(weight.len(), 6);
                add(WeightGradient {
                    sum: &mut sum,
                    pixels: &pixels,
                    layout,
                    gradient: &gradient,
                    gradient_pitch,
                    positions: [rows, width],
                    channels,
                });
                assert_eq!(sum, expected_sum, "{layout:?} {channels}");
            });
        }
    }

    const LAYOUT: KernelLayout = KernelLayout {
        kernel: 3,
        inputs: 2,
        pitch: 14,
    };

    /// Computes 5 positions with these numbers of values too few.
    fn compute_without([pixels, weight, bias]: [usize; 3], layout: KernelLayout) {
        let channels = lanes();
        ConvolvedRow {
            output: &mut vec![0.0; 5 * channels],
            pixels: &vec![0.0; 2 * 14 + 4 * 2 + 6 - pixels],
            layout,
            weight: &vec![0.0; 18 * channels - weight],
            bias: &vec![0.0; channels - bias],
        }
        .compute();
    }

    /// Adds 2 × 5 positions with these numbers of values too few.
    fn add_without([sum, pixels, gradient]: [usize; 3], channels: usize) {
        WeightGradient {
            sum: &mut vec![0.0; 18 * channels - sum],
            pixels: &vec![0.0; 3 * 14 + 4 * 2 + 6 - pixels],
            layout: LAYOUT,
            gradient: &vec![0.0; 10 * channels - gradient],
            gradient_pitch: 5 * channels,
            positions: [2, 5],
            channels,
        }
        .add();
    }

    #[test]
    fn slices_of_the_right_length_are_accepted() {
        compute_without([0; 3], LAYOUT);
        add_without([0; 3], lanes());
    }

    #[test]
    fn slices_that_are_too_short_are_refused() {
        let is_refused =
            |call: &dyn Fn()| std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)).is_err();
        for index in 0..3 {
            let mut missing = [0; 3];
            missing[index] = 1;
            assert!(is_refused(&|| compute_without(missing, LAYOUT)), "{index}");
            assert!(is_refused(&|| add_without(missing, lanes())), "{index}");
        }
        if lanes() > 1 {
            assert!(is_refused(&|| add_without([0; 3], lanes() + 1)));
        }
    }

    #[test]
    fn lengths_that_overflow_are_refused() {
        for (kernel, inputs, pitch) in [(1, 1 << 60, 14), (1 << 33, 2, 14), (3, 2, usize::MAX / 2)]
        {
            let layout = KernelLayout {
                kernel,
                inputs,
                pitch,
            };
            let call = || compute_without([0; 3], layout);
            assert!(std::panic::catch_unwind(call).is_err(), "{layout:?}");
        }
    }
}
