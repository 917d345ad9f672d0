//! Messages for the terminal.
pub(super) mod exit_summary;
pub(super) mod output;
pub(super) mod reconcile_messages;
pub(super) mod result_diff;
