//! Sweeps that give no plan.

use crate::spec::Diagnostic;

/// The most trials a plan may have.
pub const MOST_TRIALS: usize = 1_000_000;

/// The most runs a plan may have: trials times repeats times folds.
pub const MOST_RUNS: usize = 10_000_000;

/// A sweep whose parts are valid, but not together.
#[derive(Clone, Debug, thiserror::Error)]
#[error(transparent)]
pub struct PlanError(#[from] pub Diagnostic);
