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
    fn seconds(&self) -> f64 {
        self.observer.seconds()
    }

    fn interrupted(&self) -> bool {
        self.observer.interrupted()
    }

    fn epoch_finished(&mut self, member: usize, metrics: &EpochMetrics) {
        self.faults.assert_none();
        self.observer.epoch_finished(member, metrics);
    }

    fn ended(&mut self, member: usize, outcome: Outcome) {
        self.faults.assert_none();
        self.observer.ended(member, outcome);
    }

    fn wants_layers(&self, epoch: usize) -> bool {
        self.observer.wants_layers(epoch)
    }

    fn layers(&mut self, member: usize, epoch: usize, layers: &[LayerValues]) {
        self.faults.assert_none();
        self.observer.layers(member, epoch, layers);
    }

    fn wants_networks(&self) -> bool {
        self.observer.wants_networks()
    }

    fn network(&mut self, member: usize, state: Weights) {
        self.faults.assert_none();
        self.observer.network(member, state);
    }

    fn resumes(&mut self, member: usize) -> Option<TrainingState> {
        self.observer.resumes(member)
    }

    fn saves(&self) -> bool {
        self.observer.saves()
    }

    fn pause(&mut self, epoch: usize) -> EpochAction {
        self.observer.pause(epoch)
    }

    fn state(&mut self, member: usize, state: TrainingState) {
        self.faults.assert_none();
        self.observer.state(member, state);
    }
}
