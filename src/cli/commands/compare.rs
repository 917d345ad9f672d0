//! `tp-sweep compare`.

use crate::cli::arguments::{CompareArguments, SweepArguments};
use crate::cli::context::{
    SweepContext, fingerprints, load_for_results, load_from_results, missing_results_error,
    refuse_report_over_inputs,
};
use crate::cli::errors::{CliError, RESULTS_MISSING};
use crate::cli::messages::{print, warn};
use crate::record::{RecordedSweep, Results, Store, prepare_folder, write_atomically};
use crate::report::{ComparedSweep, Listing, Report, compare as compare_sweeps};
use crate::spec::Language;
use std::path::Path;

/// A sweep and what it has given.
struct ComparedInput {
    context: SweepContext,
    results: Results,
    report: Report,
}

/// Writes the report over several sweeps; the exit code: 3 where one was left out.
///
/// # Errors
/// A sweep that is not valid, no sweep that has results, a name that is a sweep's, folders that cannot
/// be written to.
pub(crate) fn compare(arguments: &CompareArguments) -> Result<u8, CliError> {
    let mut sweeps: Vec<ComparedInput> = Vec::new();
    let mut first_skipped = None;
    let mut language = arguments.language;
    for path in &arguments.sweeps {
        let sweep = match read(path, arguments, language) {
            // The others can be compared all the same.
            Err(error @ (CliError::NoResults(_) | CliError::Misplaced { .. }))
                if arguments.sweeps.len() > 1 =>
            {
                warn(&format!("{} is left out: {error}", path.display()));
                first_skipped.get_or_insert(error);
                continue;
            }
            sweep => sweep?,
        };
        // That of the first speaks for all.
        language = Some(sweep.context.sweep.report.language);
        sweeps.push(sweep);
    }
    let code = match first_skipped {
        Some(error) if sweeps.is_empty() => return Err(error),
        Some(_) => RESULTS_MISSING,
        None => 0,
    };
    refuse_name_of_sweep(arguments, &sweeps)?;
    let reports = &arguments.folders.reports;
    for sweep in &sweeps {
        let context = &sweep.context;
        refuse_report_over_inputs(&arguments.name, reports, &arguments.sweeps, context)?;
    }
    let parts: Vec<ComparedSweep> = sweeps
        .iter()
        .map(|sweep| ComparedSweep {
            sweep: &sweep.context.sweep,
            plan: &sweep.context.plan,
            results: &sweep.results,
            report: &sweep.report,
        })
        .collect();
    let language = language.unwrap_or(Language::English);
    let folder = &arguments.folders.reports;
    prepare_folder(folder).map_err(CliError::AfterStart)?;
    for file in compare_sweeps(&arguments.name, &parts, language)? {
        let path = folder.join(&file.path);
        write_atomically(&path, &file.contents).map_err(CliError::AfterStart)?;
        print(&format!("{}\n", path.display()))?;
    }
    Ok(code)
}

/// Refuses a name whose report is that of a sweep: one of those that are compared, or one that has
/// results beside theirs.
fn refuse_name_of_sweep(
    arguments: &CompareArguments,
    sweeps: &[ComparedInput],
) -> Result<(), CliError> {
    let name = &arguments.name;
    let result_folders = arguments.sweeps.iter().filter(|path| path.is_dir());
    let result_folders = result_folders.map(|path| path.parent().unwrap_or(Path::new("")));
    let mut folders = result_folders.chain([arguments.folders.runs.as_path()]);
    let is_taken = sweeps.iter().any(|one| one.context.plan.name == *name)
        || folders.any(|runs| RecordedSweep::read(&runs.join(name)).is_ok());
    match is_taken {
        true => Err(CliError::NameTakenBySweep {
            name: name.clone(),
            report: arguments.folders.reports.join(format!("{name}.md")),
        }),
        false => Ok(()),
    }
}

/// Reads a sweep file, or the sweep that a folder of results is of, and its results.
fn read(
    path: &Path,
    arguments: &CompareArguments,
    language: Option<Language>,
) -> Result<ComparedInput, CliError> {
    let data = arguments.data.as_deref();
    let (mut context, folder) = match path.is_dir() {
        // Whatever it is called here: it may be a copy from another machine.
        true => (load_from_results(path, data)?, path.to_owned()),
        false => {
            let sweep = SweepArguments {
                sweep: Some(path.to_owned()),
                overrides: Vec::new(),
                data: arguments.data.clone(),
            };
            let context = load_for_results(&sweep, &arguments.folders.runs)?;
            let folder = arguments.folders.runs.join(&context.plan.name);
            (context, folder)
        }
    };
    let options = &mut context.sweep.report;
    options.language = language.unwrap_or(options.language);
    let SweepContext {
        sweep,
        plan,
        dataset_cache,
        remarks,
    } = &context;
    let fingerprints = fingerprints(plan, dataset_cache)?;
    let store = Store::at(&folder, plan, |config| {
        fingerprints[&config.data.source()].clone()
    });
    let results = store.read(plan);
    if results.runs.is_empty() {
        return Err(missing_results_error(&store, plan));
    }
    let report = Report::new(sweep, plan, &results, remarks, &Listing::default(), &|_| {
        None
    })?;
    Ok(ComparedInput {
        results,
        report,
        context,
    })
}
