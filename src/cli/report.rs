//! `tp-sweep report`.

use super::arguments::ReportArguments;
use super::error::CliError;
use super::load;
use super::output::say;
use crate::data;
use crate::plan::Plan;
use crate::record::{Results, Store, write_atomically};
use crate::report::Report;
use crate::spec::Sweep;
use std::path::{Path, PathBuf};

/// Tables, and where they were written.
pub(super) struct Written {
    pub(super) tables: Report,
    pub(super) paths: Vec<PathBuf>,
}

/// Makes a sweep's tables again, from its results alone; the exit code.
///
/// # Errors
/// A sweep file that is not valid, folders that cannot be written to.
pub(super) fn report(arguments: &ReportArguments) -> Result<u8, CliError> {
    let (sweep, plan) = load(&arguments.sweep)?;
    let runs = &arguments.folders.runs;
    let store = Store::new(runs, &plan, |config| data::fingerprint(config.data.set));
    let results = store.read(&plan);
    let written = write_report(&sweep, &plan, &results, &arguments.folders.reports)?;
    for path in written.paths {
        say(&format!("{}\n", path.display()));
    }
    Ok(0)
}

/// Makes and writes the tables of a sweep.
pub(super) fn write_report(
    sweep: &Sweep,
    plan: &Plan,
    results: &Results,
    folder: &Path,
) -> Result<Written, CliError> {
    let tables = Report::new(sweep, plan, results)?;
    std::fs::create_dir_all(folder)
        .map_err(|error| std::io::Error::other(format!("{}: {error}", folder.display())))?;
    let mut paths = Vec::new();
    let files = [("md", tables.markdown.as_bytes()), ("csv", &tables.csv)];
    for (extension, contents) in files {
        let path = folder.join(format!("{}.{extension}", plan.name));
        write_atomically(&path, contents).map_err(CliError::Record)?;
        paths.push(path);
    }
    Ok(Written { tables, paths })
}
