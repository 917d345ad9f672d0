//! `tp-sweep report`.

use crate::cli::arguments::commands::ReportArguments;
use crate::cli::context::best_marker::{classes_of, mark_best};
use crate::cli::context::own_input::refuse_report_over_inputs;
use crate::cli::context::sweep_context::{
    SweepContext, fingerprints, load_for_results, no_results,
};
use crate::cli::errors::cli_error::{CliError, print_error};
use crate::cli::errors::exit_code::{MISSING, of_results};
use crate::cli::messages::output::{print, warn};
use crate::cli::messages::reconcile_messages::counted;
use crate::plan::{Plan, grouped};
use crate::record::lock;
use crate::record::{Lock, Results, Store, prepare_folder, remove_file, write_atomically};
use crate::report::{Listing, Report, ReportFile, TrialClasses};
use crate::run::{prune_weights, remove_leftovers_of_ended, write_missing_scores};
use crate::spec::{DataRemarks, Sweep};
use std::path::{Path, PathBuf};

/// Tables, and where they were written.
pub(crate) struct WrittenReport {
    pub(crate) tables: Report,
    pub(crate) paths: Vec<PathBuf>,
}

/// Rows of the ranking that are shown on a terminal.
const TOP: usize = 5;

impl WrittenReport {
    /// The best trials, and where to find the rest.
    pub(crate) fn shown(
        &self,
        sweep: &Sweep,
        plan: &Plan,
        results: &Results,
    ) -> Result<String, CliError> {
        let top = self.tables.top(sweep, plan, results, TOP)?;
        let paths: Vec<String> = self.paths.iter().map(|p| p.display().to_string()).collect();
        Ok(format!("{top}\n{}\n", paths.join("\n")))
    }
}

/// Makes a sweep's tables again, from its results alone; the exit code: 0 where every run has
/// finished, 3 where results are missing, 1 where none is but some failed.
///
/// # Errors
/// A sweep file that is not valid, folders that cannot be written to.
pub(crate) fn report(arguments: &ReportArguments) -> Result<u8, CliError> {
    let loaded = load_for_results(&arguments.sweep, &arguments.folders.runs)?;
    let files = arguments.sweep.sweep.as_slice();
    refuse_report_over_inputs(
        &loaded.plan.name,
        &arguments.folders.reports,
        files,
        &loaded,
    )?;
    let SweepContext {
        sweep,
        plan,
        library,
        remarks,
    } = loaded;
    let runs = &arguments.folders.runs;
    let fingerprints = fingerprints(&plan, &library)?;
    let store = Store::new(runs, &plan, |config| {
        fingerprints[&config.data.source()].clone()
    });
    let results = store.read(&plan);
    if results.runs.is_empty() {
        print_error(no_results(&store, &plan));
        return Ok(MISSING);
    }
    let classes = |trial| classes_of(&library, &store, &plan, trial);
    let reports = &arguments.folders.reports;
    let written = write_report(
        &sweep,
        &plan,
        &results,
        &remarks,
        &arguments.view(),
        &classes,
        reports,
    )?;
    print(&written.shown(&sweep, &plan, &results)?)?;
    // A process that trains this sweep marks the best trial itself, at its end.
    let marked = lock(store.folder()).and_then(|lock| match lock {
        Lock::Acquired(_lock) => write_missing_scores(&sweep, &plan, &store, &results.runs)
            .and_then(|()| remove_leftovers_of_ended(&plan, &store, &results.runs))
            .and_then(|()| prune_weights(&sweep, &plan, &store, &results.runs))
            .and_then(|()| mark_best(&plan, &store, written.tables.detailed.as_ref())),
        Lock::Held(_) => Ok(()),
    });
    if let Err(error) = marked {
        // The tables, which were asked for, are there.
        warn(&format!(
            "the tables are written; the best trial is not marked for TensorBoard, or what has no \
             use stays (`tp-sweep clean`): {error}"
        ));
    }
    Ok(completeness(&plan, &results))
}

/// Runs without a result that are listed.
const MOST_LISTED: usize = 20;

/// Says which results are missing; the exit code: 3 where some are, 1 where a run failed.
fn completeness(plan: &Plan, results: &Results) -> u8 {
    let missing = plan.runs().filter(|run| !results.runs.contains_key(run));
    let missing: Vec<String> = missing
        .map(|run| plan.folder(run).display().to_string())
        .collect();
    if !missing.is_empty() {
        let mut shown: Vec<String> = missing.iter().take(MOST_LISTED).cloned().collect();
        if let more @ 1.. = missing.len().saturating_sub(MOST_LISTED) {
            shown.push(format!("and {} more", grouped(more as u64)));
        }
        warn(&format!(
            "{} of {} without a result, which the tables leave out (`tp-sweep status` tells more):\n  {}",
            counted(missing.len(), "run"),
            grouped(plan.runs().count() as u64),
            shown.join("\n  ")
        ));
    }
    let failed = results.runs.values().filter(|run| run.failure.is_some());
    of_results(missing.is_empty(), failed.count())
}

/// Makes and writes the tables of a sweep; `classes` tells how the classes fare in a trial.
pub(crate) fn write_report(
    sweep: &Sweep,
    plan: &Plan,
    results: &Results,
    remarks: &DataRemarks,
    view: &Listing,
    classes: &dyn Fn(usize) -> Option<TrialClasses>,
    folder: &Path,
) -> Result<WrittenReport, CliError> {
    let tables = Report::new(sweep, plan, results, remarks, view, classes)?;
    let files = tables.files()?;
    let mut folders: Vec<&Path> = files.iter().filter_map(|file| file.path.parent()).collect();
    folders.dedup();
    for inner in folders {
        prepare_folder(&folder.join(inner)).map_err(CliError::Record)?;
    }
    remove_old_pictures(&folder.join(&plan.name), &files)?;
    let mut paths = Vec::new();
    for file in &files {
        let path = folder.join(&file.path);
        write_atomically(&path, &file.contents).map_err(CliError::Record)?;
        // Pictures are linked from the report.
        if file.path.components().count() == 1 {
            paths.push(path);
        }
    }
    Ok(WrittenReport { tables, paths })
}

/// The names of a report's pictures, without endings.
const PICTURES: [&str; 6] = [
    "confusion",
    "heat-map",
    "learning-curves",
    "main-effects",
    "parallel-coordinates",
    "trade-off",
];

/// What the names of its other pictures begin with.
const SERIES: [&str; 2] = ["gradients-", "learning-curves-"];

/// Removes the pictures of an earlier report that this one does not have; others are not ours.
fn remove_old_pictures(folder: &Path, files: &[ReportFile]) -> Result<(), CliError> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let is_picture = path.extension().is_some_and(|e| e == "svg" || e == "png");
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let is_ours =
            PICTURES.contains(&&*name) || SERIES.iter().any(|start| name.starts_with(start));
        let is_current = files.iter().any(|file| path.ends_with(&file.path));
        if is_picture && is_ours && !is_current {
            remove_file(&path).map_err(CliError::Record)?;
        }
    }
    Ok(())
}
