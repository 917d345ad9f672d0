//! The state of a cohort in training, and its optimizer step.

use super::max_norm::MaxNorm;
use crate::backend::{Backend, CrossEntropy};
use crate::data::DeviceDataset;
use crate::metrics::{EpochMetrics, LayerValues};
use crate::model::{Network, ParameterLayer, parameter_shapes, trimmed, values};
use crate::optimizers::PerMember;
use crate::stages::{DropoutNoise, StageGradient};
use crate::train::batches::Batch;
use crate::train::member::Member;
use crate::train::optimizer::{Optimizer, new_optimizer, parameter_layout};
use crate::train::schedule::{Plateau, TrainingPosition, learning_rate};
use burn::tensor::Tensor;
use std::ops::Range;

/// The state of a cohort in training.
pub(in crate::train) struct Cohort<'a, B: Backend> {
    pub(in crate::train) data: &'a DeviceDataset<B>,
    pub(in crate::train) members: Vec<Member<'a>>,
    pub(in crate::train) model: Network<B>,
    layers: Vec<ParameterLayer>,
    pub(in crate::train) optimizer: Box<dyn Optimizer<B>>,
    max_norm: MaxNorm<B>,
    label_smoothing: PerMember<B>,
    pub(in crate::train) plateaus: Vec<Option<Plateau>>,
    pub(in crate::train) device: B::Device,
}

impl<'a, B: Backend> Cohort<'a, B> {
    pub(in crate::train) fn new(data: &'a DeviceDataset<B>, members: Vec<Member<'a>>) -> Self {
        let seeds: Vec<_> = members.iter().map(|member| member.seed).collect();
        let configs: Vec<_> = members.iter().map(|member| member.config).collect();
        let device = data.train.device();
        Self::with_model(data, Network::new(&configs, &seeds, &device), members)
    }

    /// Members with these networks, before their first step.
    pub(in crate::train) fn with_model(
        data: &'a DeviceDataset<B>,
        model: Network<B>,
        members: Vec<Member<'a>>,
    ) -> Self {
        let device = data.train.device();
        let trainings: Vec<_> = members.iter().map(|m| &m.config.training).collect();
        let layout = parameter_layout(&model, members.len());
        Self {
            data,
            layers: model.layers(),
            optimizer: new_optimizer(&trainings, &layout, &device),
            model,
            max_norm: MaxNorm::new(&trainings, &device),
            label_smoothing: PerMember::of(&trainings, |t| t.label_smoothing.get(), &device),
            plateaus: trainings.iter().map(|t| Plateau::new(t)).collect(),
            device,
            members,
        }
    }

    /// Takes one optimizer step. Returns, for each member, the sum of losses and the number of
    /// correct predictions before it: `[members, 1, 2]`. Stores the gradients of the loss in
    /// `gradients_out`, if given.
    pub(in crate::train) fn step(
        &mut self,
        batch: Batch<B>,
        noise: Option<&mut DropoutNoise>,
        learning_rate: &PerMember<B>,
        gradients_out: Option<&mut Vec<Tensor<B, 3>>>,
    ) -> Tensor<B, 3> {
        let (logits, cache) = self.model.forward(batch.input, noise);
        let smoothed = self.smoothed(batch.targets.clone());
        let CrossEntropy { gradient, sums } = B::cross_entropy(logits, batch.targets, smoothed);
        let gradients = self.model.backward(cache, gradient);
        if let Some(gradients_out) = gradients_out {
            // Computed in addition: the step must be the same with and without this output.
            let tensors = gradients.iter().cloned().flat_map(StageGradient::values);
            *gradients_out = tensors.collect();
        }
        let (optimizer, max_norm, layers) = (&mut self.optimizer, &self.max_norm, &self.layers);
        self.model.update(|parameters| {
            let stepped = optimizer.step_stages(parameters, gradients, learning_rate);
            max_norm.apply(stepped, layers)
        });
        sums
    }

