//! A run trained once more, without any record.

use super::tensor_executor::Executor;
use crate::metrics::EpochMetrics;
use crate::model_io::Weights;
use crate::outcome::Outcome;
use crate::plan::{Plan, RunId};
use crate::run::scheduler::dispatch::in_one_thread;
use crate::train::TrainingHost;
use std::time::Instant;

/// What a run gave that was trained once more.
#[derive(Clone, Debug)]
pub struct RerunResult {
    /// How it ended.
    pub outcome: Outcome,
    /// The metrics of each finished epoch.
    pub epochs: Vec<EpochMetrics>,
    /// The weights of its final network; nothing where it failed.
    pub weights: Option<Weights>,
}

/// Trains a run alone, as a worker does, without any record.
///
/// # Panics
/// When training does.
pub fn rerun(executor: &dyn Executor, plan: &Plan, run: RunId) -> Option<RerunResult> {
    let mut listener = Listener {
        started: Instant::now(),
        outcome: None,
        epochs: Vec::new(),
        weights: None,
    };
    let trained = in_one_thread(|| {
        executor.prepare_thread();
        executor.execute(plan, &[run], &mut listener)
    });
    // Nobody interrupts it.
    trained.ok()?;
    Some(RerunResult {
        outcome: listener.outcome?,
        epochs: listener.epochs,
        weights: listener.weights,
    })
}

/// Takes note of everything.
struct Listener {
    started: Instant,
    outcome: Option<Outcome>,
    epochs: Vec<EpochMetrics>,
    weights: Option<Weights>,
}

impl TrainingHost for Listener {
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
