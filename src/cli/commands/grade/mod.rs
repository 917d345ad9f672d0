//! `tp-sweep grade`: archives of `pack`, checked.

mod check;
mod checked_report;
mod checked_run;
mod text;
mod time_limit;

use crate::cli::arguments::GradeArguments;
use crate::cli::context::{refuse_overwriting_inputs, write_output};
use crate::cli::errors::CliError;
use crate::cli::messages::print;
use check::{Checked, check};
use std::time::{SystemTime, UNIX_EPOCH};

/// Checks each archive: its files against their hashes, its report against its results, and a sample of its runs,
/// trained again. Returns the exit code: 1 if anything differs.
///
/// # Errors
/// The output cannot be written. An archive that cannot be read is a row of the table.
pub(crate) fn grade(arguments: &GradeArguments) -> Result<u8, CliError> {
    let seed = arguments.seed.unwrap_or_else(new_seed);
    let remedy = "choose a different file with --output";
    let outputs = arguments.output.as_slice();
    refuse_overwriting_inputs(outputs, &arguments.archives, remedy)?;
    let mut table = Vec::new();
    for archive in &arguments.archives {
        let checked = check(archive, arguments, seed);
        print(&text::details(&checked))?;
        table.push(checked);
        // After each archive: an interrupt loses no row.
        if let Some(path) = &arguments.output {
            write_output(path, text::csv(&table).as_bytes())?;
        }
    }
    print(&text::table(&table))?;
    print(&format!(
        "\nSample of {} runs per archive, chosen by --seed {seed}.\n",
        arguments.sample
    ))?;
    Ok(u8::from(!table.iter().all(Checked::is_reproduced)))
}

/// A seed that nobody can know before the hand-in.
fn new_seed() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    let nanoseconds = since_1970.map_or(0, |time| time.as_nanos());
    // Numbers of at most 9 digits can be typed.
    (nanoseconds % 1_000_000_000) as u64
}
