//! When the training of a cohort stops.

use crate::run::interrupt::Interrupt;
use crate::run::sweep_state::SweepState;
use crate::train::StopRequest;
use std::cell::OnceCell;
use std::time::{Duration, Instant};

/// How long an epoch may go on after a request to stop: at its end a checkpoint can be saved.
const GRACE_PERIOD: Duration = Duration::from_secs(5);

/// Stops training when the sweep is to stop. If checkpoints are saved, waits up to [`GRACE_PERIOD`] for the end of the
/// epoch.
pub(crate) struct StopPolicy<'a, 'plan> {
    interrupt: &'a Interrupt,
    sweep_state: &'a SweepState<'plan>,
    saves_checkpoints: bool,
    /// When the request to stop was first noticed.
    noticed: OnceCell<Instant>,
}

impl<'a, 'plan> StopPolicy<'a, 'plan> {
    pub(crate) fn new(
        interrupt: &'a Interrupt,
        sweep_state: &'a SweepState<'plan>,
        saves_checkpoints: bool,
    ) -> Self {
        Self {
            interrupt,
            sweep_state,
            saves_checkpoints,
            noticed: OnceCell::new(),
        }
    }
}

impl StopRequest for StopPolicy<'_, '_> {
    fn is_requested(&self) -> bool {
        self.sweep_state.should_stop(self.interrupt) && {
            let since = self.noticed.get_or_init(Instant::now);
            !self.saves_checkpoints || since.elapsed() > GRACE_PERIOD
        }
    }
}
