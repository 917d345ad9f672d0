//! What the scheduler executes: a plan, where its results go, the devices and the options.

use super::executor::Executor;
use super::interrupt::Interrupt;
use super::progress::Progress;
use crate::plan::{Plan, RunId};
use crate::record::Store;
use crate::spec::Sweep;

/// Everything that training a sweep needs.
pub struct ExecutionContext<'a> {
    /// The sweep.
    pub sweep: &'a Sweep,
    /// Its plan.
    pub plan: &'a Plan,
    /// Where its results are stored.
    pub store: &'a Store,
    /// The runs of this process's shard; `None` for all runs of the plan. Other processes may train
    /// the remaining runs, and these too: this process then reads the results of its shard only, and
    /// leaves the scores of whole trials to a process that sees all runs.
    pub shard: Option<&'a [RunId]>,
    /// The devices, at least one. All take cohorts from one queue.
    pub devices: &'a [DeviceSlot<'a>],
    /// The maximum number of runs in a cohort, at least 1; `None` for the size that the first device
    /// trains fastest.
    pub max_cohort_size: Option<usize>,
    /// Whether to train runs again that failed for good.
    pub retry_failed: bool,
    /// Whether to stop at the first run that fails.
    pub fail_fast: bool,
    /// Receives the progress.
    pub progress: &'a dyn Progress,
    /// Whether the user asked to stop.
    pub interrupt: &'a Interrupt,
}

impl ExecutionContext<'_> {
    /// The name of a run in messages: its folder below the sweep's folder.
    pub(crate) fn run_name(&self, run: RunId) -> String {
        self.plan.folder(run).display().to_string()
    }
}

/// A device that a sweep is trained on.
pub struct DeviceSlot<'a> {
    /// Trains on the device.
    pub executor: &'a dyn Executor,
    /// The device's name, such as `cuda:1`.
    pub device: String,
    /// The number format that it computes in, such as `float32`.
    pub precision: String,
    /// How many cohorts it trains at the same time, at least 1.
    pub workers: usize,
    /// The machine, as Markdown.
    pub hardware: String,
}

impl DeviceSlot<'_> {
    /// The kind of the device: `cuda` for `cuda:1`. Devices of different kinds differ in the last
    /// bits of their results.
    pub(crate) fn kind(&self) -> &str {
        self.device.split(':').next().unwrap_or(&self.device)
    }
}
