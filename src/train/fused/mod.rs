//! Steps by kernels that train whole steps of stacked multilayer perceptrons.
//!
//! They do what [`Cohort::step`] does, in fewer passes over memory and with nothing copied to the device
//! within an epoch. What they cannot do (norms other than a batch norm before an activation, convolutions,
//! augmentation, bounds on norms, dropout of the input) is left to it.

mod layers;
mod rule;

use super::batches::Order;
use super::cohort::Cohort;
use super::loss_accumulator::LossAccumulator;
use super::optimizer::StateLists;
use crate::backend::{
    Backend, FusedBatch, FusedEnd, FusedEpoch, FusedModel, FusedStart, FusedState, FusedTraining,
};
use crate::model::DropoutNoise;
use std::ops::Range;

/// A cohort whose steps are taken by kernels of whole steps.
pub(super) struct Fused<B: Backend> {
    training: Box<dyn FusedTraining<B>>,
    /// Of each step its batch.
    batches: Vec<FusedBatch>,
    /// What the optimizers will know of each member beside their lists.
    memory: StateLists<B>,
    samples: usize,
}

impl<B: Backend> Cohort<'_, B> {
    /// Hands the cohort to kernels of whole steps, for the batches of these numbers of an epoch, each of
    /// equal size for all members; nothing where they cannot train it.
    ///
    /// The cohort's own parameters stay as they are until [`take_back`](Self::take_back).
    pub(super) fn fused(&self, epoch: usize, batches: Range<usize>) -> Option<Fused<B>> {
        if !B::FUSES || batches.is_empty() {
            return None;
        }
        let trainings: Vec<_> = self.members.iter().map(|m| &m.config.training).collect();
        let rules: Option<Vec<_>> = trainings
            .iter()
            .map(|training| rule::of(training))
            .collect();
        let table = self.data.train.table()?;
        let models: Vec<_> = self.members.iter().map(|m| &m.config.model).collect();
        let own: Vec<_> = (0..self.members.len())
            .map(|m| self.model.member_stages(m))
            .collect();
        let (layers, sites) = layers::of(self.model.stages(), &own, &models)?;
        let model = FusedModel {
            layers,
            rules: rules?,
            smoothing: trainings
                .iter()
                .map(|t| t.label_smoothing.get() as f32)
                .collect(),
        };
        let size = trainings[0].batch_size.get();
        let counts = self
            .members
            .iter()
            .map(|member| member.partition.train.len());
        let end = counts.fold(batches.end * size, usize::min);
        let rows = batches.start * size..end;
        let order = Order::shuffled(self.data, &self.members, epoch, size, rows.clone())?;
        let features = model.layers[0].inputs;
        let scaling = order.scaling(table.scaling, features);
        let mut first = 0;
        let batch = |(step, start): (usize, usize)| {
            let rows = size.min(end - start);
            let batch = FusedBatch { step, first, rows };
            first += rows * order.owners;
            batch
        };
        let list: Vec<_> = rows.clone().step_by(size).enumerate().map(batch).collect();
        let mut memory = self.optimizer.memory();
        let mut numbers = rule::Numbers::new(&trainings, &memory);
        let is_new = memory.lists.first().is_none_or(Vec::is_empty);
        let steps = batches.clone().flat_map(|index| {
            let is_first = is_new && index == batches.start;
            numbers.step(&self.learning_rates(epoch, index), is_first)
        });
        let steps = steps.collect();
        let keys = match sites.is_empty() {
            true => Vec::new(),
            false => {
                let mut noise = self.dropout_noise(epoch, batches.start)?;
                let step = |_| step_keys(&mut noise, &sites);
                list.iter().flat_map(step).collect()
            }
        };
        let training = B::fused(FusedStart {
            epoch: FusedEpoch {
                positions: order.positions,
                owners: order.owners,
                scaling,
                steps,
                keys,
            },
            model,
            features: table.features,
            targets: self.data.train.targets().clone(),
            batch: size.min(rows.len()),
            state: FusedState {
                parameters: self.model.parameters().to_vec(),
                lists: std::mem::take(&mut memory.lists),
                statistics: self.model.statistics(),
            },
        })?;
        numbers.remember(&mut memory);
        Some(Fused {
            training,
            batches: list,
            memory,
            samples: rows.len(),
        })
    }

    /// Goes on from what the kernels made of the cohort; the sums of their steps are added to `tally`.
    pub(super) fn take_back(&mut self, fused: Fused<B>, tally: &mut LossAccumulator<B>) {
        let Fused {
            training,
            memory,
            samples,
            ..
        } = fused;
        let (optimizer, device) = (&mut self.optimizer, &self.device);
        let mut rest = None;
        self.model.update(|parameters| {
            // Freed before the kernels return new memory.
            drop(parameters);
            optimizer.set_memory(StateLists {
                lists: Vec::new(),
                ..memory.clone()
            });
            let _ = B::sync(device);
            let FusedEnd { state, sums } = training.finish();
            rest = Some((state.lists, state.statistics, sums));
            state.parameters
        });
        let (lists, statistics, sums) = rest.expect("the update was called");
        self.model.set_statistics(statistics);
        self.optimizer.set_memory(StateLists { lists, ..memory });
        tally.add(sums, samples);
    }
}

impl<B: Backend> Fused<B> {
    /// Trains a batch, counted from the first that the kernels were handed.
    pub(super) fn step(&mut self, index: usize) {
        self.training.step(self.batches[index]);
    }

    /// How many batches there are.
    pub(super) fn len(&self) -> usize {
        self.batches.len()
    }

    /// Bytes of device memory that the cohort takes, without the samples.
    pub(super) fn bytes(&self) -> u64 {
        self.training.bytes()
    }

    /// Waits for the device.
    pub(super) fn wait(&self) {
        self.training.wait();
    }
}

/// The keys of a step: `[sites, members, 2]`.
fn step_keys(noise: &mut DropoutNoise, sites: &[crate::spec::DropoutSite]) -> Vec<u32> {
    let of = |site| noise.keys(site).into_iter().flatten().flatten();
    sites.iter().copied().flat_map(of).collect()
}
