//! Sweeps that have no plan.

use crate::spec::Diagnostic;

/// The maximum number of trials of a plan.
pub const MAX_TRIALS: usize = 1_000_000;

/// The maximum number of runs of a plan: trials times repeats times folds.
pub const MAX_RUNS: usize = 10_000_000;

/// A sweep whose parts are valid but contradict each other.
#[derive(Clone, Debug, thiserror::Error)]
#[error(transparent)]
pub struct PlanError(#[from] pub Diagnostic);
