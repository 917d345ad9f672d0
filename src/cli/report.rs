//! `tp-sweep report`.

use super::arguments::ReportArguments;
use super::error::CliError;
use super::output::say;
use super::sweep::{Loaded, fingerprints, load};
use crate::plan::Plan;
use crate::record::{Results, Store, prepare, write_atomically};
use crate::report::Report;
use crate::spec::Sweep;
use std::path::{Path, PathBuf};

/// Tables, and where they were written.
pub(super) struct Written {
    pub(super) tables: Report,
    pub(super) paths: Vec<PathBuf>,
}

/// Rows of the ranking that are shown on a terminal.
const TOP: usize = 5;

impl Written {
    /// The best trials, and where to find the rest.
    pub(super) fn shown(
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

/// Makes a sweep's tables again, from its results alone; the exit code.
///
/// # Errors
/// A sweep file that is not valid, folders that cannot be written to.
pub(super) fn report(arguments: &ReportArguments) -> Result<u8, CliError> {
    let Loaded {
        sweep,
        plan,
        library,
    } = load(&arguments.sweep)?;
    let runs = &arguments.folders.runs;
    let fingerprints = fingerprints(&plan, &library)?;
    let store = Store::new(runs, &plan, |config| {
        fingerprints[&config.data.source()].clone()
    });
    let results = store.read(&plan);
    if results.runs.is_empty() {
        return Err(CliError::NoResults(store.folder().to_owned()));
    }
    let written = write_report(&sweep, &plan, &results, &arguments.folders.reports)?;
    say(&written.shown(&sweep, &plan, &results)?)?;
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
    prepare(folder).map_err(CliError::Record)?;
    let mut paths = Vec::new();
    let files = [("md", tables.markdown.as_bytes()), ("csv", &tables.csv)];
    for (extension, contents) in files {
        let path = folder.join(format!("{}.{extension}", plan.name));
        write_atomically(&path, contents).map_err(CliError::Record)?;
        paths.push(path);
    }
    Ok(Written { tables, paths })
}
