//! The time limit of an archive.

use crate::train::StopRequest;
use std::time::{Duration, Instant};

/// The maximum time for training the sampled runs of an archive again, because an archive can describe any amount of
/// work. Training stops between two steps.
pub(super) struct TimeLimit {
    started: Instant,
    limit: Duration,
}

impl TimeLimit {
    /// Starts now.
    pub(super) fn new(minutes: u32) -> Self {
        Self {
            started: Instant::now(),
            limit: Duration::from_secs(60 * u64::from(minutes)),
        }
    }
}

impl StopRequest for TimeLimit {
    fn is_requested(&self) -> bool {
        self.started.elapsed() >= self.limit
    }
}
