//! The batch size of evaluation.

use crate::spec::{MAX_EVAL_BATCH_SIZE, MIN_EVAL_BATCH_SIZE};
use crate::stages::Stage;

/// The maximum number of values of a stage for a batch, so that they stay in a core's cache.
const MAX_CACHED_VALUES: usize = 1 << 17;

/// The evaluation batch size of a model of these stages.
///
/// A product with a different number of rows may add in a different order. Using one batch size
/// everywhere gives the same results everywhere.
pub fn eval_batch_size(stages: &[Stage]) -> usize {
    let widest = stages.iter().map(|stage| stage.peak_values()).max();
    (MAX_CACHED_VALUES / widest.unwrap_or(1).max(1)).clamp(MIN_EVAL_BATCH_SIZE, MAX_EVAL_BATCH_SIZE)
}
