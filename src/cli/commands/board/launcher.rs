//! How TensorBoard can be started on this machine.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A program that starts TensorBoard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Launcher {
    program: PathBuf,
    /// The arguments before those of TensorBoard.
    arguments: &'static [&'static str],
}

impl Launcher {
    /// The launchers of this machine, in order of preference: TensorBoard, next to this program or on the path, then the tools that install it in a separate environment.
    pub(super) fn found() -> Vec<Self> {
        let program = std::env::current_exe().ok();
        let folder = program.as_deref().and_then(Path::parent);
        Self::found_by(|name| {
            let beside = folder.and_then(|folder| which::which_in(name, Some(folder), ".").ok());
            beside.or_else(|| which::which(name).ok())
        })
    }

    fn found_by(find: impl Fn(&str) -> Option<PathBuf>) -> Vec<Self> {
        let known: [(&str, &[&str]); 3] = [
            ("tensorboard", &[]),
            ("uvx", &["tensorboard"]),
            ("pipx", &["run", "tensorboard"]),
        ];
        let launcher = |(name, arguments)| find(name).map(|program| Self { program, arguments });
        known.into_iter().filter_map(launcher).collect()
    }

    /// The command that starts TensorBoard, without TensorBoard's arguments.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(self.arguments);
        command
    }

    /// The program, for messages.
    pub(super) fn description(&self) -> String {
        self.program.display().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installed_tensorboard_comes_before_the_tools_that_fetch_it() {
        let found = Launcher::found_by(|name| Some(Path::new("/bin").join(name)));
        let programs: Vec<String> = found.iter().map(Launcher::description).collect();
        assert_eq!(programs, ["/bin/tensorboard", "/bin/uvx", "/bin/pipx"]);
        let only_uv = Launcher::found_by(|name| (name == "uvx").then(|| "/bin/uvx".into()));
        assert_eq!(only_uv.len(), 1);
        let command = only_uv[0].command();
        let arguments: Vec<_> = command.get_args().collect();
        assert_eq!(arguments, ["tensorboard"]);
    }
}
