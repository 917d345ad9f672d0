//! Batch norm, ReLU and max pooling of an image in one pass.

use crate::convolution_block::BlockShape;
use crate::group::Group;
use crate::norm_gradient::relu_gradient;
use crate::padded_image::PaddedImage;
use pulp::{Arch, Simd, WithSimd};

/// `(value − mean) · scale · weight + bias`, with constants for each channel.
pub(crate) struct Normalisation {
    mean: Vec<f32>,
    scale: Vec<f32>,
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl Normalisation {
    /// `statistics` are mean and scale; `parameters` are weight and bias. `None` stands for the identity.
    ///
    /// # Panics
    /// If any has a length other than `channels`.
    pub(crate) fn new(
        channels: usize,
        statistics: Option<[&[f32]; 2]>,
        parameters: Option<[&[f32]; 2]>,
    ) -> Self {
        let [mean, scale] = statistics.map_or_else(
            || [vec![0.0; channels], vec![1.0; channels]],
            |values| values.map(<[f32]>::to_vec),
        );
        let [weight, bias] = parameters.map_or_else(
            || [vec![1.0; channels], vec![0.0; channels]],
            |values| values.map(<[f32]>::to_vec),
        );
        for constants in [&mean, &scale, &weight, &bias] {
            assert_eq!(constants.len(), channels, "a constant for each channel");
        }
        Self {
            mean,
            scale,
            weight,
            bias,
        }
    }

    fn channels(&self) -> usize {
        self.mean.len()
    }
}

/// Appends the output for an image to `output`. With pooling, also appends to `maxima` the value of `image` at
/// the maximum of each window.
pub(crate) fn norm_relu_pool(
    output: &mut Vec<f32>,
    maxima: Option<&mut Vec<f32>>,
    image: &[f32],
    normalisation: &Normalisation,
    shape: BlockShape,
) {
    let first = output.len();
    output.resize(first + shape.output(), 0.0);
    let mut ignored = Vec::new();
    let maxima = maxima.unwrap_or(&mut ignored);
    let first_maximum = maxima.len();
    maxima.resize(first_maximum + shape.values_at_maxima(), 0.0);
    let [_, width] = shape.convolution.size;
    let pass = NormReluPool {
        output: &mut output[first..],
        maxima: &mut maxima[first_maximum..],
        image,
        width,
        pooled: shape.pooled,
        normalisation,
    };
    Arch::new().dispatch(pass);
}

struct NormReluPool<'a> {
    output: &'a mut [f32],
    maxima: &'a mut [f32],
    image: &'a [f32],
    width: usize,
    pooled: bool,
    normalisation: &'a Normalisation,
}

impl WithSimd for NormReluPool<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let channels = self.normalisation.channels();
        for group in Group::over(simd, channels) {
            let constants = Constants::new(group, self.normalisation);
            if !self.pooled {
                let pixels = self.image.chunks_exact(channels);
                for (output, pixel) in self.output.chunks_exact_mut(channels).zip(pixels) {
                    let value = constants.relu(simd, group.load(pixel));
                    group.store(output, value);
                }
                continue;
            }
            let row = self.width * channels;
            let pooled_row = self.width / 2 * channels;
            let outputs = self.output.chunks_exact_mut(pooled_row.max(1));
            let outputs = outputs.zip(self.maxima.chunks_exact_mut(pooled_row.max(1)));
            for ((output, maxima), rows) in outputs.zip(self.image.chunks_exact(2 * row)) {
                let (upper, lower) = rows.split_at(row);
                let windows = upper
                    .chunks_exact(2 * channels)
                    .zip(lower.chunks_exact(2 * channels));
                let outputs = output
                    .chunks_exact_mut(channels)
                    .zip(maxima.chunks_exact_mut(channels));
                for ((output, maximum), (upper, lower)) in outputs.zip(windows) {
                    let upper = constants.larger(group, upper);
                    let lower = constants.larger(group, lower);
                    let [maximum_output, value] = larger(simd, upper, lower);
                    group.store(output, maximum_output);
                    group.store(maximum, value);
                }
            }
        }
    }
}

/// For each lane, the pair with the larger first value; `one` if they are equal.
#[inline(always)]
fn larger<S: Simd>(simd: S, one: [S::f32s; 2], other: [S::f32s; 2]) -> [S::f32s; 2] {
    let is_less = simd.less_than_f32s(one[0], other[0]);
    std::array::from_fn(|index| simd.select_f32s(is_less, other[index], one[index]))
}

/// The constants of a normalisation.
#[derive(Clone, Copy)]
struct Constants<S: Simd> {
    mean: S::f32s,
    scale: S::f32s,
    weight: S::f32s,
    bias: S::f32s,
}

