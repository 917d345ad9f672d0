//! A convolution, optional batch norm, ReLU and optional max pooling.
//!
//! Computed separately, each stage would read and write images that exceed the cache. Here, the output of the
//! convolution is stored once. In the backward pass, its gradient is computed for one image at a time and
//! used while that image is in the cache; it is never stored for the whole batch.

use crate::batch_norm::ColumnStatistics;
use crate::column_sums::{Values, add_rows};
use crate::convolution::{Convolution, ConvolutionShape, WeightGradientSum, rotated};
use crate::moments::Moments;
use crate::norm_gradient::norm_gradient;
use crate::norm_relu_pool::{NormReluPoolGradient, Normalisation, norm_relu_pool};

/// The shape of a block. Images are `[height, width, channels]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockShape {
    /// The convolution.
    pub convolution: ConvolutionShape,
    /// Whether a 2 × 2 max pooling follows. An odd last row or column is ignored.
    pub pooled: bool,
}

impl BlockShape {
    /// The number of values per image in [`BlockOutput::convolved`].
    pub fn convolved(self) -> usize {
        self.convolution.pixels() * self.convolution.outputs
    }

    /// The number of values per image in [`BlockOutput::output`].
    pub fn output(self) -> usize {
        let window = if self.pooled { 2 } else { 1 };
        let [height, width] = self.convolution.size;
        height / window * (width / window) * self.convolution.outputs
    }

    /// The number of values per image in [`BlockOutput::values_at_maxima`].
    pub fn values_at_maxima(self) -> usize {
        if self.pooled { self.output() } else { 0 }
    }
}

/// The parameters of a block: those of the convolution and of batch norm.
#[derive(Clone, Copy, Debug)]
pub struct BlockParameters<'a> {
    /// `[kernel, kernel, inputs, outputs]`
    pub weight: &'a [f32],
    /// `[outputs]`
    pub bias: &'a [f32],
    /// The weight and bias of batch norm, `[outputs]` each. `None` without batch norm.
    pub norm: Option<[&'a [f32]; 2]>,
}

/// The result of a block's forward pass in training.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlockOutput {
    /// The output of the convolution: `[count, height, width, outputs]`.
    pub convolved: Vec<f32>,
    /// For each pooling window, the value of `convolved` at the pixel with the maximum: the shape of `output`.
    /// Empty without pooling.
    pub values_at_maxima: Vec<f32>,
    /// The output of the block: `[count, height, width, outputs]`, after pooling.
    pub output: Vec<f32>,
}

/// The forward pass of a block in training. Appends to `output`, and returns the batch statistics (`None`
/// without batch norm), which are taken over all `images`, `[count, height, width, inputs]`. `epsilon` is
/// added to the variance.
///
/// # Panics
/// If a length does not match the shape, the length of the kernel is even, or there are no channels.
pub fn block(
    output: &mut BlockOutput,
    images: &[f32],
    parameters: BlockParameters<'_>,
    epsilon: f32,
    shape: BlockShape,
) -> Option<ColumnStatistics> {
    let mut padded = shape.convolution.padded_input();
    let mut convolution =
        Convolution::new(parameters.weight, Some(parameters.bias), shape.convolution);
    let images = shape.convolution.input_images(images);
    let first = output.convolved.len();
    output.convolved.reserve(images.len() * shape.convolved());
    output
        .values_at_maxima
        .reserve(images.len() * shape.values_at_maxima());
    output.output.reserve(images.len() * shape.output());
    let mut sums = parameters
        .norm
        .map(|_| Moments::new(shape.convolution.outputs));
    for image in images {
        padded.fill(image);
        let first = output.convolved.len();
        convolution.append(&mut output.convolved, &padded);
        if let Some(sums) = &mut sums {
            sums.add(&output.convolved[first..]);
        }
    }
    let statistics = sums.map(|sums| sums.statistics(epsilon));
    let normalisation = Normalisation::new(
        shape.convolution.outputs,
        statistics.as_ref().map(|s| [&s.mean[..], &s.scale[..]]),
        parameters.norm,
    );
    let convolved = &output.convolved[first..];
    for image in convolved.chunks_exact(shape.convolved().max(1)) {
        norm_relu_pool(
            &mut output.output,
            Some(&mut output.values_at_maxima),
            image,
            &normalisation,
            shape,
        );
    }
    statistics
}

/// Appends the output of a block in evaluation: `[count, height, width, outputs]`, after pooling. Batch norm
/// is `parameters.norm` as scale and shift.
///
/// # Panics
/// If a length does not match the shape, the length of the kernel is even, or there are no channels.
pub fn predict_block(
    output: &mut Vec<f32>,
    images: &[f32],
    parameters: BlockParameters<'_>,
    shape: BlockShape,
) {
    let mut padded = shape.convolution.padded_input();
    let mut convolution =
        Convolution::new(parameters.weight, Some(parameters.bias), shape.convolution);
    let normalisation = Normalisation::new(shape.convolution.outputs, None, parameters.norm);
    let images = shape.convolution.input_images(images);
    output.reserve(images.len() * shape.output());
    let mut convolved = Vec::with_capacity(shape.convolved());
    for image in images {
        padded.fill(image);
        convolved.clear();
        convolution.append(&mut convolved, &padded);
        norm_relu_pool(output, None, &convolved, &normalisation, shape);
    }
}

