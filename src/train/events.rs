//! What training reports.

use crate::metrics::{EpochMetrics, LayerValues};
use crate::outcome::Outcome;
use crate::training_state::TrainingState;
use std::sync::Arc;

/// An event during training. An epoch of a member ends with `LayerValues` (if a sink wants them), then `EpochEnd`; its
/// run with `FinalWeights` (likewise), then `RunEnd`. `member` is always the index of a member in the list that
/// [`train`](super::train) was given.
#[derive(Clone, Debug)]
pub enum TrainingEvent {
    /// The weights and gradients of the member's layers at the end of an epoch, counted from 1; just before the
    /// [`EpochEnd`](Self::EpochEnd), if a sink wants them.
    LayerValues {
        /// The member.
        member: usize,
        /// The epoch.
        epoch: usize,
        /// The layers, from input to output.
        layers: Arc<Vec<LayerValues>>,
    },
    /// The member has finished an epoch.
    EpochEnd {
        /// The member.
        member: usize,
        /// The metrics of the epoch.
        metrics: EpochMetrics,
    },
    /// The parameters and running statistics of the member's final network, in the order of
    /// [`Network::member_state`](crate::model::Network::member_state); just before the [`RunEnd`](Self::RunEnd), if a
    /// sink wants them.
    FinalWeights {
        /// The member.
        member: usize,
        /// The tensors.
        weights: Arc<Vec<Vec<f32>>>,
    },
    /// The member's run has ended: the last event of the member, once, unless the training is interrupted or fails.
    RunEnd {
        /// The member.
        member: usize,
        /// How it ended.
        outcome: Arc<Outcome>,
    },
    /// The state of the member between two epochs, from which a later training can continue.
    Checkpoint {
        /// The member.
        member: usize,
        /// The state.
        state: Arc<TrainingState>,
    },
}

/// Receives the events of training.
pub trait EventSink {
    /// Whether it needs [`TrainingEvent::LayerValues`] at the end of this epoch, counted from 1.
    fn wants_layer_values(&self, _epoch: usize) -> bool {
        false
    }

    /// Whether it needs [`TrainingEvent::FinalWeights`].
    fn wants_weights(&self) -> bool {
        false
    }

    /// Receives an event.
    ///
    /// # Errors
    /// [`Interrupted`] to leave the training unfinished at once; the sinks after this one do not get the event.
    fn receive(&mut self, event: TrainingEvent) -> Result<(), Interrupted>;
}

/// The training was left unfinished, because the caller or a sink asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted;
