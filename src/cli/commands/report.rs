//! `tp-sweep report`.

use crate::cli::arguments::ReportArguments;
use crate::cli::context::{
    RecordedDetails, SweepContext, load_for_results, mark_best, missing_results_error, open_store,
    refuse_report_over_inputs,
};
use crate::cli::errors::{CliError, RESULTS_MISSING, print_error, results_exit_code};
use crate::cli::messages::{print, warn, with_count};
use crate::plan::Plan;
use crate::record::lock;
use crate::record::{Lock, Results, prepare_folder, remove_file, write_atomically};
use crate::report::{Listing, Report, ReportFile, TrialDetails, is_figure_name};
use crate::run::{prune_weights, remove_leftovers_of_ended, write_missing_scores};
use crate::spec::{DataRemarks, Sweep};
use crate::wording::grouped;
use std::path::{Path, PathBuf};

/// A report and the paths of its files.
pub(crate) struct WrittenReport {
    pub(crate) report: Report,
    pub(crate) paths: Vec<PathBuf>,
}

/// Rows of the ranking that are printed on a terminal.
const TERMINAL_ROWS: usize = 5;

impl WrittenReport {
    /// The summary, the best trials and the paths of the files.
    pub(crate) fn terminal_text(
        &self,
        sweep: &Sweep,
        plan: &Plan,
        results: &Results,
    ) -> Result<String, CliError> {
        let top = self.report.top(sweep, plan, results, TERMINAL_ROWS)?;
        let paths: Vec<String> = self.paths.iter().map(|p| p.display().to_string()).collect();
        let summary = self.report.document.summary_text();
        Ok(format!("{summary}\n{top}\n{}\n", paths.join("\n")))
    }
}

/// Writes a sweep's report from its results; returns the exit code: 3 if results are missing, else 1 if
/// runs failed, else 0.
///
/// # Errors
/// The sweep file is invalid, or a folder cannot be written.
pub(crate) fn report(arguments: &ReportArguments) -> Result<u8, CliError> {
    let context = load_for_results(&arguments.sweep, &arguments.folders.runs)?;
    let reports = &arguments.folders.reports;
    let sweep_file = arguments.sweep.sweep.as_slice();
    refuse_report_over_inputs(&context.plan.name, reports, sweep_file, &context)?;
    let SweepContext {
        sweep,
        plan,
        dataset_cache,
        remarks,
    } = context;
    let runs = &arguments.folders.runs;
    let store = open_store(runs, &plan, &dataset_cache)?;
    let results = store.read(&plan);
    if results.runs.is_empty() {
        print_error(missing_results_error(&store, &plan));
        return Ok(RESULTS_MISSING);
    }
    let details = RecordedDetails {
        dataset_cache: &dataset_cache,
        store: &store,
        plan: &plan,
    };
    let written = write_report(
        &sweep,
        &plan,
        &results,
        &remarks,
        &arguments.listing(),
        &details,
        reports,
    )?;
    print(&written.terminal_text(&sweep, &plan, &results)?)?;
    // Whoever tries another rule for one report does not lose the weights of the file's choice.
    let tries_rule = arguments
        .sweep
        .overrides
        .iter()
        .any(|set| set.starts_with("report"));
    let prune = || {
        if tries_rule {
            Ok(())
        } else {
            prune_weights(&sweep, &plan, &store, &results)
        }
    };
    // A process that is training this sweep does these steps itself at its end.
    let finished = lock(store.folder()).and_then(|lock| match lock {
        Lock::Acquired(_lock) => write_missing_scores(&sweep, &plan, &store, &results.runs)
            .and_then(|()| remove_leftovers_of_ended(&plan, &store, &results.runs))
            .and_then(|()| prune())
            .and_then(|()| mark_best(&plan, &store, written.report.detailed.as_ref())),
        Lock::Held(_) => Ok(()),
    });
    if let Err(error) = finished {
        // Not an error: the report is written.
        warn(&format!(
            "the report is written, but marking the best trial for TensorBoard or removing unneeded \
             files failed: {error}"
        ));
    }
    Ok(report_missing_runs(&plan, &results))
}

/// The maximum number of missing runs to list.
const MAX_LISTED_RUNS: usize = 20;

/// Lists missing results; returns the exit code: 3 if results are missing, else 1 if runs failed.
fn report_missing_runs(plan: &Plan, results: &Results) -> u8 {
    let missing = plan.runs().filter(|run| !results.runs.contains_key(run));
    let missing: Vec<String> = missing
        .map(|run| plan.folder(run).display().to_string())
        .collect();
    if !missing.is_empty() {
        let mut shown: Vec<String> = missing.iter().take(MAX_LISTED_RUNS).cloned().collect();
        if let more @ 1.. = missing.len().saturating_sub(MAX_LISTED_RUNS) {
            shown.push(format!("and {} more", grouped(more as u64)));
        }
        warn(&format!(
            "{} of {} {} no result and {} not in the report (`tp-sweep status` shows details):\n  {}",
            with_count(missing.len(), "run"),
            grouped(plan.runs().count() as u64),
            if missing.len() == 1 { "has" } else { "have" },
            if missing.len() == 1 { "is" } else { "are" },
            shown.join("\n  ")
        ));
    }
    let failed = results.runs.values().filter(|run| run.failure.is_some());
    results_exit_code(missing.is_empty(), failed.count())
}

/// Makes and writes the report of a sweep.
pub(crate) fn write_report(
    sweep: &Sweep,
    plan: &Plan,
    results: &Results,
    remarks: &DataRemarks,
    listing: &Listing,
    details: &dyn TrialDetails,
    folder: &Path,
) -> Result<WrittenReport, CliError> {
    let report = Report::new(sweep, plan, results, remarks, listing, details)?;
    let paths = write_report_files(&report.files()?, &plan.name, folder)?;
    Ok(WrittenReport { report, paths })
}

/// Writes the files of the report `name` and removes its earlier figures that are not among them;
/// returns the paths without those of figures, which are linked from the report.
pub(crate) fn write_report_files(
    files: &[ReportFile],
    name: &str,
    folder: &Path,
) -> Result<Vec<PathBuf>, CliError> {
    let mut folders: Vec<&Path> = files.iter().filter_map(|file| file.path.parent()).collect();
    folders.dedup();
    for inner in folders {
        prepare_folder(&folder.join(inner)).map_err(CliError::AfterStart)?;
    }
    remove_stale_figures(&folder.join(name), files)?;
    let mut paths = Vec::new();
    for file in files {
        let path = folder.join(&file.path);
        write_atomically(&path, &file.contents).map_err(CliError::AfterStart)?;
        if file.path.components().count() == 1 {
            paths.push(path);
        }
    }
    Ok(paths)
}

/// Removes figures of an earlier report that this report does not have; other files are kept.
fn remove_stale_figures(folder: &Path, files: &[ReportFile]) -> Result<(), CliError> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let is_image = path.extension().is_some_and(|e| e == "svg" || e == "png");
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let is_current = files.iter().any(|file| path.ends_with(&file.path));
        if is_image && is_figure_name(&name) && !is_current {
            remove_file(&path).map_err(CliError::AfterStart)?;
        }
    }
    Ok(())
}
