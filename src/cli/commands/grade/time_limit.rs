//! The time limit of an archive.

use crate::train::StopRequest;
use std::time::{Duration, Instant};

/// The time in which the sampled runs of an archive are trained again: an archive may describe any amount of work.
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
