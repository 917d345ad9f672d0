//! Trains one cohort on one device, and detects what can fail there.

pub(super) mod cohort_error;
mod cohort_sizing;
pub(super) mod device_fault;
pub(super) mod fault_check;
pub(super) mod fault_monitor;
pub(super) mod probe;
pub(super) mod rerun;
pub(super) mod tensor_executor;

use crate::data::Normalisation;
use crate::metrics::Profile;
use crate::plan::{Plan, RunId};
use crate::train::TrainingHost;
use cohort_error::CohortError;

/// Trains cohorts. Several threads use it at the same time.
pub trait Executor: Sync {
    /// Prepares a thread, before its first cohort.
    fn prepare_thread(&self) {}

    /// The number of runs of a group (see [`Plan::stack_groups`]) to train together for the highest
    /// speed; at least 1.
    ///
    /// May train a few steps to measure it. Called before the first cohort is executed.
    fn cohort_size(&self, _plan: &Plan, _group: &[RunId]) -> usize {
        1
    }

    /// Whether models of different widths may be padded to be trained together. Padding changes
    /// the order of additions, and so the last bits of the results.
    fn allows_padding(&self) -> bool {
        false
    }

    /// Trains the runs of one cohort, and reports the end of each to `host`.
    ///
    /// # Errors
    /// Why the training did not finish. Events that `host` received before are valid.
    fn execute(
        &self,
        plan: &Plan,
        cohort: &[RunId],
        host: &mut TrainingHost<'_>,
    ) -> Result<(), CohortError>;

    /// Measures the training of a run once, while nothing else uses the device; `None` if it cannot be
    /// measured.
    ///
    /// # Errors
    /// Why the training did not finish.
    fn profile(&self, _plan: &Plan, _run: RunId) -> Result<Option<Profile>, CohortError> {
        Ok(None)
    }

    /// The normalisation of a run's samples, if it is computed from the run's own training samples.
    fn normalisation(&self, _plan: &Plan, _run: RunId) -> Option<Normalisation> {
        None
    }
}
