//! Networks, stacked: one for each member of a cohort, stage after stage.

use super::dropout::DropoutNoise;
use super::gradient::StageGradient;
use super::layer_norm;
use super::network_state::initial_state;
use super::operation::Operation;
use crate::backend::Backend;
use crate::random::Seed;
use crate::spec::{Config, Stage};
use burn::tensor::Tensor;

/// The networks of a cohort. All tensors between stages are `[members, batch, features]`.
#[derive(Clone, Debug)]
pub struct Network<B: Backend> {
    pub(super) stages: Vec<Operation<B>>,
    /// Weight and bias of each stage that has them, from the input side.
    pub(super) parameters: Vec<Tensor<B, 3>>,
    /// The first stage with parameters: below it no gradient is needed.
    first: usize,
    /// The stages that hold those of all members.
    held: Vec<Stage>,
    /// The stages of each member.
    pub(super) own: Vec<Vec<Stage>>,
}

/// What a forward pass leaves behind for the backward pass: a few tensors of each stage.
pub struct ForwardCache<B: Backend>(Vec<Vec<Tensor<B, 3>>>);

/// A dense or convolution layer's place among the parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterLayer {
    /// Its name, such as `layer1`, counted from the input side.
    pub name: String,
    /// The position of its weight; its bias is the next.
    pub weight: usize,
}

impl<B: Backend> Network<B> {
    /// Networks of these configurations, with the initial weights that each asks for.
    ///
    /// # Panics
    /// Without a configuration, with another number of seeds, or when no model holds all.
    pub fn new(configs: &[&Config], seeds: &[Seed], device: &B::Device) -> Self {
        assert_eq!(configs.len(), seeds.len(), "one seed for each member");
        let own: Vec<_> = configs.iter().map(|config| config.stages()).collect();
        let members = configs.iter().zip(seeds).zip(&own);
        let states = members
            .map(|((config, &seed), stages)| initial_state(config, seed, stages, device))
            .collect();
        Self::of_states(own, states)
    }

    /// Networks of equal stages with given parameters, in the order of [`Network::parameters`].
    ///
    /// # Panics
    /// When the parameters are not as many as the stages need.
    pub fn with_parameters(stages: &[Stage], parameters: Vec<Tensor<B, 3>>) -> Self {
        let [members, _, _] = parameters[0].dims();
        Self::stacked(stages.to_vec(), vec![stages.to_vec(); members], parameters)
    }

    /// Networks of stages that hold each member's `own`, with stacked parameters.
    pub(super) fn stacked(
        held: Vec<Stage>,
        own: Vec<Vec<Stage>>,
        parameters: Vec<Tensor<B, 3>>,
    ) -> Self {
        let device = parameters[0].device();
        let operation = |(position, &stage): (usize, &Stage)| {
            let own: Vec<Stage> = own.iter().map(|stages| stages[position]).collect();
            Operation::new(stage, &own, &device)
        };
        let stages: Vec<Operation<B>> = held.iter().enumerate().map(operation).collect();
        let owners = stages.iter().filter(|stage| stage.has_parameters()).count();
        assert_eq!(parameters.len(), 2 * owners, "a weight and a bias for each");
        let first = stages
            .iter()
            .position(Operation::has_parameters)
            .expect("a network has at least its output layer");
        Self {
            stages,
            parameters,
            first,
            held,
            own,
        }
    }

    /// Logits without dropout, norms by their running statistics: `[members, batch, classes]`.
    pub fn predict(&mut self, input: Tensor<B, 3>) -> Tensor<B, 3> {
        let mut parameters = self.parameters.chunks_exact(2);
        let mut own = || parameters.next().expect("counted when built");
        let mut current = input;
        for stage in &mut self.stages {
            current = match stage {
                Operation::Dense => {
                    let own = own();
                    B::dense(current, &own[0], &own[1])
                }
                Operation::Convolution(convolution) => {
                    let own = own();
                    convolution.forward(current, &own[0], &own[1]).0
                }
                Operation::BatchNorm(norm) => {
                    let own = own();
                    norm.predict(current, &own[0], &own[1])
                }
                Operation::LayerNorm => {
                    let own = own();
                    layer_norm::forward(current, &own[0], &own[1]).0
                }
                Operation::Activation(functions) => functions.predict(current),
                Operation::Pooling(pool) => pool.forward(current),
                Operation::Dropout(_) => current,
            };
        }
        current
    }