/// What the backward pass of a block needs from its forward pass.
#[derive(Clone, Copy, Debug)]
pub struct BlockCache<'a> {
    /// The input of the block.
    pub images: &'a [f32],
    /// [`BlockOutput::convolved`]
    pub convolved: &'a [f32],
    /// [`BlockOutput::values_at_maxima`]
    pub values_at_maxima: &'a [f32],
    /// [`BlockOutput::output`]
    pub output: &'a [f32],
    /// The mean and the scale of [`ColumnStatistics`]. `None` without batch norm.
    pub statistics: Option<[&'a [f32]; 2]>,
}

/// The gradients of the parameters of a block.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockGradients {
    /// The gradient of the convolution's weight: `[kernel, kernel, inputs, outputs]`.
    pub weight: Vec<f32>,
    /// The gradient of the convolution's bias: `[outputs]`. 0 with batch norm, which subtracts the mean and so
    /// cancels the bias.
    pub bias: Vec<f32>,
    /// The gradients of batch norm's weight and bias, `[outputs]` each. `None` without batch norm.
    pub norm: Option<[Vec<f32>; 2]>,
}

/// The backward pass of [`block`]. `gradient` is the gradient of the block's output. If `input_gradient` is
/// given, the gradient of the images is appended to it.
///
/// # Panics
/// If a length does not match the shape, the length of the kernel is even, or there are no channels.
pub fn block_gradient(
    gradient: &[f32],
    cache: BlockCache<'_>,
    parameters: BlockParameters<'_>,
    mut input_gradient: Option<&mut Vec<f32>>,
    shape: BlockShape,
) -> BlockGradients {
    let outputs = shape.convolution.outputs;
    let images = shape.convolution.input_images(cache.images);
    let count = images.len();
    assert_eq!(
        cache.convolved.len(),
        count * shape.convolved(),
        "convolved"
    );
    assert_eq!(
        cache.values_at_maxima.len(),
        count * shape.values_at_maxima(),
        "values_at_maxima"
    );
    assert_eq!(cache.output.len(), count * shape.output(), "output");
    assert_eq!(gradient.len(), cache.output.len(), "a gradient for each");
    assert_eq!(
        cache.statistics.is_some(),
        parameters.norm.is_some(),
        "statistics of batch norm"
    );
    let norm = cache.statistics.map(|statistics| {
        let values = if shape.pooled {
            cache.values_at_maxima
        } else {
            cache.convolved
        };
        norm_gradient(gradient, Some(cache.output), values, statistics)
    });
    let normalisation = Normalisation::new(outputs, cache.statistics, parameters.norm);
    let rows = count * shape.convolution.pixels();
    let of_image = NormReluPoolGradient::new(&normalisation, norm.as_ref(), rows, shape);
    let mut weight = WeightGradientSum::new(shape.convolution);
    let mut bias = [vec![0.0; outputs]];
    let mut padded = shape.convolution.padded_input();
    let reversed = shape.convolution.reversed();
    let mut padded_gradient = reversed.padded_input();
    let rotated = match input_gradient {
        Some(_) => rotated(parameters.weight, shape.convolution),
        None => Vec::new(),
    };
    let mut to_input = input_gradient
        .as_ref()
        .map(|_| Convolution::new(&rotated, None, reversed));
    if let Some(input_gradient) = &mut input_gradient {
        input_gradient.reserve(cache.images.len());
    }
    let (convolved, output) = (shape.convolved(), shape.output());
    for (index, image) in images.enumerate() {
        of_image.write(
            &mut padded_gradient,
            &gradient[index * output..][..output],
            &cache.convolved[index * convolved..][..convolved],
            &cache.values_at_maxima[index * shape.values_at_maxima()..][..shape.values_at_maxima()],
            &cache.output[index * output..][..output],
        );
        padded.fill(image);
        weight.add(&padded, padded_gradient.pixels(), padded_gradient.pitch());
        if norm.is_none() {
            let values = Values {
                values: padded_gradient.pixels_and_borders(),
                columns: outputs,
            };
            add_rows(&mut bias, values.values.len() / outputs, values);
        }
        if let (Some(to_input), Some(input_gradient)) = (&mut to_input, &mut input_gradient) {
            to_input.append(input_gradient, &padded_gradient);
        }
    }
    BlockGradients {
        weight: weight.finish(),
        bias: bias.iter().flatten().map(|&sum| sum as f32).collect(),
        norm,
    }
}

#[cfg(test)]
mod tests;
