//! Messages for the terminal.

mod exit_summary;
mod output;
mod reconcile_messages;
mod result_diff;
mod spreads;
mod text;

pub(super) use exit_summary::{report_shard_end, report_sweep_end};
pub(super) use output::{print, warn};
pub(super) use reconcile_messages::{reconcile, reconcile_shard};
pub(super) use result_diff::{Difference, Tolerance, diff_results};
pub(super) use text::{format_bytes, list_names, with_count};
