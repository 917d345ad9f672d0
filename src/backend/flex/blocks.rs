//! Convolution blocks on burn's CPU backend.

use super::values::{Values, tensor};
use crate::backend::image_kernels::{BlockGradients, BlockOutput, BlockParameters, BlockShape};
use burn::backend::Flex;
use burn::tensor::Tensor;
use cpu_kernels::BlockCache;

/// The values of [`BlockParameters`].
struct Parameters {
    weight: Values,
    bias: Values,
    norm: Option<[Values; 2]>,
}

impl Parameters {
    fn new(parameters: &BlockParameters<'_, Flex>) -> Self {
        let values = |tensor: &Tensor<Flex, 3>| Values::row_major(tensor.clone());
        Self {
            weight: values(parameters.weight),
            bias: values(parameters.bias),
            norm: parameters.norm.map(|norm| norm.map(values)),
        }
    }

    fn of_member(&self, member: usize) -> cpu_kernels::BlockParameters<'_> {
        cpu_kernels::BlockParameters {
            weight: self.weight.of_member(member),
            bias: self.bias.of_member(member),
            norm: (self.norm.as_ref()).map(|norm| norm.each_ref().map(|v| v.of_member(member))),
        }
    }
}

/// The forward pass in training. The cache holds the images, then `convolved`, `values_at_maxima` and `output` of
/// [`cpu_kernels::BlockOutput`]; with batch norm, also mean and scale.
pub(super) fn forward(
    images: Tensor<Flex, 3>,
    parameters: &BlockParameters<'_, Flex>,
    epsilon: f64,
    shape: BlockShape,
) -> BlockOutput<Flex> {
    let [members, _, outputs] = parameters.weight.dims();
    let batch = images.dims()[1];
    let values = Parameters::new(parameters);
    let input = Values::row_major(images.clone());
    let mut computed = cpu_kernels::BlockOutput::default();
    let [mut mean, mut variance, mut scale] = [const { Vec::new() }; 3];
    for member in 0..members {
        let (images, parameters) = (input.of_member(member), values.of_member(member));
        let epsilon = epsilon as f32;
        let of_member = cpu_kernels::block(&mut computed, images, parameters, epsilon, shape);
        if let Some(statistics) = of_member {
            mean.extend(statistics.mean);
            variance.extend(statistics.variance);
            scale.extend(statistics.scale);
        }
    }
    let of_images = |values, size| tensor(values, [members, batch, size]);
    let output = of_images(computed.output, shape.output());
    let mut cache = vec![
        images,
        of_images(computed.convolved, shape.convolved()),
        of_images(computed.values_at_maxima, shape.values_at_maxima()),
        output.clone(),
    ];
    let of_channels = |values| tensor(values, [members, 1, outputs]);
    let statistics = parameters.norm.map(|_| {
        let mean = of_channels(mean);
        cache.extend([mean.clone(), of_channels(scale)]);
        [mean, of_channels(variance)]
    });
    BlockOutput {
        output,
        statistics,
        cache,
    }
}

/// The output in evaluation, with `parameters.norm` as scale and shift.
pub(super) fn predict(
    images: Tensor<Flex, 3>,
    parameters: &BlockParameters<'_, Flex>,
    shape: BlockShape,
) -> Tensor<Flex, 3> {
    let members = parameters.weight.dims()[0];
    let batch = images.dims()[1];
    let values = Parameters::new(parameters);
    let images = Values::row_major(images);
    let mut output = Vec::with_capacity(members * batch * shape.output());
    for member in 0..members {
        let (images, parameters) = (images.of_member(member), values.of_member(member));
        cpu_kernels::predict_block(&mut output, images, parameters, shape);
    }
    tensor(output, [members, batch, shape.output()])
}

/// The backward pass.
pub(super) fn backward(
    gradient: Tensor<Flex, 3>,
    cache: Vec<Tensor<Flex, 3>>,
    parameters: &BlockParameters<'_, Flex>,
    needs_input_gradient: bool,
    shape: BlockShape,
) -> BlockGradients<Flex> {
    let [members, taps, outputs] = parameters.weight.dims();
    let [_, batch, _] = gradient.dims();
    let input_size = cache[0].dims()[2];
    let values = Parameters::new(parameters);
    let gradient = Values::row_major(gradient);
    let cache: Vec<Values> = cache.into_iter().map(Values::row_major).collect();
    let [images, convolved, maxima, output, statistics @ ..] = &cache[..] else {
        panic!("the cache comes from the forward pass");
    };
    let [mut weight, mut bias, mut input] = [const { Vec::new() }; 3];
    let mut norm = [const { Vec::new() }; 2];
    for member in 0..members {
        let cache = BlockCache {
            images: images.of_member(member),
            convolved: convolved.of_member(member),
            values_at_maxima: maxima.of_member(member),
            output: output.of_member(member),
            statistics: match statistics {
                [mean, scale] => Some([mean, scale].map(|values| values.of_member(member))),
                [] => None,
                _ => panic!("mean and scale of batch norm"),
            },
        };
        let gradients = cpu_kernels::block_gradient(
            gradient.of_member(member),
            cache,
            values.of_member(member),
            needs_input_gradient.then_some(&mut input),
            shape,
        );
        weight.extend(gradients.weight);
        bias.extend(gradients.bias);
        let of_norm = gradients.norm.into_iter().flatten();
        for (all, of_member) in norm.iter_mut().zip(of_norm) {
            all.extend(of_member);
        }
    }
    let of_channels = |values| tensor(values, [members, 1, outputs]);
    BlockGradients {
        convolution: [tensor(weight, [members, taps, outputs]), of_channels(bias)],
        norm: parameters.norm.map(|_| norm.map(of_channels)),
        input: needs_input_gradient.then(|| tensor(input, [members, batch, input_size])),
    }
}
