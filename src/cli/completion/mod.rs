//! Completion of the command line in shells.
//!
//! The script of a shell calls this program with the words of the command line, and offers what it answers.

mod assignments;
mod request;
mod trials;

pub(super) use assignments::assignments;
use clap::ValueEnum;
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, PathCompleter};
use clap_complete::env::Shells;
use std::path::Path;
pub(super) use trials::trials;

/// The environment variable that scripts set to the name of their shell.
const VARIABLE: &str = "TP_SWEEP_COMPLETE";

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

impl Shell {
    /// The name, as scripts give it.
    fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Elvish => "elvish",
            Self::Fish => "fish",
            Self::Powershell => "powershell",
            Self::Zsh => "zsh",
        }
    }
}

/// Answers a request of a shell's script. Whether this call of the program was one.
///
/// # Errors
/// The shell is unknown, or the answer cannot be written.
pub(super) fn answer(command: impl Fn() -> clap::Command) -> clap::error::Result<bool> {
    let folder = std::env::current_dir().ok();
    let arguments = std::env::args_os();
    CompleteEnv::with_factory(command)
        .var(VARIABLE)
        .try_complete(arguments, folder.as_deref())
}

/// The script that makes a shell complete command lines of this program.
///
/// # Errors
/// The path of this program is not known.
pub(super) fn script(shell: Shell) -> std::io::Result<String> {
    let program = std::env::current_exe()?;
    let unknown = || std::io::Error::other("no completion for this shell");
    let shells = Shells::builtins();
    let completer = shells.completer(shell.name()).ok_or_else(unknown)?;
    let mut script = Vec::new();
    let name = env!("CARGO_PKG_NAME");
    completer.write_registration(
        VARIABLE,
        name,
        name,
        &program.to_string_lossy(),
        &mut script,
    )?;
    String::from_utf8(script).map_err(std::io::Error::other)
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
