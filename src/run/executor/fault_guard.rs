//! Protects records from the numbers of a device that has failed.

use super::fault_monitor::FaultMonitor;
use crate::event::{EpochMetrics, LayerValues, Outcome, TrainingState};
use crate::model_io::Weights;
use crate::train::{EpochAction, TrainingHost};

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
    fn seconds(&self) -> f64 {
        self.host.seconds()
    }

    fn interrupted(&self) -> bool {
        self.host.interrupted()
    }

    fn epoch_finished(&mut self, member: usize, metrics: &EpochMetrics) {
        self.monitor.panic_on_fault();
        self.host.epoch_finished(member, metrics);
    }

    fn ended(&mut self, member: usize, outcome: Outcome) {
        self.monitor.panic_on_fault();
        self.host.ended(member, outcome);
    }

    fn wants_layers(&self, epoch: usize) -> bool {
        self.host.wants_layers(epoch)
    }

    fn layers(&mut self, member: usize, epoch: usize, layers: &[LayerValues]) {
        self.monitor.panic_on_fault();
        self.host.layers(member, epoch, layers);
    }

    fn wants_networks(&self) -> bool {
        self.host.wants_networks()
    }

    fn network(&mut self, member: usize, state: Weights) {
        self.monitor.panic_on_fault();
        self.host.network(member, state);
    }

    fn resumes(&mut self, member: usize) -> Option<TrainingState> {
        self.host.resumes(member)
    }

    fn saves(&self) -> bool {
        self.host.saves()
    }

    fn pause(&mut self, epoch: usize) -> EpochAction {
        self.host.pause(epoch)
    }

    fn state(&mut self, member: usize, state: TrainingState) {
        self.monitor.panic_on_fault();
        self.host.state(member, state);
    }
}
