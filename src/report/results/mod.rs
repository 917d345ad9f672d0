//! Results as data: frames of runs and trials, and the state of each trial.
pub(super) mod aggregate;
pub(super) mod class_names;
pub(super) mod epoch_frame;
pub(super) mod listing;
pub(super) mod metrics;
pub(super) mod run_tables;
pub(super) mod trial_classes;
pub(super) mod trial_frame;
pub(super) mod trial_predictions;
pub(super) mod trial_state;
