//! `tp-sweep status`.

use crate::cli::arguments::StatusArguments;
use crate::cli::context::{SweepContext, load_for_results, open_store};
use crate::cli::errors::{CliError, results_exit_code};
use crate::cli::messages::{format_bytes, list_names, print, with_count};
use crate::plan::Plan;
use crate::record::{LockHolder, SweepStatus, active_holder};
use crate::wording::{duration, grouped};
use std::fmt::Write;
use std::path::Path;
use std::time::SystemTime;

/// The maximum number of runs in training to list.
const MAX_LISTED_RUNS: usize = 10;

/// Prints the progress of a sweep; returns the exit code: 3 if results are missing, else 1 if runs
/// failed, else 0.
///
/// # Errors
/// The sweep file is invalid, or a folder cannot be read.
pub(crate) fn status(arguments: &StatusArguments) -> Result<u8, CliError> {
    let SweepContext {
        plan,
        dataset_cache,
        ..
    } = load_for_results(&arguments.sweep, &arguments.runs)?;
    let store = open_store(&arguments.runs, &plan, &dataset_cache)?;
    let status =
        SweepStatus::read(&store, &plan, SystemTime::now()).map_err(CliError::BeforeStart)?;
    let holder = active_holder(store.folder());
    print(&format_status(
        &plan,
        &status,
        holder.as_ref(),
        store.folder(),
    ))?;
    Ok(results_exit_code(
        status.is_complete(),
        status.failed_count(),
    ))
}

fn format_status(
    plan: &Plan,
    status: &SweepStatus,
    holder: Option<&LockHolder>,
    folder: &Path,
) -> String {
    let name = |run| plan.folder(run).display().to_string();
    let mut text = format!(
        "{}: {} in {}, in {}\n\n",
        plan.name,
        with_count(status.runs, "run"),
        with_count(plan.trials.len(), "trial"),
        folder.display()
    );
    let mut line = |what: &str, value: &str| {
        let _ = writeln!(text, "{what:<18}{value}");
    };
    line("finished", &grouped(status.finished as u64));
    line("failed", &grouped(status.failed_count() as u64));
    for (reason, runs) in &status.failed {
        let names: Vec<String> = runs.iter().map(|run| name(*run)).collect();
        let names = list_names(names.iter().map(String::as_str));
        line(
            "",
            &format!("{} {reason}: {names}", grouped(runs.len() as u64)),
        );
    }
    let in_training = grouped(status.in_training.len() as u64);
    let in_training = format!("{in_training} with a checkpoint");
    match holder {
        None if !status.in_training.is_empty() => line("stopped", &in_training),
        None => line("in training", "0"),
        Some(_) => line("in training", &in_training),
    }
    for run in status.in_training.iter().take(MAX_LISTED_RUNS) {
        let age = duration(run.checkpoint_age.as_secs_f64());
        let name = name(run.run);
        line(
            "",
            &format!(
                "{name}: epoch {} of {}, saved {age} ago",
                run.epochs_done, run.max_epochs
            ),
        );
    }
    if let more @ 1.. = status.in_training.len().saturating_sub(MAX_LISTED_RUNS) {
        line("", &format!("and {more} more"));
    }
    let misplaced = match status.misplaced {
        0 => String::new(),
        count => format!(
            ", {} of them misplaced: `tp-sweep run` moves them into place",
            grouped(count as u64)
        ),
    };
    line(
        "missing",
        &format!("{}{misplaced}", grouped(status.missing as u64)),
    );
    line(
        "archived",
        &format!(
            "{} with different settings",
            with_count(status.archived, "result")
        ),
    );
    let unexpected = match &status.unexpected_trials[..] {
        [] => "0 trials".to_owned(),
        names => format!(
            "{}: {}",
            with_count(names.len(), "trial"),
            list_names(names.iter().map(String::as_str))
        ),
    };
    line("not in the sweep", &unexpected);
    line("on disk", &format_bytes(status.bytes));
    line(
        "in use by",
        &holder.map_or("no process".to_owned(), LockHolder::to_string),
    );
    text
}
