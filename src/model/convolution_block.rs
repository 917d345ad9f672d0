//! A convolution and the stages after it that the backend's kernels for images compute in one call.
//!
//! Computed separately, each stage would read and write images that exceed the cache.

use super::batch_norm::{BatchNorm, EPSILON};
use super::convolution::Convolution;
use super::gradient::StageGradient;
use super::operation::Operation;
use crate::backend::{Backend, BlockParameters, BlockShape, ImageKernels};
use crate::spec::Activation;
use burn::tensor::Tensor;

/// A convolution, optional batch norm, ReLU and optional max pooling.
pub(super) struct ConvolutionBlock<'a, B: Backend> {
    kernels: &'static dyn ImageKernels<B>,
    convolution: &'a Convolution<B>,
    norm: Option<&'a mut BatchNorm<B>>,
    pooled: bool,
}

impl<'a, B: Backend> ConvolutionBlock<'a, B> {
    /// The number of stages of the block that `stages` begin with. `None` if they do not begin with a block, or
    /// the backend has no kernels for images.
    pub(super) fn stage_count_at_start(stages: &[Operation<B>]) -> Option<usize> {
        B::image_kernels()?;
        let [Operation::Convolution(_), rest @ ..] = stages else {
            return None;
        };
        let normed = usize::from(matches!(rest, [Operation::BatchNorm(_), ..]));
        let [Operation::Activation(functions), rest @ ..] = &rest[normed..] else {
            return None;
        };
        let pooled = match rest {
            [Operation::Pooling(pool), ..] => usize::from(pool.takes_maximum()),
            _ => 0,
        };
        let is_rectified = functions.single_function() == Some(Activation::Relu);
        is_rectified.then_some(2 + normed + pooled)
    }

    /// The block that consists of exactly these stages.
    ///
    /// # Panics
    /// If the stages are not exactly one block.
    pub(super) fn new(stages: &'a mut [Operation<B>]) -> Self {
        assert_eq!(
            Self::stage_count_at_start(stages),
            Some(stages.len()),
            "the stages of a block"
        );
        let pooled = matches!(stages.last(), Some(Operation::Pooling(_)));
        let [Operation::Convolution(convolution), next, ..] = stages else {
            panic!("a block begins with a convolution");
        };
        Self {
            kernels: B::image_kernels().expect("checked by stage_count_at_start"),
            convolution,
            norm: match next {
                Operation::BatchNorm(norm) => Some(norm),
                _ => None,
            },
            pooled,
        }
    }

    /// The number of its stages.
    pub(super) fn stage_count(&self) -> usize {
        2 + usize::from(self.norm.is_some()) + usize::from(self.pooled)
    }

    /// The number of its stages that have a weight and a bias.
    pub(super) fn parameter_stages(&self) -> usize {
        1 + usize::from(self.norm.is_some())
    }

    /// The forward pass in training: the output, and the cache for [`backward`](Self::backward). Updates the
    /// running statistics. `parameters` are weight and bias of the convolution, then those of batch norm, if any.
    pub(super) fn forward(
        self,
        input: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
    ) -> (Tensor<B, 3>, Vec<Tensor<B, 3>>) {
        let shape = self.shape();
        let batch = input.dims()[1];
        let block = self
            .kernels
            .block(input, block_parameters(parameters), EPSILON, shape);
        if let (Some(norm), Some(statistics)) = (self.norm, block.statistics) {
            let [height, width] = shape.convolution.size;
            norm.update_running_statistics(statistics, (batch * height * width) as f64);
        }
        (block.output, block.cache)
    }

    /// The output in evaluation, with the running statistics. `parameters` as in [`forward`](Self::forward).
    pub(super) fn predict(self, input: Tensor<B, 3>, parameters: &[Tensor<B, 3>]) -> Tensor<B, 3> {
        let factors = match (&self.norm, parameters) {
            (Some(norm), [_, _, weight, bias]) => Some(norm.running_scale_and_shift(weight, bias)),
            _ => None,
        };
        let parameters = BlockParameters {
            weight: &parameters[0],
            bias: &parameters[1],
            norm: factors.as_ref().map(|factors| factors.each_ref()),
        };
        self.kernels.predict_block(input, parameters, self.shape())
    }

    /// The gradient of the input (`None` unless needed), and the parameter gradients of each stage that has
    /// parameters, from input to output.
    pub(super) fn backward(
        self,
        cache: Vec<Tensor<B, 3>>,
        gradient: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        needs_input_gradient: bool,
    ) -> (Option<Tensor<B, 3>>, Vec<StageGradient<B>>) {
        let gradients = self.kernels.block_gradient(
            gradient,
            cache,
            block_parameters(parameters),
            needs_input_gradient,
            self.shape(),
        );
        let of_stages = [Some(gradients.convolution), gradients.norm];
        let of_stages = of_stages.into_iter().flatten().map(StageGradient::Values);
        (gradients.input, of_stages.collect())
    }

