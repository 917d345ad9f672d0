//! The configuration of one trial: its keys, and which values are valid together.
pub(super) mod applicability;
pub(super) mod architecture;
mod effective_value;
pub(super) mod key;
pub(super) mod monitor;
mod optimizer_keys;
pub(super) mod schedule;
pub(super) mod sizes;
pub(super) mod stacking;
pub(super) mod trial_config;
pub(super) mod validate;
