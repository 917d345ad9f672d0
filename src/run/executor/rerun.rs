//! Trains a run once more, without records.

use super::Executor;
use crate::metrics::EpochMetrics;
use crate::model_io::Weights;
use crate::outcome::Outcome;
use crate::plan::{Plan, RunId};
use crate::run::thread_pool::in_single_thread_pool;
use crate::train::TrainingHost;
use std::time::Instant;

/// The result of a run that was trained once more.
#[derive(Clone, Debug)]
pub struct RerunResult {
    /// How it ended.
    pub outcome: Outcome,
    /// The metrics of each finished epoch.
    pub epochs: Vec<EpochMetrics>,
    /// The weights of its final network; `None` if it failed.
    pub weights: Option<Weights>,
}

/// Trains a run alone, as a worker does, without records; `None` if the executor does not report its
/// end.
///
/// # Panics
/// If training does.
pub fn rerun(executor: &dyn Executor, plan: &Plan, run: RunId) -> Option<RerunResult> {
    let mut collector = ResultCollector {
        started: Instant::now(),
        outcome: None,
        epochs: Vec::new(),
        weights: None,
    };
    let trained = in_single_thread_pool(|| {
        executor.prepare_thread();
        executor.execute(plan, &[run], &mut collector)
    });
    // It is never interrupted.
    trained.ok()?;
    Some(RerunResult {
        outcome: collector.outcome?,
        epochs: collector.epochs,
        weights: collector.weights,
    })
}

/// Collects the events of one run.
struct ResultCollector {
    started: Instant,
    outcome: Option<Outcome>,
    epochs: Vec<EpochMetrics>,
    weights: Option<Weights>,
}

impl TrainingHost for ResultCollector {
    fn elapsed(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    fn should_stop(&self) -> bool {
        false
    }

    fn on_epoch_end(&mut self, _member: usize, metrics: &EpochMetrics) {
        self.epochs.push(metrics.clone());
    }

    fn on_run_end(&mut self, _member: usize, outcome: Outcome) {
        self.outcome = Some(outcome);
    }

    fn wants_weights(&self) -> bool {
        true
    }

    fn on_final_weights(&mut self, _member: usize, state: Weights) {
        self.weights = Some(state);
    }
}