    fn shape(&self) -> BlockShape {
        BlockShape {
            convolution: self.convolution.shape(),
            pooled: self.pooled,
        }
    }
}

fn block_parameters<B: Backend>(parameters: &[Tensor<B, 3>]) -> BlockParameters<'_, B> {
    BlockParameters {
        weight: &parameters[0],
        bias: &parameters[1],
        norm: match parameters {
            [_, _, weight, bias] => Some([weight, bias]),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Network;
    use crate::spec::{Pooling, Stage};
    use burn::backend::{Autodiff, Flex};
    use burn::tensor::{Distribution, Tolerance};

    /// A backend without kernels for images.
    type Plain = Autodiff<Flex>;

    fn stages(normed: bool, pooling: Option<Pooling>, function: Activation) -> Vec<Stage> {
        let (height, width) = (5, 6);
        let mut stages = Vec::new();
        let mut block = |[height, width, inputs, outputs]: [usize; 4]| {
            stages.push(Stage::Convolution {
                height,
                width,
                inputs,
                outputs,
                kernel: 3,
            });
            if normed {
                let positions = height * width;
                stages.push(Stage::BatchNorm {
                    units: outputs,
                    positions,
                });
            }
            let features = height * width * outputs;
            stages.push(Stage::Activation { function, features });
            let Some(pooling) = pooling else {
                return [height, width];
            };
            stages.push(Stage::Pooling {
                pooling,
                height,
                width,
                channels: outputs,
            });
            [height / 2, width / 2]
        };
        let [height, width] = block([height, width, 2, 4]);
        let [height, width] = block([height, width, 4, 3]);
        stages.push(Stage::Dense {
            inputs: height * width * 3,
            outputs: 2,
        });
        stages
    }

    fn plain(tensor: &Tensor<Flex, 3>) -> Tensor<Plain, 3> {
        Tensor::from_data(tensor.to_data(), &Default::default())
    }

    fn assert_close(found: Tensor<Flex, 3>, expected: Tensor<Plain, 3>, what: &str) {
        assert_eq!(found.dims(), expected.dims(), "{what}");
        let tolerance = Tolerance::<f32>::rel_abs(1e-4, 1e-5);
        let expected = expected.into_data();
        found.into_data().assert_approx_eq(&expected, tolerance);
    }

    /// Random parameters of these stages.
    fn parameters(stages: &[Stage], members: usize) -> Vec<Tensor<Flex, 3>> {
        let shapes = crate::model::parameter_shapes(stages);
        let random = |[rows, columns]: [usize; 2]| {
            let shape = [members, rows, columns];
            Tensor::random(shape, Distribution::Uniform(-0.8, 0.8), &Default::default())
        };
        shapes.into_iter().map(random).collect()
    }

    #[test]
    fn blocks_match_their_stages() {
        let poolings = [None, Some(Pooling::Max), Some(Pooling::Average)];
        for (normed, pooling) in [true, false]
            .into_iter()
            .flat_map(|n| poolings.map(|p| (n, p)))
        {
            for function in [Activation::Relu, Activation::Tanh] {
                for (members, owners) in [(1, 1), (3, 1), (3, 3)] {
                    let what = format!("{normed} {pooling:?} {function:?} {members} {owners}");
                    let stages = stages(normed, pooling, function);
                    let parameters = parameters(&stages, members);
                    let mut ours = Network::with_parameters(&stages, parameters.clone());
                    let theirs = parameters.iter().map(plain).collect();
                    let mut theirs = Network::<Plain>::with_parameters(&stages, theirs);
                    let blocks = usize::from(function == Activation::Relu);
                    assert_eq!(
                        ConvolutionBlock::stage_count_at_start(&ours.stages)
                            .iter()
                            .count(),
                        blocks
                    );
                    assert_eq!(ConvolutionBlock::stage_count_at_start(&theirs.stages), None);

                    let distribution = Distribution::Uniform(-1.0, 1.0);
                    let images = Tensor::random([owners, 4, 60], distribution, &Default::default());
                    let gradient =
                        Tensor::random([members, 4, 2], distribution, &Default::default());
                    let (logits, cache) = ours.forward(images.clone(), None);
                    let (expected, their_cache) = theirs.forward(plain(&images), None);
                    assert_close(logits, expected, &what);
                    let found = ours.backward(cache, gradient.clone());
                    let expected = theirs.backward(their_cache, plain(&gradient));
                    assert_eq!(found.len(), expected.len(), "{what}");
                    let values = found.into_iter().flat_map(StageGradient::values);
                    let expected = expected.into_iter().flat_map(StageGradient::values);
                    for (found, expected) in values.zip(expected) {
                        assert_close(found, expected, &what);
                    }
                    // The running statistics now include that batch.
                    let found = ours.predict(images.clone());
                    assert_close(found, theirs.predict(plain(&images)), &what);
                }
            }
        }
    }
}
