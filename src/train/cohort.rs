//! The state of a cohort in training, and its step.

use super::batches::{Batch, BatchPlan};
use super::groups::groups;
use super::loss_accumulator::LossAccumulator;
use super::member::Member;
use super::optimizer::{Optimizer, new as new_optimizer};
use super::per_member::{PerMember, PerStep};
use super::regularise::MaxNorm;
use super::schedule::{TrainingPosition, learning_rate};
use super::watch::Plateau;
use super::{Interrupted, TrainingHost};
use crate::backend::{Backend, CrossEntropy};
use crate::data::DeviceDataset;
use crate::metrics::{EpochMetrics, LayerValues};
use crate::model::{
    DropoutNoise, Network, ParameterLayer, StageGradient, parameter_shapes, trimmed, values,
};
use burn::tensor::Tensor;
use std::ops::Range;

/// The state of a cohort in training.
pub(super) struct Cohort<'a, B: Backend> {
    pub(super) data: &'a DeviceDataset<B>,
    pub(super) members: Vec<Member<'a>>,
    pub(super) model: Network<B>,
    layers: Vec<ParameterLayer>,
    pub(super) optimizer: Box<dyn Optimizer<B>>,
    max_norm: MaxNorm<B>,
    label_smoothing: PerMember<B>,
    pub(super) plateaus: Vec<Option<Plateau>>,
    pub(super) device: B::Device,
}

/// What an epoch of a cohort gave.
pub(super) struct Epoch<B: Backend> {
    /// Mean loss and accuracy over the epoch's samples, of each member.
    pub(super) means: Vec<(f64, f64)>,
    /// Of all steps.
    pub(super) seconds: f64,
    /// Each member's at the first step.
    pub(super) rates: Vec<f64>,
    /// The gradients of each member's last step, as the loss alone gives them.
    pub(super) gradients: Vec<Tensor<B, 3>>,
}

impl<'a, B: Backend> Cohort<'a, B> {
    pub(super) fn new(data: &'a DeviceDataset<B>, members: Vec<Member<'a>>) -> Self {
        let seeds: Vec<_> = members.iter().map(|member| member.seed).collect();
        let configs: Vec<_> = members.iter().map(|member| member.config).collect();
        let device = data.train.device();
        Self::with_model(data, Network::new(&configs, &seeds, &device), members)
    }

    /// Members with these networks and no step taken.
    pub(super) fn with_model(
        data: &'a DeviceDataset<B>,
        model: Network<B>,
        members: Vec<Member<'a>>,
    ) -> Self {
        let device = data.train.device();
        let trainings: Vec<_> = members.iter().map(|m| &m.config.training).collect();
        Self {
            data,
            layers: model.layers(),
            model,
            optimizer: new_optimizer(&trainings, &device),
            max_norm: MaxNorm::new(&trainings, &device),
            label_smoothing: PerMember::of(&trainings, |t| t.label_smoothing.get(), &device),
            plateaus: trainings.iter().map(|t| Plateau::new(t)).collect(),
            device,
            members,
        }
    }

    /// Trains one epoch.
    pub(super) fn epoch(
        &mut self,
        epoch: usize,
        observer: &mut dyn TrainingHost,
    ) -> Result<Epoch<B>, Interrupted> {
        let started = observer.elapsed();
        let rates = self.learning_rates(epoch, 0);
        let groups = groups(
            self.members
                .iter()
                .map(|member| member.partition.train.len()),
        );
        let (means, gradients) = match groups[..] {
            [(count, _)] => {
                let size = self.members[0].config.training.batch_size.get();
                let mut tally = LossAccumulator::new();
                let batches = 0..count.div_ceil(size);
                let gradients = self.steps(epoch, batches, &mut tally, observer)?;
                (tally.means(), gradients)
            }
            _ => self.unequal_epoch(epoch, groups, observer)?,
        };
        Ok(Epoch {
            means,
            seconds: observer.elapsed() - started,
            rates,
            gradients,
        })
    }

    /// Trains the batches of these numbers of an epoch, each of equal size for all members; the
    /// gradients of the last.
    pub(super) fn steps(
        &mut self,
        epoch: usize,
        mut batches: Range<usize>,
        tally: &mut LossAccumulator<B>,
        observer: &mut dyn TrainingHost,
    ) -> Result<Vec<Tensor<B, 3>>, Interrupted> {
        let mut gradients = Vec::new();
        if batches.is_empty() {
            return Ok(gradients);
        }
        // All but the last, whose gradients are kept.
        if let Some(mut fused) = self.fused(epoch, batches.start..batches.end - 1) {
            for index in 0..fused.len() {
                if observer.should_stop() {
                    return Err(Interrupted);
                }
                fused.step(index);
            }
            self.take_back(fused, tally);
            batches.start = batches.end - 1;
        }
        let size = self.members[0].config.training.batch_size.get();
        let counts = self
            .members
            .iter()
            .map(|member| member.partition.train.len());
        let end = counts.fold(batches.end * size, usize::min);
        let rows = batches.start * size..end;
        let rows = BatchPlan::shuffled(self.data, &self.members, epoch, size, rows);
        let rates = batches
            .clone()
            .map(|index| self.learning_rates(epoch, index));
        let rates = PerStep::new(rates.collect(), &self.device);
        let mut noise = self.dropout_noise(epoch, batches.start);
        for (index, range) in rows.ranges(size).enumerate() {
            if observer.should_stop() {
                return Err(Interrupted);
            }
            let batch = rows.batch(range);
            let is_last = index + 1 == batches.len();
            let kept = is_last.then_some(&mut gradients);
            let samples = batch.targets.dims()[1];
            let sums = self.step(batch, noise.as_mut(), &rates.step(index), kept);
            tally.add(sums, samples);
        }
        Ok(gradients)
    }

