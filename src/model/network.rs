//! The stacked networks of a cohort, and their forward and backward pass by stages and blocks.

use super::convolution_block::ConvolutionBlock;
use super::network_stage::NetworkStage;
use super::stage_walk::{NextStages, ParametersLeft};
use crate::backend::Backend;
use crate::stages::{BackwardPass, DropoutNoise, ForwardPass, Operation, Stage, StageGradient};
use burn::tensor::Tensor;

/// The networks of a cohort. All tensors between stages are `[members, batch, features]`.
#[derive(Clone, Debug)]
pub struct Network<B: Backend> {
    pub(super) stages: Vec<NetworkStage<B>>,
    /// The parameters of each stage that has some, from input to output.
    pub(super) parameters: Vec<Tensor<B, 3>>,
    /// The first stage with parameters. Stages before it need no gradient.
    first_trainable: usize,
    /// The stages of the widest model, which enclose those of all members.
    pub(super) enclosing: Vec<Stage>,
    /// The stages of each member.
    pub(super) member_stages: Vec<Vec<Stage>>,
}

/// What the backward pass needs from the forward pass: an entry for each single stage or block, from input to
/// output.
pub struct ForwardCache<B: Backend>(Vec<CachedStages<B>>);

/// The cached tensors of a single stage or a block.
struct CachedStages<B: Backend> {
    /// The number of stages.
    count: usize,
    tensors: Vec<Tensor<B, 3>>,
}

/// The position of a dense or convolution layer among the parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterLayer {
    /// Its name, such as `layer1`, counted from the input.
    pub name: String,
    /// The position of its weight, which its bias follows.
    pub weight: usize,
}

impl<B: Backend> Network<B> {
    /// Networks of equal stages with given parameters, in the order of [`Network::parameters`].
    ///
    /// # Panics
    /// If the number of parameters does not match the stages.
    pub fn with_parameters(stages: &[Stage], parameters: Vec<Tensor<B, 3>>) -> Self {
        let [members, _, _] = parameters[0].dims();
        Self::stacked(stages.to_vec(), vec![stages.to_vec(); members], parameters)
    }

    /// Networks with stacked parameters. `enclosing` are the stages of the widest model.
    pub(super) fn stacked(
        enclosing: Vec<Stage>,
        member_stages: Vec<Vec<Stage>>,
        parameters: Vec<Tensor<B, 3>>,
    ) -> Self {
        let device = parameters[0].device();
        let stage = |(position, stage): (usize, &Stage)| {
            let of_members: Vec<Stage> = member_stages
                .iter()
                .map(|stages| stages[position])
                .collect();
            NetworkStage {
                operation: stage.operation(&of_members, &device),
                parameters: stage.parameter_shapes().count(),
            }
        };
        let stages: Vec<_> = enclosing.iter().enumerate().map(stage).collect();
        let expected: usize = stages.iter().map(|stage| stage.parameters).sum();
        assert_eq!(parameters.len(), expected, "the parameters of the stages");
        let first_trainable = stages
            .iter()
            .position(|stage| stage.parameters > 0)
            .expect("a network has at least its output layer");
        Self {
            stages,
            parameters,
            first_trainable,
            enclosing,
            member_stages,
        }
    }

    /// The logits for evaluation, without dropout and with running statistics:
    /// `[members, batch, classes]`.
    pub fn predict(&mut self, input: Tensor<B, 3>) -> Tensor<B, 3> {
        let mut parameters = ParametersLeft(&self.parameters);
        let mut pass = ForwardPass {
            noise: None,
            skipped: Vec::new(),
        };
        let mut current = input;
        let mut rest = &mut self.stages[..];
        while let Some(next) = NextStages::take(&mut rest) {
            let parameters = parameters.take_first(next.parameters());
            current = match next {
                NextStages::Block(block) => block.predict(current, parameters),
                NextStages::Single(stage) => {
                    stage.operation.predict(current, parameters, &mut pass)
                }
            };
        }
        current
    }

