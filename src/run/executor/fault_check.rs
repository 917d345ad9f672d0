//! Protects records from the numbers of a device that has failed.

use super::fault_monitor::FaultMonitor;
use crate::train::{EventSink, Interrupted, TrainingEvent};

/// Ends training at the first event after a device fault: numbers that are read back after a fault may never
/// have been written. It must be the first sink, so that no other sink receives the event.
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
