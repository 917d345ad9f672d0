//! `tp-sweep table`: the results for other programs.

use crate::cli::arguments::TableArguments;
use crate::cli::context::{
    custom_data_files, load_for_results, missing_results_error, open_store,
    refuse_overwriting_inputs, write_output,
};
use crate::cli::errors::{CliError, RESULTS_MISSING, print_error};
use crate::cli::messages::print;
use crate::report::table_csv;

/// Prints a table of the runs or epochs of a sweep as CSV; returns the exit code: 3 if there are no results.
///
/// # Errors
/// The sweep file is invalid, or the output cannot be written.
pub(crate) fn table(arguments: &TableArguments) -> Result<u8, CliError> {
    let context = load_for_results(&arguments.sweep, &arguments.runs)?;
    let store = open_store(&arguments.runs, &context.plan, &context.dataset_cache)?;
    let results = store.read(&context.plan);
    if results.runs.is_empty() {
        print_error(missing_results_error(&store, &context.plan));
        return Ok(RESULTS_MISSING);
    }
    let csv = table_csv(&context.sweep, &context.plan, &results, arguments.rows)?;
    match &arguments.output {
        Some(path) => {
            let inputs = arguments.sweep.sweep.iter().cloned();
            let inputs: Vec<_> = inputs.chain(custom_data_files(&context)).collect();
            let remedy = "choose a different file with --output";
            refuse_overwriting_inputs(std::slice::from_ref(path), &inputs, remedy)?;
            write_output(path, &csv)?;
        }
        None => print(&String::from_utf8_lossy(&csv))?,
    }
    Ok(0)
}