    /// The logits of a training step (`[members, batch, classes]`), and the tensors that the backward pass
    /// needs.
    ///
    /// `input` is `[members, batch, features]`, or `[1, batch, features]` if members share it.
    pub fn forward(
        &mut self,
        input: Tensor<B, 3>,
        noise: Option<&mut DropoutNoise>,
    ) -> (Tensor<B, 3>, ForwardCache<B>) {
        let mut parameters = ParametersLeft(&self.parameters);
        let mut pass = ForwardPass {
            noise,
            skipped: Vec::new(),
        };
        let mut current = input;
        let mut cache = Vec::with_capacity(self.stages.len());
        let mut rest = &mut self.stages[..];
        while let Some(next) = NextStages::take(&mut rest) {
            let parameters = parameters.take_first(next.parameters());
            let (count, (output, tensors)) = match next {
                NextStages::Block(block) => {
                    (block.stage_count(), block.forward(current, parameters))
                }
                NextStages::Single(stage) => {
                    (1, stage.operation.forward(current, parameters, &mut pass))
                }
            };
            cache.push(CachedStages { count, tensors });
            current = output;
        }
        (current, ForwardCache(cache))
    }

    /// The gradients of the parameters of each stage that has them, from input to output, given the
    /// gradient of the logits (`[members, batch, classes]`).
    pub fn backward(
        &mut self,
        cache: ForwardCache<B>,
        logits_gradient: Tensor<B, 3>,
    ) -> Vec<StageGradient<B>> {
        let ForwardCache(cache) = cache;
        let mut parameters = ParametersLeft(&self.parameters);
        let mut pass = BackwardPass {
            needs_input_gradient: true,
            skipped: Vec::new(),
        };
        let mut gradient = logits_gradient;
        let mut reversed = Vec::with_capacity(self.stages.len());
        let mut rest = &mut self.stages[..];
        for CachedStages { count, tensors } in cache.into_iter().rev() {
            let position = rest.len() - count;
            if position < self.first_trainable {
                break;
            }
            pass.needs_input_gradient = position > self.first_trainable;
            let (earlier, stages) = std::mem::take(&mut rest).split_at_mut(position);
            rest = earlier;
            let parameter_count = stages.iter().map(|stage| stage.parameters).sum();
            let parameters = parameters.take_last(parameter_count);
            let of_input = match stages {
                [stage] => {
                    let operation = &mut stage.operation;
                    let (of_input, of_parameters) =
                        operation.backward(tensors, gradient, parameters, &mut pass);
                    reversed.extend(of_parameters);
                    of_input
                }
                stages => {
                    let block = ConvolutionBlock::new(stages);
                    let (of_input, of_stages) =
                        block.backward(tensors, gradient, parameters, pass.needs_input_gradient);
                    reversed.extend(of_stages.into_iter().rev());
                    of_input
                }
            };
            let Some(of_input) = of_input else { break };
            gradient = of_input;
        }
        reversed.reverse();
        reversed
    }

    /// The parameters of each stage, from input to output: `[members, …, outputs]`.
    pub fn parameters(&self) -> &[Tensor<B, 3>] {
        &self.parameters
    }

    /// The dense and convolution layers, from input to output.
    pub fn layers(&self) -> Vec<ParameterLayer> {
        let mut layers = Vec::new();
        let mut position = 0;
        for stage in &self.enclosing {
            if stage.is_layer() {
                layers.push(ParameterLayer {
                    name: format!("layer{}", layers.len() + 1),
                    weight: position,
                });
            }
            position += stage.parameter_shapes().count();
        }
        layers
    }

    /// Replaces all parameters by the result of `change`.
    ///
    /// `change` takes the tensors by value, so that a backend can change them in place.
    ///
    /// # Panics
    /// If `change` returns a different number of tensors.
    pub fn update(&mut self, change: impl FnOnce(Vec<Tensor<B, 3>>) -> Vec<Tensor<B, 3>>) {
        let count = self.parameters.len();
        self.parameters = change(std::mem::take(&mut self.parameters));
        assert_eq!(
            self.parameters.len(),
            count,
            "an update keeps every parameter"
        );
    }

    /// The stages of the widest model, which enclose those of all members. The functions of its
    /// activation stages have no meaning.
    pub fn stages(&self) -> &[Stage] {
        &self.enclosing
    }

