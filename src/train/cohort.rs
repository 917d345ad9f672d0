//! The state of a cohort in training, and its step.

use super::batches::{Batch, Rows};
use super::member::Member;
use super::optimizer::{Optimizer, new as new_optimizer};
use super::per_member::PerMember;
use super::regularise::Regulariser;
use super::schedule::{Progress, learning_rate};
use super::watch::Plateau;
use super::{Interrupted, Observer};
use crate::backend::{Backend, CrossEntropy};
use crate::data::DeviceDataset;
use crate::event::{EpochMetrics, LayerValues};
use crate::model::{DropoutNoise, Layer, Network, StageGradient, Sums, values};
use crate::spec::{self, Stage, Training};
use burn::tensor::Tensor;

/// The state of a cohort in training.
pub(super) struct Cohort<'a, B: Backend> {
    pub(super) data: &'a DeviceDataset<B>,
    pub(super) members: &'a [Member<'a>],
    pub(super) model: Network<B>,
    stages: Vec<Stage>,
    layers: Vec<Layer>,
    optimizer: Box<dyn Optimizer<B>>,
    regulariser: Regulariser<B>,
    label_smoothing: PerMember<B>,
    /// The weight decay of each member where all go down the plain gradient: then gradients need
    /// not be computed apart from the step.
    plain: Option<Vec<f64>>,
    plateaus: Vec<Option<Plateau>>,
    pub(super) device: B::Device,
}

/// What an epoch of a cohort gave.
pub(super) struct Epoch<B: Backend> {
    /// Over the epoch's samples.
    pub(super) sums: Sums,
    /// Of all steps.
    pub(super) seconds: f64,
    /// Each member's at the first step.
    pub(super) rates: Vec<f64>,
    /// The gradients of the last step, as the loss alone gives them.
    pub(super) gradients: Vec<Tensor<B, 3>>,
}

