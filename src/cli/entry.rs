//! The entry point: one line per command.

use super::arguments::{Arguments, Command};
use super::errors::CliError;
use super::{commands, completion, errors, messages};
use crate::spec::schema_text;
use clap::{CommandFactory, FromArgMatches};
use std::process::ExitCode;
#[cfg(unix)]
use std::sync::Arc;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    match completion::complete(Arguments::command) {
        Ok(false) => {}
        Ok(true) => return ExitCode::SUCCESS,
        Err(error) => error.exit(),
    }
    match ignore_file_size_signal()
        .map_err(CliError::System)
        .and_then(|()| parse_arguments())
        .and_then(execute)
    {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let code = error.exit_code();
            errors::print_error(error);
            ExitCode::from(code)
        }
    }
}

/// The arguments of this process; ends it if they are invalid or ask for help.
///
/// # Errors
/// The first word is a misspelt command, which would be taken for a sweep file.
fn parse_arguments() -> Result<Arguments, CliError> {
    let mut command = Arguments::command();
    if let Some(word) = std::env::args_os().nth(1) {
        let word = word.to_string_lossy();
        let names = command.get_subcommands().map(clap::Command::get_name);
        if let Some(intended) = errors::misspelt_command(&word, names) {
            return Err(CliError::NoSuchCommand {
                command: intended.to_owned(),
                word: word.into_owned(),
            });
        }
    }
    let matches = command.clone().get_matches();
    Arguments::from_arg_matches(&matches).map_err(|error| error.format(&mut command).exit())
}

/// Makes a write beyond the file size limit (`ulimit -f`) fail with an error instead of SIGXFSZ, which
/// ends a process without a message.
fn ignore_file_size_signal() -> std::io::Result<()> {
    #[cfg(unix)]
    signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default())?;
    Ok(())
}

fn execute(arguments: Arguments) -> Result<u8, CliError> {
    match arguments.command {
        None => commands::run::run(&arguments.run),
        Some(Command::Run(arguments)) => commands::run::run(&arguments),
        Some(Command::Report(arguments)) if arguments.watch => {
            commands::report_watch::watch_report(&arguments)
        }
        Some(Command::Report(arguments)) => commands::report::report(&arguments),
        Some(Command::Compare(arguments)) => commands::compare::compare(&arguments),
        Some(Command::Diff(arguments)) => commands::diff::diff(&arguments),
        Some(Command::Table(arguments)) => commands::table::table(&arguments),
        Some(Command::Open(arguments)) => commands::open::open(&arguments),
        Some(Command::Board(arguments)) => commands::board::board(&arguments),
        Some(Command::Merge(arguments)) => commands::merge::merge(&arguments),
        Some(Command::Status(arguments)) => commands::status::status(&arguments),
        Some(Command::Clean(arguments)) => commands::clean::clean(&arguments),
        Some(Command::Verify(arguments)) => commands::verify::verify(&arguments),
        Some(Command::Plan(arguments)) => commands::plan::plan(&arguments),
        Some(Command::Export(arguments)) => commands::export::export(&arguments),
        Some(Command::Predict(arguments)) => commands::predict::predict(&arguments),
        Some(Command::Pack(arguments)) => commands::pack::pack(&arguments),
        Some(Command::Grade(arguments)) => commands::grade::grade(&arguments),
        Some(Command::Launch(command)) => commands::launch::launch(&command),
        Some(Command::Devices) => commands::devices::devices_command(),
        Some(Command::Data(command)) => commands::data::data(&command),
        Some(Command::Init(arguments)) => commands::init::init(&arguments),
        Some(Command::Schema) => {
            messages::print(&schema_text())?;
            Ok(0)
        }
        Some(Command::Completions(arguments)) => {
            messages::print(&completion::script(arguments.shell)?)?;
            Ok(0)
        }
        Some(Command::Man(arguments)) => commands::man::man(&arguments),
    }
}
