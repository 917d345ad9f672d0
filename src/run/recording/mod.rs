//! Records what happens to runs and trials while they are trained.

pub(super) mod cohort_recorder;
pub(super) mod ended_run_leftovers;
pub(super) mod finalize;
pub(super) mod progress_sink;
pub(super) mod resume;
pub(super) mod run_metadata;
pub(super) mod save_policy;
pub(super) mod stop_policy;
pub(super) mod trial_scores;
pub(super) mod wall_time;
