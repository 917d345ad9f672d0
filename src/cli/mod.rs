//! Arguments in, messages out.

mod arguments;
mod aside;
mod best;
mod clean;
mod compare;
mod data;
mod difference;
mod ended;
mod error;
mod export;
mod export_error;
mod launch;
mod merge;
mod output;
mod predict;
mod report;
mod run;
mod status;
mod sweep;
mod verify;

pub use arguments::{Arguments, Command};
pub use error::CliError;

use crate::plan::summary;
use crate::spec::schema;
use clap::Parser;
use std::process::ExitCode;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match execute(arguments) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let code = error.exit_code();
            error::print(error);
            ExitCode::from(code)
        }
    }
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
            output::say(&summary(&loaded.sweep, &loaded.plan))?;
            Ok(0)
        }
        Some(Command::Export(arguments)) => export::export(&arguments),
        Some(Command::Predict(arguments)) => predict::predict(&arguments),
        Some(Command::Launch(command)) => launch::launch(&command),
        Some(Command::Data(command)) => data::data(&command),
        Some(Command::Schema) => {
            output::say(&format!("{:#}\n", schema()))?;
            Ok(0)
        }
    }
}
