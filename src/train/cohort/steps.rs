//! The steps of a range of batches.

use super::state::Cohort;
use crate::backend::Backend;
use crate::optimizers::PerStep;
use crate::train::batches::BatchPlan;
use crate::train::evaluation::LossAccumulator;
use crate::train::events::Interrupted;
use crate::train::training_host::TrainingHost;
use burn::tensor::Tensor;
use std::ops::Range;

impl<B: Backend> Cohort<'_, B> {
    /// Trains these batches of an epoch, counted from 0; each must have the same size for all
    /// members. Adds their losses to `losses`, and returns the gradients of the last batch; none if
    /// there is no batch.
    pub(super) fn steps(
        &mut self,
        epoch: usize,
        mut batches: Range<usize>,
        losses: &mut LossAccumulator<B>,
        host: &TrainingHost<'_>,
    ) -> Result<Vec<Tensor<B, 3>>, Interrupted> {
        let mut gradients = Vec::new();
        if batches.is_empty() {
            return Ok(gradients);
        }
        // All but the last, whose gradients are returned.
        if let Some(mut fused) = self.fused_steps(epoch, batches.start..batches.end - 1) {
            for index in 0..fused.len() {
                host.check_stop()?;
                fused.step(index);
            }
            self.finish_fused_steps(fused, losses);
            batches.start = batches.end - 1;
        }
        let batch_size = self.members[0].config.training.batch_size.get();
        let rows = self.rows(&batches);
        let plan = BatchPlan::shuffled(self.data, &self.members, epoch, batch_size, rows);
        let rates = batches
            .clone()
            .map(|index| self.learning_rates(epoch, index));
        let rates = PerStep::new(rates.collect(), &self.device);
        let mut noise = self.dropout_noise(epoch, batches.start);
        for (index, range) in plan.ranges(batch_size).enumerate() {
            host.check_stop()?;
            let batch = plan.batch(range);
            let is_last = index + 1 == batches.len();
            let gradients_out = is_last.then_some(&mut gradients);
            let samples = batch.targets.dims()[1];
            let sums = self.step(batch, noise.as_mut(), &rates.step(index), gradients_out);
            losses.add(sums, samples);
        }
        Ok(gradients)
    }
}
