//! How many samples go through a network at once where nothing is trained.

use crate::spec::{MAX_EVAL_BATCH_SIZE, MIN_EVAL_BATCH_SIZE, Stage};

/// Numbers that a pass should not exceed within a stage, so that they stay in a core's cache.
const NUMBERS: usize = 1 << 17;

/// Samples of one forward pass of a model of these stages.
///
/// Products of other numbers of rows may add in another order: passes of one size give one result.
pub fn eval_batch_size(stages: &[Stage]) -> usize {
    let widest = stages.iter().map(|stage| stage.peak_values()).max();
    (NUMBERS / widest.unwrap_or(1).max(1)).clamp(MIN_EVAL_BATCH_SIZE, MAX_EVAL_BATCH_SIZE)
}
