//! Protects records from the numbers of a device that has failed.

use super::fault_monitor::FaultMonitor;
use crate::train::{EventSink, Interrupted, TrainingEvent};

/// Ends a training at the first event after a fault of its device: numbers that are read back after a fault may never
/// have been written. The first of the sinks, so that no other gets the event.
pub struct FaultCheck(FaultMonitor);

impl FaultCheck {
    /// A check of the faults that `monitor` notices.
    pub fn new(monitor: FaultMonitor) -> Self {
        Self(monitor)
    }
}

impl EventSink for FaultCheck {
    fn receive(&mut self, _event: TrainingEvent) -> Result<(), Interrupted> {
        match self.0.has_fault() {
            true => Err(Interrupted),
            false => Ok(()),
        }
    }
}
