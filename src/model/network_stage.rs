//! A stage of a stacked network.

use crate::backend::Backend;
use crate::stages::StageOperation;

/// A stage of a network.
#[derive(Clone, Debug)]
pub(super) struct NetworkStage<B: Backend> {
    pub(super) operation: StageOperation<B>,
    /// The number of its parameters.
    pub(super) parameters: usize,
}
