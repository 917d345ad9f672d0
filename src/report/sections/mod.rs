//! The sections of a report, one file each.
pub(super) mod baseline;
pub(super) mod classes;
pub(super) mod contents;
pub(super) mod data;
pub(super) mod folds;
pub(super) mod gradients;
pub(super) mod leaderboard;
pub(super) mod losses;
pub(super) mod marginal;
pub(super) mod methodology;
pub(super) mod overview;
pub(super) mod pareto;
pub(super) mod ranking;
pub(super) mod variance;
pub(super) mod warnings;
