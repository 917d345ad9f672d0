//! An observer that is told nothing by a device that has failed.

use super::device_faults::Faults;
use crate::metrics::{EpochMetrics, LayerValues};
use crate::model_io::Weights;
use crate::outcome::Outcome;
use crate::train::{EpochAction, TrainingHost};
use crate::training_state::TrainingState;

/// Passes on what is told, unless a fault of the device was heard before: numbers that were read
/// back after it may never have been written.
pub struct FaultGuard<'a> {
    faults: Faults,
    observer: &'a mut dyn TrainingHost,
}

impl<'a> FaultGuard<'a> {
    /// Tells `observer` what is told before a fault of the device that `faults` hears of.
    pub fn new(faults: Faults, observer: &'a mut dyn TrainingHost) -> Self {
        Self { faults, observer }
    }
}

impl TrainingHost for FaultGuard<'_> {
    fn elapsed(&self) -> f64 {
        self.observer.elapsed()
    }

    fn should_stop(&self) -> bool {
        self.observer.should_stop()
    }

    fn on_epoch_end(&mut self, member: usize, metrics: &EpochMetrics) {
        self.faults.assert_none();
        self.observer.on_epoch_end(member, metrics);
    }

    fn on_run_end(&mut self, member: usize, outcome: Outcome) {
        self.faults.assert_none();
        self.observer.on_run_end(member, outcome);
    }

    fn wants_layer_values(&self, epoch: usize) -> bool {
        self.observer.wants_layer_values(epoch)
    }

    fn on_layer_values(&mut self, member: usize, epoch: usize, layers: &[LayerValues]) {
        self.faults.assert_none();
        self.observer.on_layer_values(member, epoch, layers);
    }

    fn wants_weights(&self) -> bool {
        self.observer.wants_weights()
    }

    fn on_final_weights(&mut self, member: usize, state: Weights) {
        self.faults.assert_none();
        self.observer.on_final_weights(member, state);
    }

    fn resume_state(&mut self, member: usize) -> Option<TrainingState> {
        self.observer.resume_state(member)
    }

    fn wants_checkpoints(&self) -> bool {
        self.observer.wants_checkpoints()
    }

    fn after_epoch(&mut self, epoch: usize) -> EpochAction {
        self.observer.after_epoch(epoch)
    }

    fn on_checkpoint(&mut self, member: usize, state: TrainingState) {
        self.faults.assert_none();
        self.observer.on_checkpoint(member, state);
    }
}