    /// One optimizer step; the sums of losses and right answers before it: `[members, 1, 2]`.
    /// The gradients of the loss are put into `kept`, if it is there.
    pub(super) fn step(
        &mut self,
        batch: Batch<B>,
        noise: Option<&mut DropoutNoise>,
        learning_rate: &PerMember<B>,
        kept: Option<&mut Vec<Tensor<B, 3>>>,
    ) -> Tensor<B, 3> {
        let (logits, trace) = self.model.forward(batch.input, noise);
        let aims = self.smoothed(batch.targets.clone());
        let CrossEntropy { gradient, sums } = B::cross_entropy(logits, batch.targets, aims);
        let gradients = self.model.backward(trace, gradient);
        if let Some(kept) = kept {
            // Computed beside the step, which must be the same whether or not anybody looks.
            let all = gradients.iter().cloned().flat_map(StageGradient::values);
            *kept = all.collect();
        }
        let (optimizer, max_norm, layers) = (&mut self.optimizer, &self.max_norm, &self.layers);
        self.model.update(|parameters| {
            let stepped = optimizer.descend(parameters, gradients, learning_rate);
            max_norm.apply(stepped, layers)
        });
        sums
    }

    /// Targets with a share spread over all classes: `(1 − ε)·target + ε/classes`
    /// (`torch.nn.CrossEntropyLoss`'s `label_smoothing`).
    fn smoothed(&self, targets: Tensor<B, 3>) -> Tensor<B, 3> {
        if self.label_smoothing.is_zero() {
            return targets;
        }
        let classes = targets.dims()[2] as f64;
        let pulled = targets.clone().neg().add_scalar(1.0 / classes);
        targets + self.label_smoothing.scale(pulled)
    }

    /// Tells the schedules that watch a metric of a member's epoch.
    pub(super) fn epoch_finished(&mut self, position: usize, metrics: &EpochMetrics) {
        let training = &self.members[position].config.training;
        if let Some(plateau) = &mut self.plateaus[position] {
            plateau.epoch_finished(training, metrics);
        }
    }

    /// The learning rate of each member in a step of an epoch, both counted from 0.
    pub(super) fn learning_rates(&self, epoch: usize, index: usize) -> Vec<f64> {
        let rate = |(member, plateau): (&Member, &Option<Plateau>)| {
            let training = &member.config.training;
            let size = training.batch_size.get();
            let steps_per_epoch = member.partition.train.len().div_ceil(size);
            let in_warmup = (epoch as u64) < training.warmup;
            match plateau {
                Some(plateau) if !in_warmup => plateau.rate(),
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

    /// The noise of an epoch from the batch of this number on.
    pub(super) fn dropout_noise(&self, epoch: usize, batch: usize) -> Option<DropoutNoise> {
        let members = self.members.iter();
        let models: Vec<_> = members.clone().map(|member| &member.config.model).collect();
        let seeds: Vec<_> = members.map(|member| member.seed).collect();
        let mut noise = DropoutNoise::new(&models, self.model.stages(), &seeds, epoch)?;
        noise.skip(batch);
        Some(noise)
    }

    /// The norm of the gradient of each layer's weights, for each member.
    pub(super) fn gradient_norms(&self, gradients: &[Tensor<B, 3>]) -> Vec<Vec<f64>> {
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
    pub(super) fn layer_values(
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
    pub(super) fn member_gradients(
        &self,
        gradients: &[Tensor<B, 3>],
        member: usize,
    ) -> Vec<Tensor<B, 3>> {
        let shapes = parameter_shapes(self.model.member_stages(member));
        let own = |(gradient, shape): (&Tensor<B, 3>, _)| {
            trimmed(gradient.clone().narrow(0, member, 1), shape)
        };
        gradients.iter().zip(shapes).map(own).collect()
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
        let file = pytorch::file(include_str!("../../judges/pytorch/optimizers.json"));
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
                let (loss, _) = LossSums::of(logits, cohort.smoothed(targets)).means(0);
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
