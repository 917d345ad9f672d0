//! A run trained once more, for its network alone.

use super::executor::Executor;
use super::scheduler::in_one_thread;
use crate::event::{EpochMetrics, Finished, Outcome};
use crate::plan::{Plan, RunId};
use crate::train::Observer;
use crate::trained::Weights;
use std::time::Instant;

/// Trains a run alone, as a worker does, without any record: how it ended and its final network's
/// weights; nothing where it failed.
pub fn train_again(
    executor: &dyn Executor,
    plan: &Plan,
    run: RunId,
) -> Option<(Box<Finished>, Weights)> {
    let mut listener = Listener {
        started: Instant::now(),
        weights: None,
    };
    let outcomes = in_one_thread(|| executor.execute(plan, &[run], &mut listener));
    // Nobody interrupts it.
    match (outcomes.ok()?.pop()?, listener.weights) {
        (Outcome::Finished(finished), Some(weights)) => Some((finished, weights)),
        _ => None,
    }
}

/// Waits for the network.
struct Listener {
    started: Instant,
    weights: Option<Weights>,
}

impl Observer for Listener {
    fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    fn interrupted(&self) -> bool {
        false
    }

    fn epoch_finished(&mut self, _member: usize, _metrics: &EpochMetrics) {}

    fn wants_networks(&self) -> bool {
        true
    }

    fn network(&mut self, _member: usize, state: Weights) {
        self.weights = Some(state);
    }
}
