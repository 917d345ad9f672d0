//! `tp-sweep pack`: an archive for hand-in.

use super::report::write_report;
use crate::cli::arguments::PackArguments;
use crate::cli::context::{
    RecordedDetails, SweepContext, custom_data_files, load_for_results, missing_results_error,
    open_store, refuse_overwriting_inputs, refuse_report_over_inputs, write_output,
};
use crate::cli::errors::{CliError, RESULTS_MISSING, print_error};
use crate::cli::messages::{format_bytes, print, warn, with_count};
use crate::handin::{PackedFile, SWEEP_FILE, pack as pack_files};
use crate::plan::Plan;
use crate::record::{RecordedSweep, Results, Store};
use crate::report::{Listing, ReportFile};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The files of a run that are packed: all but event files, weights and checkpoints.
const RUN_FILES: [&str; 5] = [
    "result.json",
    "epochs.csv",
    "classes.json",
    "predictions.bin",
    "input.json",
];

/// Writes the report again and packs it with the sweep file and the results; returns the exit code: 3 if there are no
/// results.
///
/// # Errors
/// The sweep file is invalid or was edited since the last training, or a file cannot be read or written.
pub(crate) fn pack(arguments: &PackArguments) -> Result<u8, CliError> {
    let context = load_for_results(&arguments.sweep, &arguments.folders.runs)?;
    let name = context.plan.name.clone();
    let output = arguments.output.clone();
    let output = output.unwrap_or_else(|| PathBuf::from(format!("{name}.tar.gz")));
    let reports = &arguments.folders.reports;
    let sweep_file = arguments.sweep.sweep.as_slice();
    let inputs = [sweep_file, &custom_data_files(&context)].concat();
    let remedy = "choose a different file with --output";
    refuse_overwriting_inputs(std::slice::from_ref(&output), &inputs, remedy)?;
    refuse_report_over_inputs(&name, reports, sweep_file, &context)?;
    let SweepContext {
        sweep,
        plan,
        dataset_cache,
        remarks,
    } = context;
    let store = open_store(&arguments.folders.runs, &plan, &dataset_cache)?;
    let results = store.read(&plan);
    if results.runs.is_empty() {
        print_error(missing_results_error(&store, &plan));
        return Ok(RESULTS_MISSING);
    }
    let recorded = RecordedSweep::read(store.folder());
    let is_current = recorded.is_ok_and(|recorded| {
        recorded.sweep_file == sweep.source.text && recorded.overrides == arguments.sweep.overrides
    });
    if !is_current {
        return Err(CliError::SweepEditedBeforePack(name));
    }
    let details = RecordedDetails {
        dataset_cache: &dataset_cache,
        store: &store,
        plan: &plan,
    };
    let listing = Listing::default();
    let written = write_report(
        &sweep, &plan, &results, &remarks, &listing, &details, reports,
    )?;
    let mut files = vec![PackedFile {
        path: SWEEP_FILE.to_owned(),
        contents: sweep.source.text.clone().into_bytes(),
    }];
    files.extend(result_files(&store, &plan, &results)?);
    let report = written.report.files()?;
    files.extend(report.into_iter().map(report_file));
    let archive = pack_files(&name, &files)?;
    write_output(&output, &archive)?;
    let missing = plan.runs().count() - results.runs.len();
    if missing > 0 {
        warn(&format!(
            "{} {} no result and {} not packed",
            with_count(missing, "run"),
            if missing == 1 { "has" } else { "have" },
            if missing == 1 { "is" } else { "are" },
        ));
    }
    print(&format!(
        "{}: {}, {}, {}\n",
        output.display(),
        with_count(results.runs.len(), "run"),
        with_count(files.len(), "file"),
        format_bytes(archive.len() as u64)
    ))?;
    Ok(0)
}

fn report_file(file: ReportFile) -> PackedFile {
    PackedFile {
        path: archive_path(&Path::new("reports").join(file.path)),
        contents: file.contents,
    }
}

/// The files of the sweep's results: `sweep.json`, those of each run, the profiles.
fn result_files(
    store: &Store,
    plan: &Plan,
    results: &Results,
) -> Result<Vec<PackedFile>, CliError> {
    let mut relative = vec![PathBuf::from("sweep.json")];
    for run in plan.runs().filter(|run| results.runs.contains_key(run)) {
        let folder = plan.folder(run);
        relative.extend(RUN_FILES.iter().map(|name| folder.join(name)));
    }
    let trials = plan.trials.iter();
    relative.extend(trials.map(|trial| Path::new(&trial.name).join("profile.json")));
    let mut files = Vec::new();
    for path in relative {
        let source = store.folder().join(&path);
        match std::fs::read(&source) {
            Ok(contents) => files.push(PackedFile {
                path: archive_path(&Path::new("runs").join(&plan.name).join(path)),
                contents,
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => {
                return Err(CliError::Program {
                    action: format!("read {}", source.display()),
                    error,
                });
            }
        }
    }
    Ok(files)
}

/// A path with `/` between its parts.
fn archive_path(path: &Path) -> String {
    let parts = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}
