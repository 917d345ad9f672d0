//! Completion of the command line in shells.
//!
//! A shell's completion script runs this program with the words of the command line, and offers the candidates
//! that it prints.

mod assignments;
mod request;
mod trials;

pub(super) use assignments::assignments;
use clap::ValueEnum;
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, PathCompleter};
use clap_complete::env::{Bash, Elvish, EnvCompleter, Fish, Powershell, Zsh};
use std::path::Path;
pub(super) use trials::trials;

/// The environment variable that requests completion; scripts set it to the name of their shell.
const VARIABLE: &str = "TP_SWEEP_COMPLETE";

/// By default, bash takes `--set training.epochs=1` for four words, so that nothing after the `=` could be completed.
const WHOLE_WORDS_IN_BASH: &str = "\
# KEY=VALUE is one word, here and for other programs.
COMP_WORDBREAKS=${COMP_WORDBREAKS//=/}
";

/// A shell whose command line can be completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// The Bourne Again Shell
    Bash,
    /// Elvish
    Elvish,
    /// The friendly interactive shell
    Fish,
    /// PowerShell
    Powershell,
    /// The Z shell
    Zsh,
}

/// Handles a completion request from a shell; returns whether this invocation was one.
///
/// # Errors
/// The shell is unknown, or the candidates cannot be written.
pub(super) fn complete(command: impl Fn() -> clap::Command) -> clap::error::Result<bool> {
    let folder = std::env::current_dir().ok();
    let arguments = std::env::args_os();
    CompleteEnv::with_factory(command)
        .var(VARIABLE)
        .try_complete(arguments, folder.as_deref())
}

/// The script that makes a shell complete command lines of this program.
///
/// # Errors
/// The path of this program is unknown.
pub(super) fn script(shell: Shell) -> std::io::Result<String> {
    let program = std::env::current_exe()?;
    let program = program.to_string_lossy();
    let completer: &dyn EnvCompleter = match shell {
        Shell::Bash => &Bash,
        Shell::Elvish => &Elvish,
        Shell::Fish => &Fish,
        Shell::Powershell => &Powershell,
        Shell::Zsh => &Zsh,
    };
    let mut script = Vec::new();
    let name = env!("CARGO_PKG_NAME");
    completer.write_registration(VARIABLE, name, name, &program, &mut script)?;
    let script = String::from_utf8(script).map_err(std::io::Error::other)?;
    Ok(match shell {
        Shell::Bash => format!("{WHOLE_WORDS_IN_BASH}{script}"),
        _ => script,
    })
}

/// Sweep files and folders.
pub(super) fn sweep_files() -> ArgValueCompleter {
    ArgValueCompleter::new(PathCompleter::any().filter(|path| path.is_dir() || is_sweep_file(path)))
}

/// Whether a path has the extension of a sweep file.
fn is_sweep_file(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("yaml" | "yml"))
}