    /// Logits (`[members, batch, classes]`) while training, and what the backward pass needs.
    ///
    /// `input` is `[members, batch, features]`, or `[1, batch, features]` where members share it.
    pub fn forward(
        &mut self,
        input: Tensor<B, 3>,
        mut noise: Option<&mut DropoutNoise>,
    ) -> (Tensor<B, 3>, ForwardCache<B>) {
        let mut parameters = self.parameters.chunks_exact(2);
        let mut own = || parameters.next().expect("counted when built");
        let mut current = input;
        let mut trace = Vec::with_capacity(self.stages.len());
        for stage in &mut self.stages {
            let (output, kept) = match stage {
                Operation::Dense => {
                    let own = own();
                    let output = B::dense(current.clone(), &own[0], &own[1]);
                    (output, vec![current])
                }
                Operation::Convolution(convolution) => {
                    let own = own();
                    let (output, patches) = convolution.forward(current, &own[0], &own[1]);
                    (output, vec![patches])
                }
                Operation::BatchNorm(norm) => {
                    let own = own();
                    let (output, kept) = norm.forward(current, &own[0], &own[1]);
                    (output, Vec::from(kept))
                }
                Operation::LayerNorm => {
                    let own = own();
                    let (output, kept) = layer_norm::forward(current, &own[0], &own[1]);
                    (output, Vec::from(kept))
                }
                Operation::Activation(functions) => functions.forward(current),
                Operation::Pooling(pool) => {
                    let output = pool.forward(current.clone());
                    (output.clone(), vec![current, output])
                }
                Operation::Dropout(site) => {
                    let [_, batch, features] = current.dims();
                    let device = current.device();
                    let factors = noise
                        .as_mut()
                        .and_then(|noise| noise.factors(*site, [batch, features], &device));
                    match factors {
                        Some(factors) => (current * factors.clone(), vec![factors]),
                        None => (current, Vec::new()),
                    }
                }
            };
            trace.push(kept);
            current = output;
        }
        (current, ForwardCache(trace))
    }

    /// The gradients of the parameters of each stage that has them, from the input side, given
    /// the gradient of the logits (`[members, batch, classes]`).
    pub fn backward(
        &mut self,
        trace: ForwardCache<B>,
        logits_gradient: Tensor<B, 3>,
    ) -> Vec<StageGradient<B>> {
        let ForwardCache(trace) = trace;
        let mut parameters = self.parameters.chunks_exact(2).rev();
        let mut own = || parameters.next().expect("counted when built");
        let mut gradient = logits_gradient;
        let mut reversed = Vec::with_capacity(self.parameters.len() / 2);
        let stages = self.stages.iter_mut().enumerate().zip(trace).rev();
        for ((position, stage), kept) in stages {
            if position < self.first {
                break;
            }
            let mut kept = kept.into_iter();
            let mut next = || kept.next().expect("kept by the forward pass");
            match stage {
                Operation::Dense => {
                    reversed.push(StageGradient::Linear {
                        input: next(),
                        output: gradient.clone(),
                    });
                    let own = own();
                    if position > self.first {
                        gradient = B::product(gradient, own[0].clone().swap_dims(1, 2));
                    }
                }
                Operation::Convolution(convolution) => {
                    reversed.push(convolution.gradients(next(), gradient.clone()));
                    let own = own();
                    if position > self.first {
                        gradient = convolution.input_gradient(gradient, &own[0]);
                    }
                }
                Operation::BatchNorm(norm) => {
                    let own = own();
                    let kept = [next(), next()];
                    let (input, values) = norm.backward(kept, &own[0], gradient);
                    reversed.push(StageGradient::Values(values));
                    gradient = input;
                }
                Operation::LayerNorm => {
                    let own = own();
                    let kept = [next(), next()];
                    let (input, values) = layer_norm::backward(kept, &own[0], gradient);
                    reversed.push(StageGradient::Values(values));
                    gradient = input;
                }
                Operation::Activation(functions) => {
                    gradient = functions.backward(&mut kept, gradient);
                }
                Operation::Pooling(pool) => {
                    gradient = pool.backward(next(), next(), gradient);
                }
                Operation::Dropout(_) => {
                    if let Some(factors) = kept.next() {
                        gradient = gradient * factors;
                    }
                }
            }
        }
        reversed.reverse();
        reversed
    }

