//! Which runs remain, who trains them, and when.
pub(super) mod dispatch;
pub(super) mod finalize;
pub(super) mod interrupt;
pub(super) mod profiling;
pub(super) mod queue;
pub(super) mod resume;
pub(super) mod run_header;
pub(super) mod worker_state;
