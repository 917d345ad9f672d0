//! The caller of `train`.

use super::control::{CheckpointPolicy, Clock, EpochAction, StopRequest};
use super::events::{EventSink, Interrupted, TrainingEvent};
use crate::training_state::TrainingState;

/// The caller of a training: what training asks of it, and the sinks that receive its events, in this order.
pub struct TrainingHost<'a> {
    /// The clock.
    pub clock: &'a dyn Clock,
    /// The request to stop; `None` if there will be none.
    pub stop: Option<&'a dyn StopRequest>,
    /// The policy of checkpoints; `None` for new runs whose states are not reported.
    pub checkpoints: Option<&'a mut dyn CheckpointPolicy>,
    /// The receivers of events.
    pub sinks: Vec<&'a mut dyn EventSink>,
}

impl<'a> TrainingHost<'a> {
    /// A caller without checkpoints that does not stop a training.
    pub fn new(clock: &'a dyn Clock, sinks: Vec<&'a mut dyn EventSink>) -> Self {
        Self {
            clock,
            stop: None,
            checkpoints: None,
            sinks,
        }
    }

    /// The same caller, with a sink that receives each event before all others.
    pub fn with_first_sink<'b>(&'b mut self, first: &'b mut dyn EventSink) -> TrainingHost<'b> {
        let mut sinks: Vec<&mut dyn EventSink> = Vec::with_capacity(1 + self.sinks.len());
        sinks.push(first);
        for sink in &mut self.sinks {
            sinks.push(&mut **sink);
        }
        TrainingHost {
            clock: self.clock,
            stop: self.stop,
            checkpoints: self.checkpoints.as_mut().map(|policy| &mut **policy as _),
            sinks,
        }
    }

    /// Sends an event to all sinks.
    ///
    /// # Errors
    /// [`Interrupted`] if a sink asks for it.
    pub fn emit(&mut self, event: TrainingEvent) -> Result<(), Interrupted> {
        let Some((last, others)) = self.sinks.split_last_mut() else {
            return Ok(());
        };
        for sink in others {
            sink.receive(event.clone())?;
        }
        last.receive(event)
    }

    /// Fails if the training is to be left unfinished.
    ///
    /// # Errors
    /// [`Interrupted`] if a stop is requested.
    pub(super) fn check_stop(&self) -> Result<(), Interrupted> {
        match self.stop.is_some_and(StopRequest::is_requested) {
            true => Err(Interrupted),
            false => Ok(()),
        }
    }

    /// The state that the member continues from; `None` for a new run.
    pub(super) fn resume_state(&mut self, member: usize) -> Option<TrainingState> {
        self.checkpoints.as_mut()?.resume_state(member)
    }

    /// See [`CheckpointPolicy::saves_when_stopped`].
    pub(super) fn saves_when_stopped(&self) -> bool {
        let policy = self.checkpoints.as_ref();
        policy.is_some_and(|policy| policy.saves_when_stopped())
    }

    /// What to do after this epoch.
    pub(super) fn after_epoch(&mut self, epoch: usize) -> EpochAction {
        let policy = self.checkpoints.as_mut();
        policy.map_or(EpochAction::Continue, |policy| policy.after_epoch(epoch))
    }

    /// Whether a sink needs the values of layers at the end of this epoch.
    pub(super) fn wants_layer_values(&self, epoch: usize) -> bool {
        self.sinks.iter().any(|sink| sink.wants_layer_values(epoch))
    }

    /// Whether a sink needs final weights.
    pub fn wants_weights(&self) -> bool {
        self.sinks.iter().any(|sink| sink.wants_weights())
    }
}