    /// Smoothed targets: `(1 − ε)·target + ε/classes`
    /// (`torch.nn.CrossEntropyLoss`'s `label_smoothing`).
    fn smoothed(&self, targets: Tensor<B, 3>) -> Tensor<B, 3> {
        if self.label_smoothing.is_zero() {
            return targets;
        }
        let classes = targets.dims()[2] as f64;
        let to_uniform = targets.clone().neg().add_scalar(1.0 / classes);
        targets + self.label_smoothing.scale(to_uniform)
    }

    /// Updates the schedule `plateau` of this member, if it has one.
    pub(in crate::train) fn on_epoch_end(&mut self, member: usize, metrics: &EpochMetrics) {
        let training = &self.members[member].config.training;
        if let Some(plateau) = &mut self.plateaus[member] {
            plateau.on_epoch_end(training, metrics);
        }
    }

    /// The learning rate of each member in a step of an epoch, both counted from 0.
    pub(in crate::train) fn learning_rates(&self, epoch: usize, index: usize) -> Vec<f64> {
        let rate = |(member, plateau): (&Member, &Option<Plateau>)| {
            let training = &member.config.training;
            let size = training.batch_size.get();
            let steps_per_epoch = member.partition.train.len().div_ceil(size);
            let in_warmup = (epoch as u64) < training.warmup;
            match plateau {
                Some(plateau) if !in_warmup => plateau.learning_rate(),
                _ => learning_rate(
                    training,
                    TrainingPosition {
                        epoch,
                        step: epoch * steps_per_epoch + index,
                        steps_per_epoch,
                    },
                ),
            }
        };
        self.members.iter().zip(&self.plateaus).map(rate).collect()
    }

    /// The rows of these batches in each member's order of samples. The smallest fold determines the
    /// end of the last batch.
    pub(in crate::train) fn rows(&self, batches: &Range<usize>) -> Range<usize> {
        let batch_size = self.members[0].config.training.batch_size.get();
        let samples = self
            .members
            .iter()
            .map(|member| member.partition.train.len());
        let end = samples.fold(batches.end * batch_size, usize::min);
        batches.start * batch_size..end
    }

    /// The dropout noise of an epoch, starting at this batch.
    pub(in crate::train) fn dropout_noise(
        &self,
        epoch: usize,
        batch: usize,
    ) -> Option<DropoutNoise> {
        let members = self.members.iter();
        let seeds: Vec<_> = members.map(|member| member.seed).collect();
        let stages = self.model.stages().iter();
        let sites = stages.filter_map(|stage| stage.dropout_site());
        let rate = |member: usize, site| self.members[member].config.model.dropout_rate(site);
        let mut noise = DropoutNoise::new(sites, &seeds, rate, epoch)?;
        noise.skip(batch);
        Some(noise)
    }

    /// For each member, the norm of the gradient of each layer's weights.
    pub(in crate::train) fn gradient_norms(&self, gradients: &[Tensor<B, 3>]) -> Vec<Vec<f64>> {
        let mut norms = vec![Vec::with_capacity(self.layers.len()); self.members.len()];
        for layer in &self.layers {
            let gradient = gradients[layer.weight].clone();
            let squares = (gradient.clone() * gradient).sum_dim(2).sum_dim(1);
            let values: Vec<f32> = values(squares);
            for (norms, squares) in norms.iter_mut().zip(values) {
                norms.push(f64::from(squares).sqrt());
            }
        }
        norms
    }

    /// The weights and gradients of each layer of one member, in its own shape.
    pub(in crate::train) fn layer_values(
        &self,
        gradients: &[Tensor<B, 3>],
        member: usize,
    ) -> Vec<LayerValues> {
        let gradients = self.member_gradients(gradients, member);
        let parameters = self.model.member_state(member);
        self.layers
            .iter()
            .map(|layer| LayerValues {
                name: layer.name.clone(),
                weights: values(parameters[layer.weight].clone()),
                gradients: values(gradients[layer.weight].clone()),
            })
            .collect()
    }

