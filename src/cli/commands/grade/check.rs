//! The checks of one archive.

use super::checked_report::{CheckedReport, check_report};
use super::checked_run::{CheckedRun, check_run};
use super::time_limit::TimeLimit;
use crate::cli::arguments::GradeArguments;
use crate::cli::context::{
    Retraining, SweepContext, load_from_untrusted_results, open_store_at, sample_runs,
};
use crate::cli::errors::CliError;
use crate::handin::{FileFinding, HandinError, SWEEP_FILE, Unpacked, unpack};
use crate::plan::Plan;
use crate::record::{RESULT_FILE, Results, Store};
use crate::train::StopRequest;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// What the checks of an archive found.
pub(super) struct Checked {
    /// The path of the archive, as the user named it.
    pub(super) archive: String,
    /// `None` if the archive cannot be read; then the error.
    pub(super) contents: Result<CheckedContents, CliError>,
}

/// What the checks of a readable archive found.
pub(super) struct CheckedContents {
    /// The name of the sweep.
    pub(super) sweep: String,
    /// The number of runs of the sweep.
    pub(super) runs: usize,
    /// The number of runs with a valid result.
    pub(super) results: usize,
    /// Whether the runs were only ever trained on machines that are known to compute like this one.
    pub(super) computes_alike: bool,
    /// Whether the archive's sweep file is the one of its results.
    pub(super) has_same_sweep_file: bool,
    /// Files that are not as they were packed.
    pub(super) findings: Vec<FileFinding>,
    /// The paths of results that are not valid: damaged, impossible, or of other settings than the sweep's.
    pub(super) invalid_results: Vec<String>,
    pub(super) report: CheckedReport,
    /// The runs that were trained again.
    pub(super) sample: Vec<CheckedRun>,
}

impl Checked {
    /// Whether all files, the report and the sampled runs are as they should be.
    pub(super) fn is_reproduced(&self) -> bool {
        self.contents.as_ref().is_ok_and(|contents| {
            !contents.differs()
                && !contents.sample.is_empty()
                && contents.sample.iter().all(CheckedRun::agrees)
        })
    }
}

impl CheckedContents {
    /// Whether a file, the report or a run that was trained again is not as it should be.
    pub(super) fn differs(&self) -> bool {
        !self.findings.is_empty()
            || !self.has_same_sweep_file
            || !self.invalid_results.is_empty()
            || !self.report.agrees()
            || self.sample.iter().any(|run| !run.differences.is_empty())
    }
}

/// Checks an archive.
pub(super) fn check(archive: &Path, arguments: &GradeArguments, seed: u64) -> Checked {
    Checked {
        archive: archive.display().to_string(),
        contents: check_contents(archive, arguments, seed),
    }
}

fn check_contents(
    archive: &Path,
    arguments: &GradeArguments,
    seed: u64,
) -> Result<CheckedContents, CliError> {
    let folder = tempfile::tempdir()?;
    let unpacked = unpack(archive, folder.path())?;
    let sweep_name = &unpacked.manifest.sweep;
    let results_folder = unpacked.folder.join("runs").join(sweep_name);
    let context = load_from_untrusted_results(&results_folder, arguments.data.as_deref())?;
    let SweepContext {
        plan,
        dataset_cache,
        ..
    } = &context;
    let store = open_store_at(&results_folder, plan, dataset_cache)?;
    let results = store.read(plan);
    let count = arguments.sample as usize;
    if plan.name != *sweep_name {
        return Err(CliError::Handin(HandinError::NotAPack {
            path: archive.to_owned(),
            reason: format!(
                "its results are those of the sweep {}, not {sweep_name}",
                plan.name
            ),
        }));
    }
    // Failed runs too: a failure can be invented.
    let recorded = plan.runs().filter(|run| results.runs.contains_key(run));
    let chosen = sample_runs(&store, recorded, count, seed);
    let limit = TimeLimit::new(arguments.time_limit);
    let retraining = if limit.is_requested() {
        None
    } else {
        Some(Retraining::new(dataset_cache, plan, &store, &chosen)?)
    };
    let sample = chosen.into_iter().filter_map(|run| {
        let result = results.runs.get(&run)?;
        Some(check_run(
            retraining.as_ref(),
            plan,
            &store,
            run,
            result,
            &limit,
        ))
    });
    let sample = sample.collect();
    Ok(CheckedContents {
        sweep: plan.name.clone(),
        runs: plan.runs().count(),
        results: results.runs.len(),
        computes_alike: retraining.is_some_and(|retraining| retraining.computes_alike),
        has_same_sweep_file: std::fs::read(unpacked.folder.join(SWEEP_FILE))
            .is_ok_and(|text| text == context.sweep.source.text.as_bytes()),
        invalid_results: invalid_results(&unpacked, &store, plan, &results),
        report: check_report(&context, &store, &results, &unpacked)?,
        findings: unpacked.findings,
        sample,
    })
}

/// The results in the archive that are not among the valid ones.
fn invalid_results(
    unpacked: &Unpacked,
    store: &Store,
    plan: &Plan,
    results: &Results,
) -> Vec<String> {
    let valid: HashSet<PathBuf> = results
        .runs
        .keys()
        .map(|run| store.run_folder(plan, *run).join(RESULT_FILE))
        .collect();
    let is_result = |path: &&String| path.rsplit('/').next() == Some(RESULT_FILE);
    let paths = unpacked.manifest.files.keys().filter(is_result);
    paths
        .filter(|path| !valid.contains(&unpacked.folder.join(path)))
        .cloned()
        .collect()
}
