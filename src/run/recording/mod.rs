//! Records what happens to runs and trials while they are trained.

pub(super) mod cohort_recorder;
pub(super) mod finalize;
pub(super) mod leftovers;
pub(super) mod resume;
pub(super) mod run_header;
pub(super) mod trial_scores;
pub(super) mod wall_time;
