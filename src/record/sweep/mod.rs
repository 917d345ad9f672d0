//! The folder of a sweep: its results, and how they are reconciled with an edited sweep file.
pub(super) mod archived_events;
pub(super) mod best;
pub(super) mod cv_scores;
pub(super) mod inventory;
pub(super) mod links;
pub(super) mod machine;
pub(super) mod manifest;
pub(super) mod mean_curves;
pub(super) mod merge;
pub(super) mod prune;
pub(super) mod rank_key;
pub(super) mod reconcile;
pub(super) mod reconcile_moves;
pub(super) mod status;
pub(super) mod store;
