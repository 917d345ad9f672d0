//! Who watches a cohort's training: its records.

use super::interrupt::Interrupt;
use crate::event::{EpochMetrics, LayerValues};
use crate::record::{RecordError, Recorder};
use crate::train::Observer;
use crate::trained::Weights;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Watches a cohort's training: records its epochs, and tells it when to stop.
pub(super) struct Watch<'a> {
    pub(super) started: Instant,
    pub(super) interrupt: &'a Interrupt,
    pub(super) epochs: Vec<Vec<EpochMetrics>>,
    /// Epochs between two histograms of the layers; nothing for none.
    pub(super) histograms: Option<usize>,
    pub(super) recorders: Vec<Recorder>,
    /// Whether weights are kept of any run.
    pub(super) keeps_weights: bool,
    /// Those of each member's final network, once they are told.
    pub(super) weights: Vec<Option<Weights>>,
    /// The first record that could not be written.
    pub(super) error: Option<RecordError>,
}

impl Observer for Watch<'_> {
    fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    fn interrupted(&self) -> bool {
        self.interrupt.asked() || self.error.is_some()
    }

    fn epoch_finished(&mut self, member: usize, metrics: &EpochMetrics) {
        if let Err(error) = self.recorders[member].epoch(metrics, wall_time()) {
            self.error.get_or_insert(error);
        }
        self.epochs[member].push(metrics.clone());
    }

    fn wants_layers(&self, epoch: usize) -> bool {
        self.histograms
            .is_some_and(|every| epoch == 1 || epoch.is_multiple_of(every))
    }

    fn layers(&mut self, member: usize, epoch: usize, layers: &[LayerValues]) {
        if let Err(error) = self.recorders[member].layers(layers, epoch, wall_time()) {
            self.error.get_or_insert(error);
        }
    }

    fn wants_networks(&self) -> bool {
        self.keeps_weights
    }

    fn network(&mut self, member: usize, state: Weights) {
        self.weights[member] = Some(state);
    }
}

/// Seconds since 1970.
pub(super) fn wall_time() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |elapsed| elapsed.as_secs_f64())
}