impl<'a, B: Backend> Cohort<'a, B> {
    pub(super) fn new(data: &'a DeviceDataset<B>, members: &'a [Member<'a>]) -> Self {
        let device = data.train.device();
        let seeds: Vec<_> = members.iter().map(|member| member.seed).collect();
        let configs: Vec<_> = members.iter().map(|member| member.config).collect();
        let trainings: Vec<_> = members.iter().map(|m| &m.config.training).collect();
        let model = Network::new(&configs, &seeds, &device);
        Self {
            data,
            members,
            stages: configs[0].stages(),
            layers: model.layers(),
            model,
            optimizer: new_optimizer(&trainings, &device),
            regulariser: Regulariser::new(&trainings, &device),
            label_smoothing: PerMember::of(&trainings, |t| t.label_smoothing.get(), &device),
            plain: trainings.iter().map(|t| plain_decay(t)).collect(),
            plateaus: trainings.iter().map(|t| Plateau::new(t)).collect(),
            device,
        }
    }

    /// Trains one epoch.
    pub(super) fn epoch(
        &mut self,
        epoch: usize,
        observer: &mut dyn Observer,
    ) -> Result<Epoch<B>, Interrupted> {
        let started = observer.seconds();
        let size = self.members[0].config.training.batch_size.get();
        let rows = Rows::shuffled(self.data, self.members, epoch, size);
        let mut noise = self.dropout_noise(epoch);
        let ranges: Vec<_> = rows.ranges(size).collect();
        let steps_per_epoch = ranges.len();
        let progress = |index| Progress {
            epoch,
            step: epoch * steps_per_epoch + index,
            steps_per_epoch,
        };
        // Sums stay on the device to the end of the epoch: one reading back tells the loss and
        // the accuracy that single steps would tell.
        let mut sums = Tensor::zeros([self.members.len(), 1, 2], &self.device);
        let mut gradients = Vec::new();
        for (index, range) in ranges.into_iter().enumerate() {
            if observer.interrupted() {
                return Err(Interrupted);
            }
            let batch = rows.batch(range);
            let rates = self.learning_rates(progress(index));
            let is_last = index + 1 == steps_per_epoch;
            let kept = is_last.then_some(&mut gradients);
            sums = sums + self.step(batch, noise.as_mut(), &rates, kept);
        }
        let samples = self.members[0].partition.train.len();
        let sums = Sums::read(sums, samples);
        Ok(Epoch {
            sums,
            seconds: observer.seconds() - started,
            rates: self.learning_rates(progress(0)),
            gradients,
        })
    }

    /// One optimizer step; the sums of losses and right answers before it: `[members, 1, 2]`.
    /// The gradients of the loss are put into `kept`, if it is there.
    pub(super) fn step(
        &mut self,
        batch: Batch<B>,
        noise: Option<&mut DropoutNoise>,
        rates: &[f64],
        kept: Option<&mut Vec<Tensor<B, 3>>>,
    ) -> Tensor<B, 3> {
        let (logits, trace) = self.model.forward(batch.input, noise);
        let aims = self.smoothed(batch.targets.clone());
        let CrossEntropy { gradient, sums } = B::cross_entropy(logits, batch.targets, aims);
        let gradients = self.model.backward(trace, gradient);
        match &self.plain {
            Some(decays) if B::DESCENDS && kept.is_none() => {
                let pairs = rates.iter().zip(decays);
                let keep: Vec<f32> = pairs
                    .map(|(rate, decay)| (1.0 - rate * decay) as f32)
                    .collect();
                let rates: Vec<f32> = rates.iter().map(|&rate| rate as f32).collect();
                self.model.descend(gradients, &keep, &rates);
                let (regulariser, layers) = (&self.regulariser, &self.layers);
                self.model
                    .update(|parameters| regulariser.parameters(parameters, layers));
            }
            _ => {
                let gradients = gradients
                    .into_iter()
                    .flat_map(StageGradient::values)
                    .collect();
                self.optimizer_step(gradients, rates, kept);
            }
        }
        sums
    }

    fn optimizer_step(
        &mut self,
        gradients: Vec<Tensor<B, 3>>,
        rates: &[f64],
        kept: Option<&mut Vec<Tensor<B, 3>>>,
    ) {
        if let Some(kept) = kept {
            kept.clone_from(&gradients);
        }
        let gradients = self
            .regulariser
            .gradients(self.model.parameters(), gradients);
        let rate = PerMember::new(rates, &self.device);
        let (optimizer, regulariser) = (&mut self.optimizer, &self.regulariser);
        let layers = &self.layers;
        self.model.update(|parameters| {
            let stepped = optimizer.step(parameters, gradients, &rate);
            regulariser.parameters(stepped, layers)
        });
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

    pub(super) fn learning_rates(&self, progress: Progress) -> Vec<f64> {
        let rate = |(member, plateau): (&Member, &Option<Plateau>)| {
            let training = &member.config.training;
            let in_warmup = (progress.epoch as u64) < training.warmup;
            match plateau {
                Some(plateau) if !in_warmup => plateau.rate,
                _ => learning_rate(training, progress),
            }
        };
        self.members.iter().zip(&self.plateaus).map(rate).collect()
    }

    pub(super) fn dropout_noise(&self, epoch: usize) -> Option<DropoutNoise> {
        let members = self.members.iter();
        let models: Vec<_> = members.clone().map(|member| &member.config.model).collect();
        let seeds: Vec<_> = members.map(|member| member.seed).collect();
        DropoutNoise::new(&models, &self.stages, &seeds, epoch)
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

    /// The weights and gradients of each layer of one member.
    pub(super) fn layer_values(
        &self,
        gradients: &[Tensor<B, 3>],
        member: usize,
    ) -> Vec<LayerValues> {
        let of = |tensor: &Tensor<B, 3>| values(tensor.clone().narrow(0, member, 1));
        self.layers
            .iter()
            .map(|layer| LayerValues {
                name: layer.name.clone(),
                weights: of(&self.model.parameters()[layer.weight]),
                gradients: of(&gradients[layer.weight]),
            })
            .collect()
    }
}

/// The weight decay of a member that goes down the gradient of its loss and nothing else.
fn plain_decay(training: &Training) -> Option<f64> {
    let is_plain = training.optimizer == spec::Optimizer::Sgd
        && training.momentum.get() == 0.0
        && training.l1.get() == 0.0
        && training.clip_value.is_none()
        && training.clip_norm.is_none();
    is_plain.then(|| training.weight_decay())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DeviceSamples, Partition};
    use crate::pytorch;
    use crate::random::Seed;
    use crate::spec::{Config, Facts};
    use burn::backend::Flex;
    use burn::tensor::TensorData;
    use std::sync::Arc;

    /// Ten steps on a small problem, in single precision.
    #[test]
    fn every_step_of_every_optimizer_is_that_of_pytorch() {
        let file = pytorch::file(include_str!("../../tests/pytorch/optimizers.json"));
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
            black: vec![0.0],
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
            config.facts = Facts {
                features: 6,
                classes: 4,
                image: None,
                ..Facts::default()
            };
            config.check().unwrap();
            let members = [Member {
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
            }];
            let mut cohort = Cohort::new(&data, &members);
            cohort.model.update(|_| initial.clone());
            let rate = config.training.learning_rate.get();
            let losses = pytorch::doubles(&case["losses"]);
            let steps = case["parameters"].as_array().unwrap();
            assert_eq!(steps.len(), 10);
            for (step, expected) in steps.iter().enumerate() {
                let all = samples.range(0..labels.len());
                let [input, targets] = all.map(Tensor::unsqueeze);
                let batch = Batch { input, targets };
                let targets = batch.targets.clone();
                let logits = cohort.model.predict(batch.input.clone());
                cohort.step(batch, None, &[rate], None);
                let what = format!("{} step {step}", case["name"]);
                // PyTorch's loss has the smoothing in it.
                let (loss, _) = Sums::of(logits, cohort.smoothed(targets)).means(0);
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
