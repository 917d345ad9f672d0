//! A convolution and the stages after it that the backend's kernels for images compute in one call.
//!
//! Computed separately, each stage would read and write images that exceed the cache.

use super::network_stage::NetworkStage;
use crate::backend::{Backend, BlockParameters, BlockShape, ImageKernels};
use crate::stages::{
    ActivationFunction, BatchNormOperation, ConvolutionOperation, NORM_EPSILON, StageGradient,
    StageOperation,
};
use burn::tensor::Tensor;

/// A convolution, optional batch norm, ReLU and optional max pooling.
pub(super) struct ConvolutionBlock<'a, B: Backend> {
    kernels: &'static dyn ImageKernels<B>,
    convolution: &'a ConvolutionOperation<B>,
    norm: Option<&'a mut BatchNormOperation<B>>,
    pooled: bool,
}

impl<'a, B: Backend> ConvolutionBlock<'a, B> {
    /// The number of stages of the block that `stages` begin with. `None` if they do not begin with a block, or
    /// the backend has no kernels for images.
    pub(super) fn stage_count_at_start(stages: &[NetworkStage<B>]) -> Option<usize> {
        B::image_kernels()?;
        let mut operations = stages.iter().map(|stage| &stage.operation).peekable();
        let Some(StageOperation::Convolution(_)) = operations.next() else {
            return None;
        };
        let is_norm = |next: &&StageOperation<B>| matches!(next, StageOperation::BatchNorm(_));
        let normed = usize::from(operations.next_if(is_norm).is_some());
        let Some(StageOperation::ActivationStage(functions)) = operations.next() else {
            return None;
        };
        let pooled = match operations.next() {
            Some(StageOperation::Pool(pool)) => usize::from(pool.takes_maximum()),
            _ => 0,
        };
        let is_rectified = functions.single_function() == Some(ActivationFunction::Relu);
        is_rectified.then_some(2 + normed + pooled)
    }

    /// The block that consists of exactly these stages.
    ///
    /// # Panics
    /// If the stages are not exactly one block.
    pub(super) fn new(stages: &'a mut [NetworkStage<B>]) -> Self {
        assert_eq!(
            Self::stage_count_at_start(stages),
            Some(stages.len()),
            "the stages of a block"
        );
        let last = stages.last().map(|stage| &stage.operation);
        let pooled = matches!(last, Some(StageOperation::Pool(_)));
        let [first, next, ..] = stages else {
            panic!("a block has at least two stages");
        };
        let StageOperation::Convolution(convolution) = &first.operation else {
            panic!("a block begins with a convolution");
        };
        Self {
            kernels: B::image_kernels().expect("checked by stage_count_at_start"),
            convolution,
            norm: match &mut next.operation {
                StageOperation::BatchNorm(norm) => Some(norm),
                _ => None,
            },
            pooled,
        }
    }

    /// The number of its stages.
    pub(super) fn stage_count(&self) -> usize {
        2 + usize::from(self.norm.is_some()) + usize::from(self.pooled)
    }

