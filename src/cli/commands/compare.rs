//! `tp-sweep compare`.

use crate::cli::arguments::commands::{CompareArguments, SweepArguments};
use crate::cli::context::own_input::refuse_report_over_inputs;
use crate::cli::context::sweep_context::{
    SweepContext, fingerprints, load_for_results, load_recorded, no_results,
};
use crate::cli::errors::cli_error::CliError;
use crate::cli::errors::exit_code::MISSING;
use crate::cli::messages::output::{print, warn};
use crate::record::{RecordedSweep, Results, Store, prepare_folder, write_atomically};
use crate::report::{ComparedSweep, Listing, Report, compare as compare_parts};
use crate::spec::Language;
use std::path::Path;

/// A sweep and what it has given.
struct Sweep {
    loaded: SweepContext,
    results: Results,
    report: Report,
}

/// Writes the report over several sweeps; the exit code: 3 where one was left out.
///
/// # Errors
/// A sweep that is not valid, no sweep that has results, a name that is a sweep's, folders that cannot
/// be written to.
pub(crate) fn compare(arguments: &CompareArguments) -> Result<u8, CliError> {
    let mut sweeps: Vec<Sweep> = Vec::new();
    let mut left_out = None;
    let mut language = arguments.language;
    for path in &arguments.sweeps {
        let sweep = match read(path, arguments, language) {
            // The others can be compared all the same.
            Err(error @ (CliError::NoResults(_) | CliError::Misplaced { .. }))
                if arguments.sweeps.len() > 1 =>
            {
                warn(&format!("{} is left out: {error}", path.display()));
                left_out.get_or_insert(error);
                continue;
            }
            sweep => sweep?,
        };
        // That of the first speaks for all.
        language = Some(sweep.loaded.sweep.report.language);
        sweeps.push(sweep);
    }
    let code = match left_out {
        Some(error) if sweeps.is_empty() => return Err(error),
        Some(_) => MISSING,
        None => 0,
    };
    refuse_name_of_sweep(arguments, &sweeps)?;
    let reports = &arguments.folders.reports;
    for sweep in &sweeps {
        let loaded = &sweep.loaded;
        refuse_report_over_inputs(&arguments.name, reports, &arguments.sweeps, loaded)?;
    }
    let parts: Vec<ComparedSweep> = sweeps
        .iter()
        .map(|sweep| ComparedSweep {
            sweep: &sweep.loaded.sweep,
            plan: &sweep.loaded.plan,
            results: &sweep.results,
            report: &sweep.report,
        })
        .collect();
    let language = language.unwrap_or(Language::English);
    let folder = &arguments.folders.reports;
    prepare_folder(folder).map_err(CliError::Record)?;
    for file in compare_parts(&arguments.name, &parts, language)? {
        let path = folder.join(&file.path);
        write_atomically(&path, &file.contents).map_err(CliError::Record)?;
        print(&format!("{}\n", path.display()))?;
    }
    Ok(code)
}

/// Refuses a name whose report is that of a sweep: one of those that are compared, or one that has
/// results beside theirs.
fn refuse_name_of_sweep(arguments: &CompareArguments, sweeps: &[Sweep]) -> Result<(), CliError> {
    let name = &arguments.name;
    let beside = arguments.sweeps.iter().filter(|path| path.is_dir());
    let beside = beside.map(|path| path.parent().unwrap_or(Path::new("")));
    let mut folders = beside.chain([arguments.folders.runs.as_path()]);
    let is_taken = sweeps.iter().any(|one| one.loaded.plan.name == *name)
        || folders.any(|runs| RecordedSweep::read(&runs.join(name)).is_ok());
    match is_taken {
        true => Err(CliError::NameOfSweep {
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
) -> Result<Sweep, CliError> {
    let data = arguments.data.as_deref();
    let (mut loaded, folder) = match path.is_dir() {
        // Whatever it is called here: it may be a copy from another machine.
        true => (load_recorded(path, data)?, path.to_owned()),
        false => {
            let sweep = SweepArguments {
                sweep: Some(path.to_owned()),
                overrides: Vec::new(),
                data: arguments.data.clone(),
            };
            let loaded = load_for_results(&sweep, &arguments.folders.runs)?;
            let folder = arguments.folders.runs.join(&loaded.plan.name);
            (loaded, folder)
        }
    };
    let options = &mut loaded.sweep.report;
    options.language = language.unwrap_or(options.language);
    let SweepContext {
        sweep,
        plan,
        library,
        remarks,
    } = &loaded;
    let fingerprints = fingerprints(plan, library)?;
    let store = Store::at(&folder, plan, |config| {
        fingerprints[&config.data.source()].clone()
    });
    let results = store.read(plan);
    if results.runs.is_empty() {
        return Err(no_results(&store, plan));
    }
    let report = Report::new(sweep, plan, &results, remarks, &Listing::default(), &|_| {
        None
    })?;
    Ok(Sweep {
        results,
        report,
        loaded,
    })
}
