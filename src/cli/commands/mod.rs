//! The commands, one file for each.
pub(super) mod clean;
pub(super) mod compare;
pub(super) mod data;
pub(super) mod diff;
pub(super) mod export;
pub(super) mod launch;
pub(super) mod man;
pub(super) mod merge;
pub(super) mod plan;
pub(super) mod predict;
pub(super) mod report;
pub(super) mod report_watch;
pub(super) mod run;
pub(super) mod status;
pub(super) mod verify;
