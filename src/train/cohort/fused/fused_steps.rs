//! The fused steps of a cohort.

use super::fused_layers::fused_layers;
use crate::backend::{
    Backend, FusedBatch, FusedEnd, FusedEpoch, FusedModel, FusedStart, FusedState, FusedTraining,
};
use crate::optimizers::StackedState;
use crate::stages::{DropoutNoise, DropoutSite};
use crate::train::batches::EpochOrder;
use crate::train::cohort::state::Cohort;
use crate::train::evaluation::LossAccumulator;
use crate::train::optimizer::StepConstants;
use std::ops::Range;

/// A cohort in training by kernels of whole steps.
pub(in crate::train) struct FusedSteps<B: Backend> {
    training: Box<dyn FusedTraining<B>>,
    /// The batch of each step.
    batches: Vec<FusedBatch>,
    /// The state of the optimizers after the steps, without its lists.
    state: StackedState<B>,
    samples: usize,
}

impl<B: Backend> Cohort<'_, B> {
    /// Passes the cohort to kernels of whole steps, for these batches of an epoch, counted from 0; each
    /// must have the same size for all members. Returns `None` if the kernels do not support the cohort.
    ///
    /// The cohort's own parameters do not change until
    /// [`finish_fused_steps`](Self::finish_fused_steps).
    pub(in crate::train) fn fused_steps(
        &self,
        epoch: usize,
        batches: Range<usize>,
    ) -> Option<FusedSteps<B>> {
        if !B::HAS_FUSED_STEPS || batches.is_empty() {
            return None;
        }
        let trainings: Vec<_> = self.members.iter().map(|m| &m.config.training).collect();
        // Bounds that depend on all gradients, or on all weights of a unit.
        let mut bounds = trainings.iter().flat_map(|t| [t.clip_norm, t.max_norm]);
        if bounds.any(|bound| bound.is_some()) {
            return None;
        }
        let table = self.data.train.table()?;
        let models: Vec<_> = self.members.iter().map(|m| &m.config.model).collect();
        let member_stages: Vec<_> = (0..self.members.len())
            .map(|m| self.model.member_stages(m))
            .collect();
        let rules = trainings.iter().map(|t| t.optimizer_settings().rule());
        let rules = rules.collect::<Option<Vec<_>>>()?;
        let (layers, sites) = fused_layers(self.model.stages(), &member_stages, &models)?;
        let model = FusedModel {
            layers,
            rules,
            smoothing: trainings
                .iter()
                .map(|t| t.label_smoothing.get() as f32)
                .collect(),
        };
        let batch_size = trainings[0].batch_size.get();
        let rows = self.rows(&batches);
        let order =
            EpochOrder::shuffled(self.data, &self.members, epoch, batch_size, rows.clone())?;
        let features = model.layers[0].inputs;
        let scaling = order.scaling(table.scaling, features);
        let mut first = 0;
        let batch = |(step, start): (usize, usize)| {
            let size = batch_size.min(rows.end - start);
            let batch = FusedBatch {
                step,
                first,
                rows: size,
            };
            first += size * order.owners;
            batch
        };
        let fused_batches: Vec<_> = rows
            .clone()
            .step_by(batch_size)
            .enumerate()
            .map(batch)
            .collect();
        let mut state = self.optimizer.stacked_state();
        let settings = trainings.iter().map(|&training| training.clone());
        let mut constants = StepConstants::new(settings.collect());
        constants.restore(&state);
        let is_new = state.lists.first().is_none_or(Vec::is_empty);
        let steps = batches.clone().flat_map(|index| {
            let is_first = is_new && index == batches.start;
            constants.step(&self.learning_rates(epoch, index), is_first)
        });
        let steps = steps.collect();
        let keys = if sites.is_empty() {
            Vec::new()
        } else {
            let mut noise = self.dropout_noise(epoch, batches.start)?;
            let keys_of_step = |_| step_keys(&mut noise, &sites);
            fused_batches.iter().flat_map(keys_of_step).collect()
        };
        let training = B::fused_training(FusedStart {
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
            batch: batch_size.min(rows.len()),
            state: FusedState {
                parameters: self.model.parameters().to_vec(),
                lists: std::mem::take(&mut state.lists),
                statistics: self.model.statistics(),
            },
        })?;
        constants.save_counters(&mut state);
        Some(FusedSteps {
            training,
            batches: fused_batches,
            state,
            samples: rows.len(),
        })
    }

    /// Takes over the state after the fused steps, and adds their losses to `losses`.
    pub(in crate::train) fn finish_fused_steps(
        &mut self,
        fused: FusedSteps<B>,
        losses: &mut LossAccumulator<B>,
    ) {
        let FusedSteps {
            training,
            state: counters,
            samples,
            ..
        } = fused;
        let (optimizer, device) = (&mut self.optimizer, &self.device);
        let mut end = None;
        self.model.update(|parameters| {
            // Free the old parameters before the kernels return new ones.
            drop(parameters);
            optimizer.set_stacked_state(StackedState {
                lists: Vec::new(),
                ..counters.clone()
            });
            let _ = B::sync(device);
            let FusedEnd { state, sums } = training.finish();
            end = Some((state.lists, state.statistics, sums));
            state.parameters
        });
        let (lists, statistics, sums) = end.expect("the update was called");
        self.model.set_statistics(statistics);
        self.optimizer
            .set_stacked_state(StackedState { lists, ..counters });
        losses.add(sums, samples);
    }
}

impl<B: Backend> FusedSteps<B> {
    /// Trains a batch, counted from the first that was passed to the kernels.
    pub(in crate::train) fn step(&mut self, index: usize) {
        self.training.step(self.batches[index]);
    }

    /// The number of batches.
    pub(in crate::train) fn len(&self) -> usize {
        self.batches.len()
    }

    /// Bytes of device memory that the cohort uses, without the samples.
    pub(in crate::train) fn bytes(&self) -> u64 {
        self.training.bytes()
    }

    /// Waits for the device.
    pub(in crate::train) fn wait(&self) {
        self.training.wait();
    }
}

/// The dropout keys of a step: `[sites, members, 2]`.
fn step_keys(noise: &mut DropoutNoise, sites: &[DropoutSite]) -> Vec<u32> {
    let keys = |site| noise.keys(site).into_iter().flatten().flatten();
    sites.iter().copied().flat_map(keys).collect()
}
