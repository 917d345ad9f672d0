//! `tp-sweep compare`.

use super::report::write_report_files;
use crate::cli::arguments::CompareArguments;
use crate::cli::context::{
    SweepContext, load_from_results, missing_results_error, open_store_at,
    refuse_report_over_inputs, with_recorded_data,
};
use crate::cli::errors::{CliError, RESULTS_MISSING};
use crate::cli::messages::{print, warn};
use crate::record::{RecordedSweep, Results};
use crate::report::{ComparedSweep, ComparisonReport, Listing, NoDetails, Report};
use crate::spec::{Data, Language, Sweep};
use std::path::{Path, PathBuf};

/// A sweep to compare, with its results and its report.
struct ComparedInput {
    /// The folder of its results, absolute and without links.
    folder: PathBuf,
    context: SweepContext,
    results: Results,
    report: Report,
}

impl ComparedInput {
    fn misses_results(&self) -> bool {
        let runs = &self.results.runs;
        self.context.plan.runs().any(|run| !runs.contains_key(&run))
    }
}

/// Writes the report over several sweeps; returns the exit code, which is 3 if a sweep was skipped or
/// results are missing.
///
/// # Errors
/// A sweep is invalid, no sweep has results, the name is that of a sweep, or a folder cannot be written.
pub(crate) fn compare(arguments: &CompareArguments) -> Result<u8, CliError> {
    let mut sweeps: Vec<ComparedInput> = Vec::new();
    let mut first_skipped = None;
    let mut skipped = Vec::new();
    let mut language = arguments.language;
    for path in &arguments.sweeps {
        let sweep = match read(path, arguments, language) {
            // The other sweeps can still be compared.
            Err(error @ (CliError::NoResults(_) | CliError::Misplaced { .. }))
                if arguments.sweeps.len() > 1 =>
            {
                warn(&format!("skipping {}: {error}", path.display()));
                skipped.push(path.display().to_string());
                first_skipped.get_or_insert(error);
                continue;
            }
            sweep => sweep?,
        };
        if sweeps.iter().any(|earlier| earlier.folder == sweep.folder) {
            return Err(CliError::SameSweep(path.clone()));
        }
        // The language of the first sweep applies to all.
        language = Some(sweep.context.sweep.options.report.language);
        sweeps.push(sweep);
    }
    let code = match first_skipped {
        Some(error) if sweeps.is_empty() => return Err(error),
        Some(_) => RESULTS_MISSING,
        None if sweeps.iter().any(ComparedInput::misses_results) => RESULTS_MISSING,
        None => 0,
    };
    refuse_name_of_sweep(arguments, &sweeps)?;
    let reports = &arguments.folders.reports;
    for sweep in &sweeps {
        let context = &sweep.context;
        refuse_report_over_inputs(&arguments.name, reports, &arguments.sweeps, context)?;
    }
    let hash_of =
        |context: &SweepContext, data: &Data| context.dataset_cache.fingerprint(data).ok();
    let hashes: Vec<_> = sweeps
        .iter()
        .map(|sweep| move |data: &Data| hash_of(&sweep.context, data))
        .collect();
    let parts: Vec<ComparedSweep> = sweeps
        .iter()
        .zip(&hashes)
        .map(|(sweep, data_hash)| ComparedSweep {
            sweep: &sweep.context.sweep,
            plan: &sweep.context.plan,
            results: &sweep.results,
            report: &sweep.report,
            data_hash,
        })
        .collect();
    let (name, language) = (&arguments.name, language.unwrap_or(Language::English));
    let report = ComparisonReport::new(name, &parts, &skipped, language)?;
    let folder = &arguments.folders.reports;
    let paths = write_report_files(&report.files()?, name, folder)?;
    let paths: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
    let summary = report.document.summary_text();
    print(&format!("{summary}\n{}\n", paths.join("\n")))?;
    Ok(code)
}

/// Refuses a name that is also the name of a sweep: of a compared one, or of one with results next to
/// theirs.
fn refuse_name_of_sweep(
    arguments: &CompareArguments,
    sweeps: &[ComparedInput],
) -> Result<(), CliError> {
    let name = &arguments.name;
    let result_folders = arguments.sweeps.iter().filter(|path| path.is_dir());
    let mut folders = result_folders
        .map(|path| path.parent().unwrap_or(Path::new("")))
        .chain([arguments.folders.runs.as_path()]);
    let is_taken = sweeps.iter().any(|one| one.context.plan.name == *name)
        || folders.any(|runs| RecordedSweep::read(&runs.join(name)).is_ok());
    if is_taken {
        return Err(CliError::NameTakenBySweep {
            name: name.clone(),
            report: arguments.folders.reports.join(format!("{name}.md")),
        });
    }
    Ok(())
}

/// Reads a sweep from its file or from its results folder, and its results.
fn read(
    path: &Path,
    arguments: &CompareArguments,
    language: Option<Language>,
) -> Result<ComparedInput, CliError> {
    let data = arguments.data.as_deref();
    let (mut context, folder) = if path.is_dir() {
        // The folder may have any name: it may be a copy from another machine.
        (load_from_results(path, data)?, path.to_owned())
    } else {
        let sweep = Sweep::load(path, &[])?;
        let runs = &arguments.folders.runs;
        let folder = runs.join(&sweep.name);
        if !folder.is_dir() {
            // Before its data is read, which may not be here yet.
            return Err(CliError::NoResults(folder));
        }
        (with_recorded_data(sweep, path, data, runs)?, folder)
    };
    let options = &mut context.sweep.options.report;
    options.language = language.unwrap_or(options.language);
    let SweepContext {
        sweep,
        plan,
        dataset_cache,
        remarks,
    } = &context;
    let store = open_store_at(&folder, plan, dataset_cache)?;
    let results = store.read(plan);
    if results.runs.is_empty() {
        return Err(missing_results_error(&store, plan));
    }
    let report = Report::new(
        sweep,
        plan,
        &results,
        remarks,
        &Listing::default(),
        &NoDetails,
    )?;
    Ok(ComparedInput {
        folder: folder.canonicalize().unwrap_or(folder),
        results,
        report,
        context,
    })
}