    /// The number of its parameters: a weight and a bias of the convolution, and of batch norm.
    pub(super) fn parameters(&self) -> usize {
        2 + 2 * usize::from(self.norm.is_some())
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
            .block(input, block_parameters(parameters), NORM_EPSILON, shape);
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
            norm: factors.as_ref().map(<[_; 2]>::each_ref),
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
        let of_stages = of_stages.into_iter().flatten();
        let of_stages = of_stages.map(|values| StageGradient::Values(values.into()));
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
    use crate::model::{Network, parameter_shapes};
    use crate::pytorch;
    use crate::random::{Purpose, Seed};
    use crate::spec::{Config, DatasetInfo};
    use crate::stages::{DropoutNoise, Stage};
    use burn::backend::{Autodiff, Flex};
    use burn::tensor::{TensorData, Tolerance};
    use serde_json::{Value, json};

    /// A backend without kernels for images.
    type Plain = Autodiff<Flex>;

    /// Two blocks on images of 5 × 6 pixels with two channels, with these settings.
    fn config(settings: &Value) -> Config {
        let mut config = Config::default();
        let blocks = json!({
            "model.kind": "cnn",
            "model.channels": [4, 3],
            "model.width": 4,
        });
        pytorch::set(&mut config, &blocks);
        pytorch::set(&mut config, settings);
        config.dataset_info = DatasetInfo {
            features: 60,
            classes: 2,
            image: Some([5, 6, 2]),
            ..DatasetInfo::default()
        };
        config
    }

    const SEED: Seed = Seed {
        sweep: 3,
        repeat: 0,
        fold: 0,
    };

    /// Numbers of a normal distribution, always the same.
    struct Numbers(u32);

    impl Numbers {
        fn tensor(&mut self, shape: [usize; 3], deviation: f32) -> Tensor<Flex, 3> {
            self.0 += 1;
            let mut values = vec![0.0; shape.iter().product()];
            let mut stream = SEED.stream(Purpose::InitialWeights, [self.0, 0]);
            stream.fill_normal(&mut values);
            values.iter_mut().for_each(|value| *value *= deviation);
            Tensor::from_data(TensorData::new(values, shape), &Default::default())
        }
    }

    fn plain(tensor: &Tensor<Flex, 3>) -> Tensor<Plain, 3> {
        Tensor::from_data(tensor.to_data(), &Default::default())
    }

    /// Compares values of a size up to `largest`, and of a smaller one where terms cancel.
    fn assert_close(
        found: &Tensor<Flex, 3>,
        expected: &Tensor<Plain, 3>,
        largest: f32,
        what: &str,
    ) {
        assert_eq!(found.dims(), expected.dims(), "{what}");
        let tolerance = Tolerance::<f32>::rel_abs(1e-4, 3e-5 * largest);
        let (found, expected) = (found.to_data(), expected.to_data());
        let check = || found.assert_approx_eq(&expected, tolerance);
        let is_close = std::panic::catch_unwind(std::panic::AssertUnwindSafe(check));
        assert!(is_close.is_ok(), "{what}");
    }

    #[test]
    fn blocks_match_their_stages() {
        let dropout = json!({ "model.input_dropout": 0.2, "model.block_dropout": 0.3 });
        let cases = [
            (json!({ "model.norm": "batch" }), 4),
            (json!({ "model.norm": "none" }), 3),
            (json!({ "model.norm": "batch", "model.pooling": "none" }), 3),
            (json!({ "model.norm": "none", "model.pooling": "none" }), 2),
            (
                json!({ "model.norm": "batch", "model.pooling": "average" }),
                3,
            ),
            // Pooling follows the norm, so that it is not in the block.
            (
                json!({ "model.norm": "batch", "model.norm_position": "after_activation" }),
                2,
            ),
            // Not blocks.
            (json!({ "model.norm": "layer" }), 0),
            (
                json!({ "model.norm": "batch", "model.activation": "tanh" }),
                0,
            ),
        ];
        for (mut settings, length) in cases {
            for with_dropout in [false, true] {
                let map = settings.as_object_mut().unwrap();
                if with_dropout {
                    map.extend(dropout.as_object().unwrap().clone());
                }
                let config = config(&settings);
                for (members, owners, batch) in [(1, 1, 4), (3, 1, 4), (3, 3, 4), (2, 2, 1)] {
                    compare(&config, length, [members, owners, batch], &settings);
                }
            }
        }
    }

    /// Compares two training steps and an evaluation with those of a backend without blocks.
    fn compare(
        config: &Config,
        length: usize,
        [members, owners, batch]: [usize; 3],
        settings: &Value,
    ) {
        let what = format!("{settings} {members} {owners} {batch}");
        let stages = config.stages();
        let first = |stage: &Stage| matches!(stage, Stage::Convolution(_));
        let first = stages.iter().position(first).unwrap();
        let mut numbers = Numbers(0);
        let mut parameter =
            |[rows, columns]: [usize; 2]| numbers.tensor([members, rows, columns], 0.5);
        let parameters: Vec<_> = parameter_shapes(&stages)
            .into_iter()
            .map(&mut parameter)
            .collect();
        let mut ours = Network::with_parameters(&stages, parameters.clone());
        let theirs = parameters.iter().map(plain).collect();
        let mut theirs = Network::<Plain>::with_parameters(&stages, theirs);
        let found = ConvolutionBlock::stage_count_at_start(&ours.stages[first..]);
        assert_eq!(found.unwrap_or(0), length, "{what}");
        let none = ConvolutionBlock::stage_count_at_start(&theirs.stages[first..]);
        assert_eq!(none, None, "{what}");

        let noise = || {
            let sites = stages.iter().filter_map(|stage| stage.dropout_site());
            let rate = |_, site| config.model.dropout_rate(site);
            DropoutNoise::new(sites, &vec![SEED; members], rate, 1)
        };
        let (mut noise, mut their_noise) = (noise(), noise());
        for _ in 0..2 {
            let images = numbers.tensor([owners, batch, 60], 1.0);
            let gradient = numbers.tensor([members, batch, 2], 1.0);
            let (logits, cache) = ours.forward(images.clone(), noise.as_mut());
            let (expected, their_cache) = theirs.forward(plain(&images), their_noise.as_mut());
            assert_close(&logits, &expected, 1.0, &what);
            let found = ours.backward(cache, gradient.clone());
            let expected = theirs.backward(their_cache, plain(&gradient));
            assert_eq!(found.len(), expected.len(), "{what}");
            let found = found.into_iter().flat_map(StageGradient::values);
            let expected: Vec<_> = expected
                .into_iter()
                .flat_map(StageGradient::values)
                .collect();
            // The gradient of a bias before batch norm is only what remains of terms that cancel.
            let sizes = expected
                .iter()
                .map(|gradient| gradient.clone().abs().max().into_scalar());
            let largest = sizes.fold(1.0, f32::max);
            for (found, expected) in found.zip(&expected) {
                assert_close(&found, expected, largest, &what);
            }
            // The running statistics now include that batch.
            let found = ours.predict(images.clone());
            assert_close(&found, &theirs.predict(plain(&images)), 1.0, &what);
        }
    }
}
