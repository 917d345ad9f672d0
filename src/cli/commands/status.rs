//! `tp-sweep status`.

use crate::cli::arguments::commands::StatusArguments;
use crate::cli::context::sweep_context::{SweepContext, load_for_results, store};
use crate::cli::errors::cli_error::CliError;
use crate::cli::errors::exit_code::of_results;
use crate::cli::messages::output::{bytes, print};
use crate::cli::messages::reconcile_messages::{counted, listed};
use crate::plan::{Plan, duration, grouped};
use crate::record::{LockHolder, SweepStatus, active_holder};
use std::fmt::Write;
use std::path::Path;
use std::time::SystemTime;

/// Runs in training that are shown one by one.
const MOST_SHOWN: usize = 10;

/// Says how far a sweep is; the exit code: 0 where every run has finished, 3 where results are
/// missing, 1 where none is missing but some failed.
///
/// # Errors
/// A sweep file that is not valid, folders that cannot be read.
pub(crate) fn status(arguments: &StatusArguments) -> Result<u8, CliError> {
    let SweepContext { plan, library, .. } = load_for_results(&arguments.sweep, &arguments.runs)?;
    let store = store(&arguments.runs, &plan, &library)?;
    let status = SweepStatus::read(&store, &plan, SystemTime::now()).map_err(CliError::Start)?;
    let holder = active_holder(store.folder());
    print(&told(&plan, &status, holder.as_ref(), store.folder()))?;
    Ok(of_results(status.is_complete(), status.failed_count()))
}

fn told(plan: &Plan, status: &SweepStatus, holder: Option<&LockHolder>, folder: &Path) -> String {
    let name = |run| plan.folder(run).display().to_string();
    let mut text = format!(
        "{}: {} in {}, in {}\n\n",
        plan.name,
        counted(status.runs, "run"),
        counted(plan.trials.len(), "trial"),
        folder.display()
    );
    let mut line = |what: &str, value: &str| {
        let _ = writeln!(text, "{what:<14}{value}");
    };
    line("finished", &grouped(status.finished as u64));
    line("failed", &grouped(status.failed_count() as u64));
    for (reason, runs) in &status.failed {
        let names: Vec<String> = runs.iter().map(|run| name(*run)).collect();
        let names = listed(names.iter().map(String::as_str));
        line(
            "",
            &format!("{} {reason}: {names}", grouped(runs.len() as u64)),
        );
    }
    let saved = grouped(status.in_training.len() as u64);
    match holder {
        None if !status.in_training.is_empty() => {
            line("stopped", &format!("{saved} with a checkpoint"));
        }
        _ => line("in training", &saved),
    }
    for saved in status.in_training.iter().take(MOST_SHOWN) {
        let age = duration(saved.checkpoint_age.as_secs_f64());
        let name = name(saved.run);
        line(
            "",
            &format!(
                "{name}: epoch {} of {}, saved {age} ago",
                saved.epochs_done, saved.max_epochs
            ),
        );
    }
    if let more @ 1.. = status.in_training.len().saturating_sub(MOST_SHOWN) {
        line("", &format!("and {more} more"));
    }
    let elsewhere = match status.misplaced {
        0 => String::new(),
        count => format!(
            ", {} of them elsewhere in the folder: the next start puts them in place",
            grouped(count as u64)
        ),
    };
    line(
        "missing",
        &format!("{}{elsewhere}", grouped(status.missing as u64)),
    );
    line(
        "set aside",
        &format!("{} of other settings", counted(status.archived, "result")),
    );
    let unasked = match &status.unexpected_trials[..] {
        [] => "no trial".to_owned(),
        names => format!(
            "{}: {}",
            counted(names.len(), "trial"),
            listed(names.iter().map(String::as_str))
        ),
    };
    line("not asked for", &unasked);
    line("on disk", &bytes(status.bytes));
    line(
        "at work",
        &holder.map_or("nobody".to_owned(), LockHolder::to_string),
    );
    text
}
