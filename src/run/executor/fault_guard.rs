//! Protects records from the numbers of a device that has failed.

use super::fault_monitor::FaultMonitor;
use crate::metrics::{EpochMetrics, LayerValues};
use crate::model_io::Weights;
use crate::outcome::Outcome;
use crate::train::{EpochAction, TrainingHost};
use crate::training_state::TrainingState;

/// Forwards the events of a training to its host, until the device has a fault: numbers that are read
/// back after a fault may never have been written.
pub struct FaultGuard<'a> {
    monitor: FaultMonitor,
    host: &'a mut dyn TrainingHost,
}

impl<'a> FaultGuard<'a> {
    /// Forwards to `host` the events before a fault that `monitor` notices.
    pub fn new(monitor: FaultMonitor, host: &'a mut dyn TrainingHost) -> Self {
        Self { monitor, host }
    }
}

impl TrainingHost for FaultGuard<'_> {
    fn elapsed(&self) -> f64 {
        self.host.elapsed()
    }

    fn should_stop(&self) -> bool {
        self.host.should_stop()
    }

    fn on_epoch_end(&mut self, member: usize, metrics: &EpochMetrics) {
        self.monitor.panic_on_fault();
        self.host.on_epoch_end(member, metrics);
    }

    fn on_run_end(&mut self, member: usize, outcome: Outcome) {
        self.monitor.panic_on_fault();
        self.host.on_run_end(member, outcome);
    }

    fn wants_layer_values(&self, epoch: usize) -> bool {
        self.host.wants_layer_values(epoch)
    }

    fn on_layer_values(&mut self, member: usize, epoch: usize, layers: &[LayerValues]) {
        self.monitor.panic_on_fault();
        self.host.on_layer_values(member, epoch, layers);
    }

    fn wants_weights(&self) -> bool {
        self.host.wants_weights()
    }

    fn on_final_weights(&mut self, member: usize, state: Weights) {
        self.monitor.panic_on_fault();
        self.host.on_final_weights(member, state);
    }

    fn resume_state(&mut self, member: usize) -> Option<TrainingState> {
        self.host.resume_state(member)
    }

    fn wants_checkpoints(&self) -> bool {
        self.host.wants_checkpoints()
    }

    fn after_epoch(&mut self, epoch: usize) -> EpochAction {
        self.host.after_epoch(epoch)
    }

    fn on_checkpoint(&mut self, member: usize, state: TrainingState) {
        self.monitor.panic_on_fault();
        self.host.on_checkpoint(member, state);
    }
}
