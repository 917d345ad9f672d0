//! The state of a cohort in training, and its step.

use super::batches::{Batch, Rows};
use super::member::Member;
use super::optimizer::{Optimizer, new as new_optimizer};
use super::per_member::PerMember;
use super::regularise::Regulariser;
use super::schedule::{Progress, learning_rate};
use super::watch::Plateau;
use super::{Interrupted, Observer};
use crate::data::DeviceDataset;
use crate::event::{EpochMetrics, LayerValues};
use crate::model::{DropoutNoise, Layer, Network, Sums, cross_entropy_gradient};
use crate::spec::Stage;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

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
        let device = data.train.features.device();
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
        let rows = Rows::shuffled(&self.data.train, self.members, epoch, size);
        let mut noise = self.dropout_noise(epoch);
        let ranges: Vec<_> = rows.ranges(size).collect();
        let steps_per_epoch = ranges.len();
        let progress = |index| Progress {
            epoch,
            step: epoch * steps_per_epoch + index,
            steps_per_epoch,
        };
        // Logits are kept to the end of the epoch: one pass over all of them, and one reading
        // back, give the loss and the accuracy that single steps would give.
        let (mut logits, mut targets) = (Vec::new(), Vec::new());
        let mut gradients = Vec::new();
        for (index, range) in ranges.into_iter().enumerate() {
            if observer.interrupted() {
                return Err(Interrupted);
            }
            let batch = rows.batch(range);
            let rates = self.learning_rates(progress(index));
            let rate = PerMember::new(&rates, &self.device);
            targets.push(batch.targets.clone());
            let is_last = index + 1 == steps_per_epoch;
            let kept = is_last.then_some(&mut gradients);
            logits.push(self.step(batch, noise.as_mut(), &rate, kept));
        }
        let sums = Sums::of(Tensor::cat(logits, 1), Tensor::cat(targets, 1));
        Ok(Epoch {
            sums,
            seconds: observer.seconds() - started,
            rates: self.learning_rates(progress(0)),
            gradients,
        })
    }

    /// One optimizer step; the logits before it: `[members, batch, classes]`. The gradients of
    /// the loss are put into `kept`, if it is there.
    pub(super) fn step(
        &mut self,
        batch: Batch<B>,
        noise: Option<&mut DropoutNoise>,
        learning_rate: &PerMember<B>,
        kept: Option<&mut Vec<Tensor<B, 3>>>,
    ) -> Tensor<B, 3> {
        let (logits, trace) = self.model.forward(batch.input, noise);
        let targets = self.smoothed(batch.targets);
        let gradient = cross_entropy_gradient(logits.clone(), targets);
        let gradients = self.model.backward(trace, gradient);
        if let Some(kept) = kept {
            kept.clone_from(&gradients);
        }
        let gradients = self
            .regulariser
            .gradients(self.model.parameters(), gradients);
        let (optimizer, regulariser) = (&mut self.optimizer, &self.regulariser);
        let weights: Vec<usize> = self.layers.iter().map(|layer| layer.weight).collect();
        self.model.update(|parameters| {
            let stepped = optimizer.step(parameters, gradients, learning_rate);
            regulariser.parameters(stepped, &weights)
        });
        logits
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

fn values<B: Backend>(tensor: Tensor<B, 3>) -> Vec<f32> {
    let data = tensor.into_data().convert::<f32>();
    data.into_vec().expect("just converted")
}
