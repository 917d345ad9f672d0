//! Losses and scores: of the steps of an epoch, and of samples that are not trained on.

mod loss_accumulator;
mod predictions;

pub(super) use loss_accumulator::LossAccumulator;
pub(super) use predictions::Predictions;