impl<S: Simd> Constants<S> {
    #[inline(always)]
    fn new(group: Group<S>, normalisation: &Normalisation) -> Self {
        Self {
            mean: group.load(&normalisation.mean),
            scale: group.load(&normalisation.scale),
            weight: group.load(&normalisation.weight),
            bias: group.load(&normalisation.bias),
        }
    }

    /// The larger output of two adjacent pixels, and the value that it came from.
    #[inline(always)]
    fn larger(self, group: Group<S>, pixels: &[f32]) -> [S::f32s; 2] {
        let (left, right) = pixels.split_at(pixels.len() / 2);
        let [left, right] = [group.load(left), group.load(right)];
        let simd = group.simd;
        let left = [self.relu(simd, left), left];
        larger(simd, left, [self.relu(simd, right), right])
    }

    #[inline(always)]
    fn relu(self, simd: S, value: S::f32s) -> S::f32s {
        let centred = simd.sub_f32s(value, self.mean);
        let normalised = simd.mul_f32s(centred, self.scale);
        let output = simd.add_f32s(simd.mul_f32s(normalised, self.weight), self.bias);
        let zero = simd.splat_f32s(0.0);
        // NaN stays, so that a run that diverges is noticed.
        simd.select_f32s(simd.less_than_or_equal_f32s(output, zero), zero, output)
    }
}

/// The gradient of [`norm_relu_pool`] with respect to the image.
pub(crate) struct NormReluPoolGradient {
    mean: Vec<f32>,
    scale: Vec<f32>,
    /// The mean over all rows of the gradient of batch norm's output; 0 without batch norm.
    through_mean: Vec<f32>,
    /// The mean over all rows of that gradient times the normalised value; 0 without batch norm.
    through_variance: Vec<f32>,
    /// `scale · weight`
    factor: Vec<f32>,
    is_normed: bool,
    width: usize,
    pooled: bool,
}

impl NormReluPoolGradient {
    /// `norm` has the gradients of batch norm's weight and bias, summed over `rows` rows; `None` without batch
    /// norm.
    pub(crate) fn new(
        normalisation: &Normalisation,
        norm: Option<&[Vec<f32>; 2]>,
        rows: usize,
        shape: BlockShape,
    ) -> Self {
        let inverse_count = (1.0 / rows as f64) as f32;
        let through = |gradient: Option<&Vec<f32>>| match gradient {
            Some(gradient) => gradient.iter().map(|sum| sum * inverse_count).collect(),
            None => vec![0.0; normalisation.channels()],
        };
        let factor = normalisation.scale.iter().zip(&normalisation.weight);
        Self {
            mean: normalisation.mean.clone(),
            scale: normalisation.scale.clone(),
            through_mean: through(norm.map(|[_, bias]| bias)),
            through_variance: through(norm.map(|[weight, _]| weight)),
            factor: factor.map(|(scale, weight)| scale * weight).collect(),
            is_normed: norm.is_some(),
            width: shape.convolution.size[1],
            pooled: shape.pooled,
        }
    }

    /// Writes the gradient of an image into `result`. `gradient` and `output` are those of the block for this
    /// image; `image` is the output of the convolution and `maxima` its
    /// [`BlockOutput::values_at_maxima`](crate::BlockOutput::values_at_maxima).
    pub(crate) fn write(
        &self,
        result: &mut PaddedImage,
        gradient: &[f32],
        image: &[f32],
        maxima: &[f32],
        output: &[f32],
    ) {
        Arch::new().dispatch(WriteGradient {
            constants: self,
            result,
            gradient,
            image,
            maxima,
            output,
        });
    }
}

struct WriteGradient<'a> {
    constants: &'a NormReluPoolGradient,
    result: &'a mut PaddedImage,
    gradient: &'a [f32],
    image: &'a [f32],
    maxima: &'a [f32],
    output: &'a [f32],
}