    /// The stages of one member.
    pub fn member_stages(&self, member: usize) -> &[Stage] {
        &self.member_stages[member]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::LossSums;
    use crate::pytorch;
    use crate::spec::{Config, DatasetInfo};
    use burn::backend::Flex;
    use burn::tensor::TensorData;

    type T = Tensor<Flex, 3>;

    fn values(tensor: &T) -> Vec<f32> {
        tensor.to_data().to_vec().unwrap()
    }

    /// The parameters of a case: `[1, inputs, outputs]` and `[1, 1, outputs]`.
    fn parameters(case: &serde_json::Value) -> Vec<T> {
        let device = Default::default();
        let parameters = case["parameters"].as_array().unwrap();
        parameters
            .iter()
            .map(|parameter| {
                let shape = match pytorch::shape(parameter)[..] {
                    [inputs, outputs] => [1, inputs, outputs],
                    [outputs] => [1, 1, outputs],
                    ref other => panic!("{other:?}"),
                };
                let values = pytorch::tensor(parameter);
                Tensor::from_data(TensorData::new(values, shape), &device)
            })
            .collect()
    }

    #[test]
    fn logits_losses_and_gradients_are_those_of_pytorch() {
        let file = pytorch::file(include_str!("../../judges/pytorch/networks.json"));
        let device = Default::default();
        let cases = file["cases"].as_array().unwrap();
        for case in cases {
            let name = case["name"].as_str().unwrap();
            let mut config = Config::default();
            pytorch::set(&mut config, &case["settings"]);
            let shape = pytorch::shape(&case["inputs"]);
            let features = shape[1..].iter().product();
            config.dataset_info = DatasetInfo {
                features,
                classes: 4,
                image: (shape.len() == 4).then(|| [shape[1], shape[2], shape[3]]),
                ..DatasetInfo::default()
            };
            config
                .validate()
                .unwrap_or_else(|error| panic!("{name}: {error:?}"));
            let inputs = TensorData::new(pytorch::tensor(&case["inputs"]), [1, shape[0], features]);
            let input = T::from_data(inputs, &device);
            let labels = pytorch::doubles(&case["labels"]);
            let smoothing = config.training.label_smoothing.get() as f32;
            let mut targets = Vec::new();
            for label in &labels {
                for class in 0..4 {
                    let unit = f32::from(u8::from(*label as usize == class));
                    targets.push(unit * (1.0 - smoothing) + smoothing / 4.0);
                }
            }
            let targets = TensorData::new(targets, [1, labels.len(), 4]);
            let targets = T::from_data(targets, &device);
            let mut network = Network::with_parameters(&config.stages(), parameters(case));
            let (logits, cache) = network.forward(input.clone(), None);
            pytorch::assert_close(&values(&logits), &pytorch::tensor(&case["logits"]), name);
            let scores = LossSums::from_logits(logits.clone(), targets.clone()).scores(0);
            let loss = scores.loss().unwrap();
            let expected = case["loss"].as_f64().unwrap();
            let error = (loss - expected).abs();
            assert!(error < 1e-5 * expected, "{name}: {loss} {expected}");
            let loss = Flex::cross_entropy(logits, targets.clone(), targets);
            let gradients = network.backward(cache, loss.gradient);
            let gradients: Vec<T> = gradients
                .into_iter()
                .flat_map(StageGradient::values)
                .collect();
            let expected = case["gradients"].as_array().unwrap();
            assert_eq!(gradients.len(), expected.len(), "{name}");
            // A bias before a batch norm has a gradient of rounding errors only, so the scale is that of all gradients.
            let largest = expected
                .iter()
                .flat_map(pytorch::tensor)
                .fold(0.0_f32, |largest, value| largest.max(value.abs()));
            for (gradient, expected) in gradients.iter().zip(expected) {
                let what = format!("{name} {}", expected["name"]);
                let expected = pytorch::tensor(expected);
                if expected.iter().all(|value| value.abs() < 1e-6 * largest) {
                    assert!(values(gradient).iter().all(|v| v.abs() < 1e-5 * largest));
                } else {
                    pytorch::assert_close(&values(gradient), &expected, &what);
                }
            }
            if let Some(running) = case["running"].as_array() {
                let statistics = network.statistics();
                assert_eq!(statistics.len(), 2 * running.len());
                for (norm, running) in statistics.chunks(2).zip(running) {
                    for (found, name) in norm.iter().zip(["mean", "variance"]) {
                        let expected = pytorch::tensor(&running[name]);
                        pytorch::assert_close(&values(found), &expected, name);
                    }
                }
                let logits = values(&network.predict(input));
                let expected = pytorch::tensor(&case["evaluation_logits"]);
                pytorch::assert_close(&logits, &expected, name);
            }
        }
        assert!(cases.len() >= 30);
    }
}
