//! Outputs that are inputs.

use super::sweep_context::SweepContext;
use crate::cli::errors::CliError;
use std::collections::HashSet;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

/// What the files of a report may end with.
const REPORTS: [&str; 6] = ["md", "csv", "html", "tex", "parquet", "json"];

/// Refuses to write to a file that is also read, by whatever name: `a` and `./a`, links, and names in
/// another case where the file system does not tell them apart. `remedy` is what to do.
///
/// # Errors
/// The first such file.
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

/// Refuses to write a report of this name over what it is made from: the files at `sweeps`, the data.
///
/// # Errors
/// The first such file.
pub(crate) fn refuse_report_over_inputs(
    name: &str,
    reports: &Path,
    sweeps: &[PathBuf],
    context: &SweepContext,
) -> Result<(), CliError> {
    let outputs = REPORTS.map(|extension| reports.join(format!("{name}.{extension}")));
    let inputs = [sweeps, &custom_data_files(context)].concat();
    let remedy = "give another folder with --reports, or another name";
    refuse_overwriting_inputs(&outputs, &inputs, remedy)
}

/// The files of the user's own data.
pub(crate) fn custom_data_files(context: &SweepContext) -> Vec<PathBuf> {
    let mut seen = HashSet::new();
    let data = context.plan.trials.iter().map(|trial| &trial.config.data);
    let data = data.filter(|data| seen.insert(data.source()));
    data.flat_map(|data| context.dataset_cache.own_files(data))
        .collect()
}

/// Whether two paths lead to one file. What is no file, such as a terminal, may be both.
fn is_same_file(one: &Path, other: &Path) -> bool {
    let (Ok(first), Ok(second)) = (one.metadata(), other.metadata()) else {
        return false;
    };
    first.is_file() && second.is_file() && is_same((one, &first), (other, &second))
}

/// By the number that the file system has given it: also hard links are one file.
#[cfg(unix)]
fn is_same((_, one): (&Path, &Metadata), (_, other): (&Path, &Metadata)) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same((one, _): (&Path, &Metadata), (other, _): (&Path, &Metadata)) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}