impl WithSimd for WriteGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let NormReluPoolGradient { width, pooled, .. } = *self.constants;
        let channels = self.constants.mean.len();
        let row = (width * channels).max(1);
        for group in Group::over(simd, channels) {
            let constants = GradientConstants::new(group, self.constants);
            let zero = simd.splat_f32s(0.0);
            let mut results = self.result.rows_mut();
            if !pooled {
                let rows = self
                    .image
                    .chunks_exact(row)
                    .zip(self.gradient.chunks_exact(row));
                let rows = rows.zip(self.output.chunks_exact(row));
                for (result, ((image, gradient), output)) in results.zip(rows) {
                    let pixels = image.chunks_exact(channels);
                    let gradients = gradient
                        .chunks_exact(channels)
                        .zip(output.chunks_exact(channels));
                    let pixels = pixels.zip(gradients);
                    for (result, (pixel, (gradient, output))) in
                        result.chunks_exact_mut(channels).zip(pixels)
                    {
                        let gradient = relu_gradient(group, gradient, output);
                        constants.write(group, result, pixel, gradient);
                    }
                }
                continue;
            }
            let pooled_row = (width / 2 * channels).max(1);
            let mut images = self.image.chunks_exact(row);
            let pooled = self
                .gradient
                .chunks_exact(pooled_row)
                .zip(self.output.chunks_exact(pooled_row));
            let pooled = pooled.zip(self.maxima.chunks_exact(pooled_row));
            for ((gradient, output), maxima) in pooled {
                let [Some(upper), Some(lower)] = [images.next(), images.next()] else {
                    break;
                };
                let [Some(upper_result), Some(lower_result)] = [results.next(), results.next()]
                else {
                    break;
                };
                let pooled = gradient
                    .chunks_exact(channels)
                    .zip(output.chunks_exact(channels))
                    .zip(maxima.chunks_exact(channels));
                let windows = upper
                    .chunks_exact(2 * channels)
                    .zip(lower.chunks_exact(2 * channels));
                let results = upper_result
                    .chunks_exact_mut(2 * channels)
                    .zip(lower_result.chunks_exact_mut(2 * channels));
                for (
                    ((result_upper, result_lower), (upper, lower)),
                    ((gradient, output), maximum),
                ) in results.zip(windows).zip(pooled)
                {
                    let gradient = relu_gradient(group, gradient, output);
                    let remaining = [gradient, group.load(maximum)];
                    let remaining = constants.write_pair(group, result_upper, upper, remaining);
                    constants.write_pair(group, result_lower, lower, remaining);
                }
                // No window covers an odd last column.
                let whole = width / 2 * 2 * channels;
                if whole < row {
                    for (result, image) in [(upper_result, upper), (lower_result, lower)] {
                        constants.write(group, &mut result[whole..], &image[whole..], zero);
                    }
                }
            }
            // No window covers an odd last row.
            for (result, image) in results.zip(images) {
                for (result, pixel) in result
                    .chunks_exact_mut(channels)
                    .zip(image.chunks_exact(channels))
                {
                    constants.write(group, result, pixel, zero);
                }
            }
        }
    }
}

/// The constants of a [`NormReluPoolGradient`].
#[derive(Clone, Copy)]
struct GradientConstants<S: Simd> {
    mean: S::f32s,
    scale: S::f32s,
    through_mean: S::f32s,
    through_variance: S::f32s,
    factor: S::f32s,
    is_normed: bool,
}

impl<S: Simd> GradientConstants<S> {
    #[inline(always)]
    fn new(group: Group<S>, values: &NormReluPoolGradient) -> Self {
        Self {
            mean: group.load(&values.mean),
            scale: group.load(&values.scale),
            through_mean: group.load(&values.through_mean),
            through_variance: group.load(&values.through_variance),
            factor: group.load(&values.factor),
            is_normed: values.is_normed,
        }
    }

    /// Writes the gradient of a pixel, given the gradient of its batch norm output, before ReLU.
    #[inline(always)]
    fn write(self, group: Group<S>, result: &mut [f32], pixel: &[f32], gradient: S::f32s) {
        self.write_value(group, result, group.load(pixel), gradient);
    }

    #[inline(always)]
    fn write_value(self, group: Group<S>, result: &mut [f32], value: S::f32s, gradient: S::f32s) {
        let simd = group.simd;
        if !self.is_normed {
            // The arithmetic below would give NaN for an infinite value.
            group.store(result, gradient);
            return;
        }
        let normalised = simd.mul_f32s(simd.sub_f32s(value, self.mean), self.scale);
        let through_variance = simd.mul_f32s(normalised, self.through_variance);
        let gradient = simd.sub_f32s(gradient, self.through_mean);
        let gradient = simd.sub_f32s(gradient, through_variance);
        group.store(result, simd.mul_f32s(gradient, self.factor));
    }

    /// Writes the gradients of two adjacent pixels. The first pixel of the window whose value equals `maximum`
    /// receives `remaining`, the others 0. Returns the gradient that remains for the next row of the window, and
    /// `maximum`.
    #[inline(always)]
    fn write_pair(
        self,
        group: Group<S>,
        result: &mut [f32],
        pixels: &[f32],
        [mut remaining, maximum]: [S::f32s; 2],
    ) -> [S::f32s; 2] {
        let simd = group.simd;
        let zero = simd.splat_f32s(0.0);
        let half = pixels.len() / 2;
        for first in [0, half] {
            let value = group.load(&pixels[first..]);
            let is_maximum = simd.equal_f32s(value, maximum);
            let gradient = simd.select_f32s(is_maximum, remaining, zero);
            remaining = simd.select_f32s(is_maximum, zero, remaining);
            self.write_value(group, &mut result[first..], value, gradient);
        }
        [remaining, maximum]
    }
}