    /// The gradients of one member, in its own shape.
    pub(in crate::train) fn member_gradients(
        &self,
        gradients: &[Tensor<B, 3>],
        member: usize,
    ) -> Vec<Tensor<B, 3>> {
        let shapes = parameter_shapes(self.model.member_stages(member));
        let of_member = |(gradient, shape): (&Tensor<B, 3>, _)| {
            trimmed(gradient.clone().narrow(0, member, 1), shape)
        };
        gradients.iter().zip(shapes).map(of_member).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DeviceSamples, Partition};
    use crate::model::LossSums;
    use crate::pytorch;
    use crate::random::Seed;
    use crate::spec::{Config, DatasetInfo};
    use burn::backend::Flex;
    use burn::tensor::TensorData;
    use std::sync::Arc;

    /// Ten steps on a small problem, in single precision.
    #[test]
    fn every_step_of_every_optimizer_is_that_of_pytorch() {
        let file = pytorch::file(include_str!("../../../judges/pytorch/optimizers.json"));
        let device = Default::default();
        let problem = &file["problem"];
        let inputs = pytorch::tensor(&problem["inputs"]);
        let labels = pytorch::doubles(&problem["labels"]);
        let mut units = vec![0.0_f32; labels.len() * 4];
        for (row, label) in labels.iter().enumerate() {
            units[row * 4 + *label as usize] = 1.0;
        }
        let features = Tensor::from_data(TensorData::new(inputs, [labels.len(), 6]), &device);
        let units = Tensor::from_data(TensorData::new(units, [labels.len(), 4]), &device);
        let samples = DeviceSamples::<Flex>::from_tensors(features, units);
        let data = DeviceDataset {
            train: samples.clone(),
            test: samples.clone(),
            image: None,
            pad_value: vec![0.0],
        };
        let initial: Vec<Tensor<Flex, 3>> = problem["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|parameter| {
                let shape = match pytorch::shape(parameter)[..] {
                    [inputs, outputs] => [1, inputs, outputs],
                    [outputs] => [1, 1, outputs],
                    ref other => panic!("{other:?}"),
                };
                Tensor::from_data(TensorData::new(pytorch::tensor(parameter), shape), &device)
            })
            .collect();
        let cases = file["cases"].as_array().unwrap();
        for case in cases {
            let mut config = Config::default();
            pytorch::set(&mut config, &file["settings"]);
            pytorch::set(&mut config, &case["settings"]);
            config.dataset_info = DatasetInfo {
                features: 6,
                classes: 4,
                image: None,
                ..DatasetInfo::default()
            };
            config.validate().unwrap();
            let member = Member {
                config: &config,
                seed: Seed {
                    sweep: 0,
                    repeat: 0,
                    fold: 0,
                },
                partition: Arc::new(Partition {
                    train: (0..labels.len() as u32).collect(),
                    validation: Vec::new(),
                }),
                normalisation: None,
            };
            let mut cohort = Cohort::new(&data, vec![member]);
            cohort.model.update(|_| initial.clone());
            let rate = PerMember::new(&[config.training.learning_rate.get()], &device);
            let losses = pytorch::doubles(&case["losses"]);
            let steps = case["parameters"].as_array().unwrap();
            assert_eq!(steps.len(), 10);
            for (step, expected) in steps.iter().enumerate() {
                let all = samples.range(0..labels.len());
                let [input, targets] = all.map(Tensor::unsqueeze);
                let batch = Batch { input, targets };
                let targets = batch.targets.clone();
                let logits = cohort.model.predict(batch.input.clone());
                cohort.step(batch, None, &rate, None);
                let what = format!("{} step {step}", case["name"]);
                // PyTorch's loss has the smoothing in it.
                let scores = LossSums::from_logits(logits, cohort.smoothed(targets)).scores(0);
                let loss = scores.loss().unwrap();
                let error = (loss - losses[step]).abs();
                assert!(error < 1e-5 * losses[step], "{what}: {loss}");
                let parameters = cohort.model.parameters().iter();
                for (ours, expected) in parameters.zip(expected.as_array().unwrap()) {
                    pytorch::assert_close(&values(ours.clone()), &pytorch::tensor(expected), &what);
                }
            }
        }
        assert!(cases.len() >= 25);
    }
}
