//! One epoch of a cohort.

use super::state::Cohort;
use crate::backend::Backend;
use crate::metrics::Scores;
use crate::train::evaluation::LossAccumulator;
use crate::train::events::Interrupted;
use crate::train::grouping::group_by_key;
use crate::train::training_host::TrainingHost;
use burn::tensor::Tensor;

/// The result of an epoch.
pub(in crate::train) struct Epoch<B: Backend> {
    /// For each member, the loss and accuracy over the epoch's samples.
    pub(in crate::train) scores: Vec<Scores>,
    /// Duration of all steps.
    pub(in crate::train) seconds: f64,
    /// For each member, the learning rate of the first step.
    pub(in crate::train) learning_rates: Vec<f64>,
    /// The gradients of the loss at each member's last step, without penalties or clipping.
    pub(in crate::train) gradients: Vec<Tensor<B, 3>>,
}

impl<B: Backend> Cohort<'_, B> {
    /// Trains one epoch, counted from 0.
    pub(in crate::train) fn epoch(
        &mut self,
        epoch: usize,
        host: &TrainingHost<'_>,
    ) -> Result<Epoch<B>, Interrupted> {
        let started = host.clock.elapsed();
        let learning_rates = self.learning_rates(epoch, 0);
        let groups = group_by_key(
            self.members
                .iter()
                .map(|member| member.partition.train.len()),
        );
        let (scores, gradients) = match groups[..] {
            [(samples, _)] => {
                let batch_size = self.members[0].config.training.batch_size.get();
                let mut losses = LossAccumulator::new();
                let batches = 0..samples.div_ceil(batch_size);
                let gradients = self.steps(epoch, batches, &mut losses, host)?;
                (losses.scores(), gradients)
            }
            _ => self.uneven_epoch(epoch, groups, host)?,
        };
        Ok(Epoch {
            scores,
            seconds: host.clock.elapsed() - started,
            learning_rates,
            gradients,
        })
    }
}
