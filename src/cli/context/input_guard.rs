//! Protects input files from being overwritten.

use super::sweep_context::SweepContext;
use crate::cli::errors::CliError;
use std::collections::HashSet;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

/// The extensions of report files.
const REPORT_EXTENSIONS: [&str; 6] = ["md", "csv", "html", "tex", "parquet", "json"];

/// Refuses outputs that are also inputs, whatever their names: `a` and `./a`, links, and names that
/// differ in case on a case-insensitive file system. `remedy` tells the user what to do.
///
/// # Errors
/// The first output that is an input.
pub(crate) fn refuse_overwriting_inputs(
    outputs: &[PathBuf],
    inputs: &[PathBuf],
    remedy: &'static str,
) -> Result<(), CliError> {
    for output in outputs {
        if let Some(input) = inputs.iter().find(|input| is_same_file(output, input)) {
            return Err(CliError::WouldOverwriteInput {
                output: output.clone(),
                input: input.clone(),
                remedy,
            });
        }
    }
    Ok(())
}

/// Refuses a report whose files would overwrite its inputs: the files at `sweeps` or the data.
///
/// # Errors
/// The first such file.
pub(crate) fn refuse_report_over_inputs(
    name: &str,
    reports: &Path,
    sweeps: &[PathBuf],
    context: &SweepContext,
) -> Result<(), CliError> {
    let outputs = REPORT_EXTENSIONS.map(|extension| reports.join(format!("{name}.{extension}")));
    let inputs = [sweeps, &custom_data_files(context)].concat();
    let remedy = "choose a different folder with --reports, or a different name";
    refuse_overwriting_inputs(&outputs, &inputs, remedy)
}

/// The files of the user's custom data sets.
pub(crate) fn custom_data_files(context: &SweepContext) -> Vec<PathBuf> {
    let mut seen = HashSet::new();
    let data = context.plan.trials.iter().map(|trial| &trial.config.data);
    data.filter(|data| seen.insert(data.source()))
        .flat_map(|data| context.dataset_cache.user_files(data))
        .collect()
}

/// Whether two paths lead to one regular file. A terminal or a pipe may be both input and output.
fn is_same_file(first: &Path, second: &Path) -> bool {
    let (Ok(a), Ok(b)) = (first.metadata(), second.metadata()) else {
        return false;
    };
    a.is_file() && b.is_file() && is_same((first, &a), (second, &b))
}

/// Compares device and inode numbers, so that hard links count as one file.
#[cfg(unix)]
fn is_same((_, a): (&Path, &Metadata), (_, b): (&Path, &Metadata)) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn is_same((first, _): (&Path, &Metadata), (second, _): (&Path, &Metadata)) -> bool {
    matches!((first.canonicalize(), second.canonicalize()), (Ok(a), Ok(b)) if a == b)
}
