//! Training of one cohort: its step, its epochs, its ends.
//!
//! No files, and no clock but the one handed in: what happens is told to an [`Observer`].

mod augment;
mod batches;
mod evaluate;
mod member;
mod optimizer;
mod per_member;
mod scaling;
mod schedule;

pub use member::Member;
pub use optimizer::{Optimizer, new as new_optimizer};
pub use per_member::PerMember;
pub use schedule::{Progress, learning_rate};

use crate::data::DeviceDataset;
use crate::event::{EpochMetrics, Failure, Outcome, TestMetrics};
use crate::model::{DropoutNoise, Mlp, Sums, cross_entropy_gradient};
use batches::Rows;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// Who watches a training.
pub trait Observer {
    /// Seconds since any fixed moment.
    fn seconds(&self) -> f64;
    /// Whether to leave the training unfinished.
    fn interrupted(&self) -> bool;
    /// The member at this position has finished an epoch.
    fn epoch_finished(&mut self, member: usize, metrics: &EpochMetrics);
}

/// The training was left unfinished, as its observer asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted;

/// Trains the members of a cohort together; how each ended, in their order.
///
/// # Errors
/// [`Interrupted`] where the observer asked for it: nothing of the cohort is to be kept.
///
/// # Panics
/// When the members differ in shape: see [`Member`].
pub fn train<B: Backend>(
    data: &DeviceDataset<B>,
    members: &[Member],
    observer: &mut dyn Observer,
) -> Result<Vec<Outcome>, Interrupted> {
    member::assert_stackable(members);
    let mut cohort = Cohort::new(data, members);
    let mut failures: Vec<Option<Failure>> = vec![None; members.len()];
    let epochs = members[0].config.training.epochs.get();
    for epoch in 0..epochs {
        let (sums, seconds, rates) = cohort.epoch(epoch, observer)?;
        let validation = evaluate::on_validation(&cohort.model, &data.train, members);
        for (position, failure) in failures.iter_mut().enumerate() {
            let (train_loss, train_accuracy) = sums.means(position);
            let held_out = validation.as_ref().map(|sums| sums.means(position));
            if failure.is_some() {
                continue;
            }
            let numbers = [
                Some(train_loss),
                held_out.map(|(loss, _)| loss),
                Some(rates[position]),
            ];
            if numbers.iter().flatten().any(|number| !number.is_finite()) {
                *failure = Some(Failure::Diverged { epoch: epoch + 1 });
                continue;
            }
            let metrics = EpochMetrics {
                epoch: epoch + 1,
                train_loss,
                train_accuracy,
                val_loss: held_out.map(|(loss, _)| loss),
                val_accuracy: held_out.map(|(_, accuracy)| accuracy),
                learning_rate: rates[position],
                seconds,
            };
            observer.epoch_finished(position, &metrics);
        }
        if failures.iter().all(Option::is_some) {
            break;
        }
    }
    let test = evaluate::on_all(&cohort.model, &data.test, members);
    let ends = failures.into_iter().enumerate().map(|(position, failure)| {
        let (loss, accuracy) = test.means(position);
        match failure {
            Some(failure) => Outcome::Failed(failure),
            None if !loss.is_finite() => Outcome::Failed(Failure::Diverged { epoch: epochs }),
            None => Outcome::Finished(TestMetrics { loss, accuracy }),
        }
    });
    Ok(ends.collect())
}

/// The state of a cohort in training.
struct Cohort<'a, B: Backend> {
    data: &'a DeviceDataset<B>,
    members: &'a [Member<'a>],
    model: Mlp<B>,
    optimizer: Box<dyn Optimizer<B>>,
    weight_decay: PerMember<B>,
    device: B::Device,
}

impl<'a, B: Backend> Cohort<'a, B> {
    fn new(data: &'a DeviceDataset<B>, members: &'a [Member<'a>]) -> Self {
        let device = data.train.features.device();
        let seeds: Vec<_> = members.iter().map(|member| member.seed).collect();
        let trainings: Vec<_> = members.iter().map(|m| &m.config.training).collect();
        let decay: Vec<f64> = trainings.iter().map(|t| t.weight_decay.get()).collect();
        let model = &members[0].config.model;
        Self {
            data,
            members,
            model: Mlp::new(
                &seeds,
                data.train.features.dims()[1],
                &model.hidden_widths(),
                data.train.targets.dims()[1],
                model.activation,
                &device,
            ),
            optimizer: new_optimizer(&trainings, &device),
            weight_decay: PerMember::new(&decay, &device),
            device,
        }
    }

    /// Trains one epoch; the sums over its samples, its seconds, and each member's learning rate.
    fn epoch(
        &mut self,
        epoch: usize,
        observer: &mut dyn Observer,
    ) -> Result<(Sums, f64, Vec<f64>), Interrupted> {
        let started = observer.seconds();
        let size = self.members[0].config.training.batch_size.get();
        let rows = Rows::shuffled(self.data, self.members, epoch, size);
        let mut noise = self.dropout_noise(epoch);
        let ranges: Vec<_> = rows.ranges(size).collect();
        let steps_per_epoch = ranges.len();
        // Logits are kept to the end of the epoch: one pass over all of them, and one reading
        // back, give the loss and the accuracy that single steps would give.
        let (mut logits, mut targets) = (Vec::new(), Vec::new());
        for (index, range) in ranges.into_iter().enumerate() {
            if observer.interrupted() {
                return Err(Interrupted);
            }
            let batch = rows.batch(range);
            let rates = self.learning_rates(Progress {
                epoch,
                step: epoch * steps_per_epoch + index,
                steps_per_epoch,
            });
            let rate = PerMember::new(&rates, &self.device);
            targets.push(batch.targets.clone());
            logits.push(self.step(batch, noise.as_mut(), &rate));
        }
        let sums = Sums::of(Tensor::cat(logits, 1), Tensor::cat(targets, 1));
        let rates = self.learning_rates(Progress {
            epoch,
            step: epoch * steps_per_epoch,
            steps_per_epoch,
        });
        Ok((sums, observer.seconds() - started, rates))
    }

    /// One optimizer step; the logits before it: `[members, batch, classes]`.
    fn step(
        &mut self,
        batch: batches::Batch<B>,
        noise: Option<&mut DropoutNoise>,
        learning_rate: &PerMember<B>,
    ) -> Tensor<B, 3> {
        let (logits, trace) = self.model.forward(batch.input, noise);
        let gradient = cross_entropy_gradient(logits.clone(), batch.targets);
        let mut gradients = self.model.backward(trace, gradient);
        if !self.weight_decay.is_zero() {
            gradients = gradients
                .into_iter()
                .zip(self.model.parameters())
                .map(|(gradient, parameter)| gradient + self.weight_decay.scale(parameter))
                .collect();
        }
        let optimizer = &mut self.optimizer;
        self.model
            .update(|parameters| optimizer.step(parameters, gradients, learning_rate));
        logits
    }

    fn learning_rates(&self, progress: Progress) -> Vec<f64> {
        self.members
            .iter()
            .map(|member| learning_rate(&member.config.training, progress))
            .collect()
    }

    fn dropout_noise(&self, epoch: usize) -> Option<DropoutNoise> {
        let members = self.members.iter();
        let rates: Vec<f64> = members
            .clone()
            .map(|m| m.config.model.dropout.get())
            .collect();
        let seeds: Vec<_> = members.map(|member| member.seed).collect();
        let layers = self.members[0].config.model.hidden_widths().len();
        DropoutNoise::new(&rates, &seeds, layers, epoch)
    }
}
