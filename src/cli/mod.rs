//! Arguments in, messages out.

mod arguments;
mod aside;
mod best;
mod clean;
mod compare;
mod data;
mod destination;
mod difference;
mod ended;
mod error;
mod exit_code;
mod export;
mod export_error;
mod launch;
mod merge;
mod output;
mod own_input;
mod predict;
mod report;
mod run;
mod status;
mod sweep;
mod verify;

pub use arguments::{Arguments, Command};
pub use error::CliError;

use crate::plan::summary;
use crate::spec::schema_text;
use clap::Parser;
use std::process::ExitCode;
#[cfg(unix)]
use std::sync::Arc;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match let_writes_fail()
        .map_err(CliError::System)
        .and_then(|()| execute(arguments))
    {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let code = error.exit_code();
            error::print(error);
            ExitCode::from(code)
        }
    }
}

/// Lets a write beyond the largest size of a file (`ulimit -f`) fail, which is told, in the place of the
/// signal that ends a process without a word.
fn let_writes_fail() -> std::io::Result<()> {
    #[cfg(unix)]
    signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default())?;
    Ok(())
}

fn execute(arguments: Arguments) -> Result<u8, CliError> {
    match arguments.command {
        None => run::run(&arguments.run),
        Some(Command::Run(arguments)) => run::run(&arguments),
        Some(Command::Report(arguments)) => report::report(&arguments),
        Some(Command::Compare(arguments)) => compare::compare(&arguments),
        Some(Command::Merge(arguments)) => merge::merge(&arguments),
        Some(Command::Status(arguments)) => status::status(&arguments),
        Some(Command::Clean(arguments)) => clean::clean(&arguments),
        Some(Command::Verify(arguments)) => verify::verify(&arguments),
        Some(Command::Plan(arguments)) => {
            let loaded = sweep::load(&arguments.sweep)?;
            output::say(&summary(&loaded.sweep, &loaded.plan, &loaded.remarks.notes))?;
            sweep::warn_of_missing_data(&loaded);
            Ok(0)
        }
        Some(Command::Export(arguments)) => export::export(&arguments),
        Some(Command::Predict(arguments)) => predict::predict(&arguments),
        Some(Command::Launch(command)) => launch::launch(&command),
        Some(Command::Data(command)) => data::data(&command),
        Some(Command::Schema) => {
            output::say(&schema_text())?;
            Ok(0)
        }
    }
}
