//! Trains a run once more, without records.

use super::Executor;
use super::cohort_error::CohortError;
use crate::metrics::EpochMetrics;
use crate::model_io::Weights;
use crate::outcome::Outcome;
use crate::plan::{Plan, RunId};
use crate::run::thread_pool::in_single_thread_pool;
use crate::train::{EventSink, Interrupted, StopRequest, TrainingEvent, TrainingHost};
use std::sync::Arc;
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

/// Trains a run alone, as a worker does, without records.
///
/// # Errors
/// Why the training did not finish.
pub fn rerun(executor: &dyn Executor, plan: &Plan, run: RunId) -> Result<RerunResult, CohortError> {
    rerun_unless_stopped(executor, plan, run, None)
}

/// As [`rerun`], but stops on request.
///
/// # Errors
/// Why the training did not finish: [`CohortError::Interrupted`] if it was stopped.
pub fn rerun_unless_stopped(
    executor: &dyn Executor,
    plan: &Plan,
    run: RunId,
    stop: Option<&(dyn StopRequest + Sync)>,
) -> Result<RerunResult, CohortError> {
    let mut collector = ResultCollector::default();
    in_single_thread_pool(|| {
        executor.prepare_thread();
        let started = Instant::now();
        let mut host = TrainingHost::new(&started, vec![&mut collector]);
        host.stop = stop.map(|stop| stop as &dyn StopRequest);
        executor.execute(plan, &[run], &mut host)
    })?;
    Ok(RerunResult {
        outcome: collector.outcome.ok_or_else(|| CohortError::Panicked {
            message: "the executor did not report the end of the run".to_owned(),
            location: None,
        })?,
        epochs: collector.epochs,
        weights: collector.weights,
    })
}

/// Collects the events of one run.
#[derive(Default)]
struct ResultCollector {
    outcome: Option<Outcome>,
    epochs: Vec<EpochMetrics>,
    weights: Option<Weights>,
}

impl EventSink for ResultCollector {
    fn wants_weights(&self) -> bool {
        true
    }

    fn receive(&mut self, event: TrainingEvent) -> Result<(), Interrupted> {
        match event {
            TrainingEvent::EpochEnd { metrics, .. } => self.epochs.push(metrics),
            TrainingEvent::FinalWeights { weights, .. } => {
                self.weights = Some(Arc::unwrap_or_clone(weights));
            }
            TrainingEvent::RunEnd { outcome, .. } => {
                self.outcome = Some(Arc::unwrap_or_clone(outcome));
            }
            TrainingEvent::LayerValues { .. } | TrainingEvent::Checkpoint { .. } => {}
        }
        Ok(())
    }
}