    /// Weight and bias of each layer and norm, from the input side: `[members, …, outputs]`.
    pub fn parameters(&self) -> &[Tensor<B, 3>] {
        &self.parameters
    }

    /// The dense and convolution layers, from the input side.
    pub fn layers(&self) -> Vec<ParameterLayer> {
        let owners = self.stages.iter().filter(|stage| stage.has_parameters());
        let is_layer =
            |stage: &Operation<B>| matches!(stage, Operation::Dense | Operation::Convolution(_));
        owners
            .enumerate()
            .filter(|(_, stage)| is_layer(stage))
            .zip(1..)
            .map(|((position, _), number)| ParameterLayer {
                name: format!("layer{number}"),
                weight: 2 * position,
            })
            .collect()
    }

    /// Replaces all parameters by what `change` makes of them.
    ///
    /// The tensors are handed over whole, so that a backend may change them in place.
    ///
    /// # Panics
    /// When `change` returns another number of tensors.
    pub fn update(&mut self, change: impl FnOnce(Vec<Tensor<B, 3>>) -> Vec<Tensor<B, 3>>) {
        let count = self.parameters.len();
        self.parameters = change(std::mem::take(&mut self.parameters));
        assert_eq!(
            self.parameters.len(),
            count,
            "an update keeps every parameter"
        );
    }

    /// The stages of the widest model that is needed to hold all members. What the function of an
    /// activation is has no meaning here.
    pub fn stages(&self) -> &[Stage] {
        &self.held
    }

    /// The stages of one member.
    pub fn member_stages(&self, member: usize) -> &[Stage] {
        &self.own[member]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LossSums, StageGradient};
    use crate::pytorch;
    use crate::spec::DatasetInfo;
    use burn::backend::Flex;
    use burn::tensor::TensorData;

    type T = Tensor<Flex, 3>;

    fn values(tensor: &T) -> Vec<f32> {
        tensor.to_data().to_vec().unwrap()
    }

    /// A model's parameters of a case as ours: `[1, inputs, outputs]` and `[1, 1, outputs]`.
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
            let (logits, trace) = network.forward(input.clone(), None);
            pytorch::assert_close(&values(&logits), &pytorch::tensor(&case["logits"]), name);
            let (loss, _) = LossSums::of(logits.clone(), targets.clone()).means(0);
            let expected = case["loss"].as_f64().unwrap();
            let error = (loss - expected).abs();
            assert!(error < 1e-5 * expected, "{name}: {loss} {expected}");
            let judged = Flex::cross_entropy(logits, targets.clone(), targets);
            let gradients = network.backward(trace, judged.gradient);
            let gradients: Vec<T> = gradients
                .into_iter()
                .flat_map(StageGradient::values)
                .collect();
            let expected = case["gradients"].as_array().unwrap();
            assert_eq!(gradients.len(), expected.len(), "{name}");
            // Of a bias in front of a batch norm only rounding is left: measured against all.
            let largest = expected
                .iter()
                .flat_map(pytorch::tensor)
                .fold(0.0_f32, |largest, value| largest.max(value.abs()));
            for (gradient, expected) in gradients.iter().zip(expected) {
                let what = format!("{name} {}", expected["name"]);
                let expected = pytorch::tensor(expected);
                match expected.iter().all(|value| value.abs() < 1e-6 * largest) {
                    true => assert!(values(gradient).iter().all(|v| v.abs() < 1e-5 * largest)),
                    false => pytorch::assert_close(&values(gradient), &expected, &what),
                }
            }
            if let Some(running) = case["running"].as_array() {
                let norms = network.stages.iter().filter_map(|stage| match stage {
                    Operation::BatchNorm(norm) => Some(norm),
                    _ => None,
                });
                for (norm, running) in norms.zip(running) {
                    let (mean, variance) = (values(&norm.mean), values(&norm.variance));
                    pytorch::assert_close(&mean, &pytorch::tensor(&running["mean"]), name);
                    pytorch::assert_close(&variance, &pytorch::tensor(&running["variance"]), name);
                }
                let logits = values(&network.predict(input));
                let expected = pytorch::tensor(&case["evaluation_logits"]);
                pytorch::assert_close(&logits, &expected, name);
            }
        }
        assert!(cases.len() >= 30);
    }
}
