//! Which runs remain, on which device they are trained, and in which order.

mod cohorts;
pub(super) mod dispatch;
mod profile_rounds;
pub(super) mod profiling;
mod queue;
