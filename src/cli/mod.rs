//! Arguments in, messages out.

mod arguments;
mod error;
mod output;
mod report;
mod run;

pub use arguments::{Arguments, Command};
pub use error::CliError;

use crate::plan::{Plan, summary};
use crate::spec::{Sweep, schema};
use arguments::SweepArguments;
use clap::Parser;
use std::path::Path;
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
        Some(Command::Plan(arguments)) => {
            let (sweep, plan) = load(&arguments.sweep)?;
            output::say(&summary(&sweep, &plan))?;
            Ok(0)
        }
        Some(Command::Schema) => {
            output::say(&format!("{:#}\n", schema()))?;
            Ok(0)
        }
    }
}

/// Reads and expands a sweep; says what its author should know.
fn load(arguments: &SweepArguments) -> Result<(Sweep, Plan), CliError> {
    // clap requires the path wherever a command takes it.
    let path = arguments.sweep.as_deref().unwrap_or(Path::new(""));
    let sweep = Sweep::load(path, &arguments.overrides)?;
    let plan = Plan::new(&sweep).map_err(|error| CliError::plan(error, &sweep.source))?;
    plan.warnings
        .iter()
        .for_each(|warning| output::warn(warning));
    Ok((sweep, plan))
}
