//! A request to run a sweep on a cluster.

use super::error::LaunchError;
use crate::spec::LaunchOptions;
use std::path::Path;

/// The minimum number of runs per shard by default: starting a task costs more than training a small
/// network.
pub const MIN_RUNS_PER_SHARD: usize = 4;

/// The maximum number of shards by default.
pub const MAX_DEFAULT_SHARDS: usize = 32;

/// A request to run a sweep on a cluster. All paths are absolute and valid UTF-8.
#[derive(Clone, Debug)]
pub struct LaunchRequest {
    /// The sweep's name: letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// The path of tp-sweep.
    pub program: String,
    /// The working folder.
    pub folder: String,
    /// The sweep file.
    pub sweep: String,
    /// `--set` options.
    pub overrides: Vec<String>,
    /// The folder of the data sets, if given.
    pub data: Option<String>,
    /// The folder of the results.
    pub runs: String,
    /// The folder of the reports.
    pub reports: String,
    /// The folder for the output of the tasks.
    pub output: String,
    /// The hash of the planned runs, so that a task refuses to train if the sweep has changed; `None` if
    /// unknown.
    pub plan: Option<String>,
    /// The number of shards, at least 1.
    pub shards: usize,
    /// The requested resources.
    pub options: LaunchOptions,
}

impl LaunchRequest {
    /// The arguments of `run` (without `--shard`) or `report`.
    pub(super) fn arguments(&self, command: &str) -> Vec<String> {
        let mut words = vec![command.to_owned(), self.sweep.clone()];
        for option in &self.overrides {
            words.extend(["--set".to_owned(), option.clone()]);
        }
        let folders = [
            ("--data", self.data.as_ref()),
            ("--runs", Some(&self.runs)),
            ("--reports", Some(&self.reports)),
        ];
        for (option, folder) in folders {
            words.extend(
                folder
                    .iter()
                    .flat_map(|f| [option.to_owned(), (*f).clone()]),
            );
        }
        words
    }

    /// The arguments that make a task train on its GPUs, or on all its cores.
    pub(super) fn device_arguments(&self) -> Vec<String> {
        match self.options.gpus {
            Some(gpus) => {
                let devices: Vec<String> = (0..gpus.get()).map(|n| format!("cuda:{n}")).collect();
                vec!["--device".to_owned(), devices.join(",")]
            }
            None => vec!["--workers".to_owned(), self.cpus().to_string()],
        }
    }

    /// The CPU cores of a task.
    pub(super) fn cpus(&self) -> usize {
        self.options.cpus.map_or(1, crate::spec::Count::get)
    }
}

/// The number of shards for this many runs: the requested number, at most one per run, or by default
/// one per [`MIN_RUNS_PER_SHARD`] runs.
pub fn shard_count(runs: usize, requested: Option<usize>) -> usize {
    match requested {
        Some(requested) => requested.min(runs).max(1),
        None => (runs / MIN_RUNS_PER_SHARD).clamp(1, MAX_DEFAULT_SHARDS),
    }
}

/// An absolute path as text for a script.
///
/// # Errors
/// The path is not UTF-8, or contains control characters or backslashes, which Slurm interprets.
pub fn absolute_path_text(path: &Path) -> Result<String, LaunchError> {
    let refused = |reason| LaunchError::Path {
        path: path.to_owned(),
        reason,
    };
    let path = std::path::absolute(path).map_err(|_| refused("cannot make it absolute"))?;
    let text = path
        .to_str()
        .ok_or_else(|| refused("it is not valid UTF-8"))?;
    if text.chars().any(char::is_control) {
        return Err(refused(
            "it contains a line break or another control character",
        ));
    }
    if text.contains('\\') {
        return Err(refused("it contains a backslash"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_have_a_few_runs_each() {
        let of = |runs| shard_count(runs, None);
        assert_eq!([of(1), of(7), of(8), of(127), of(324)], [1, 1, 2, 31, 32]);
        assert_eq!(shard_count(10, Some(50)), 10);
        assert_eq!(shard_count(10, Some(3)), 3);
    }

    #[test]
    fn paths_that_scripts_cannot_contain_are_refused() {
        assert_eq!(
            absolute_path_text(Path::new("/a b/it's")).unwrap(),
            "/a b/it's"
        );
        for path in ["/a\nb", "/a\\b", "/a\tb"] {
            assert!(absolute_path_text(Path::new(path)).is_err());
        }
    }
}
