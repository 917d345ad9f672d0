//! The sections of a report, one file each; `assemble` puts them in order.
pub(super) mod assemble;
pub(super) mod baseline;
pub(super) mod best_configuration;
pub(super) mod classes;
pub(super) mod data;
pub(super) mod factor_effects;
pub(super) mod fold_scores;
pub(super) mod gradient_norms;
pub(super) mod leaderboard;
pub(super) mod losses;
pub(super) mod methodology;
pub(super) mod overview;
pub(super) mod pareto;
pub(super) mod ranking;
pub(super) mod summary;
pub(super) mod variance_shares;
pub(super) mod warnings;
