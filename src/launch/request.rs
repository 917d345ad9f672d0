//! What a cluster is asked to do.

use super::error::LaunchError;
use crate::spec::LaunchOptions;
use std::path::Path;

/// Runs of a shard, at least, where nobody says how many shards there are: starting a task costs
/// more than training a small network.
pub const MIN_RUNS_PER_SHARD: usize = 4;

/// The most shards where nobody says how many.
pub const MAX_DEFAULT_SHARDS: usize = 32;

/// What a cluster is asked to do. All paths are absolute, and text.
#[derive(Clone, Debug)]
pub struct LaunchRequest {
    /// The sweep's name: letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// The program.
    pub program: String,
    /// The folder that it is started in.
    pub folder: String,
    /// The sweep file.
    pub sweep: String,
    /// `--set` options.
    pub overrides: Vec<String>,
    /// The folder of the data sets, where it was named.
    pub data: Option<String>,
    /// The folder of the results.
    pub runs: String,
    /// The folder of the tables.
    pub reports: String,
    /// Where what the tasks say goes.
    pub output: String,
    /// The hash of the runs, so that a task that starts later trains no others; nothing where it is
    /// not known.
    pub plan: Option<String>,
    /// Shares of the runs, at least 1.
    pub shards: usize,
    /// What is asked of the cluster.
    pub options: LaunchOptions,
}

impl LaunchRequest {
    /// What follows the program's name for `run` (a shard's number is added) or `report`.
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

    /// Where a task trains: on its GPUs, or on as many cores as it was given.
    pub(super) fn device_arguments(&self) -> Vec<String> {
        match self.options.gpus {
            Some(gpus) => {
                let devices: Vec<String> = (0..gpus.get()).map(|n| format!("cuda:{n}")).collect();
                vec!["--device".to_owned(), devices.join(",")]
            }
            None => vec!["--workers".to_owned(), self.cpus().to_string()],
        }
    }

    /// The cores of a task.
    pub(super) fn cpus(&self) -> usize {
        self.options.cpus.map_or(1, crate::spec::Count::get)
    }
}

/// How many shards a sweep of so many runs is cut into: what was asked for, but no more than there
/// are runs; else one for every few runs.
pub fn shard_count(runs: usize, requested: Option<usize>) -> usize {
    match requested {
        Some(requested) => requested.min(runs).max(1),
        None => (runs / MIN_RUNS_PER_SHARD).clamp(1, MAX_DEFAULT_SHARDS),
    }
}

/// An absolute path as text that can stand in a script.
///
/// # Errors
/// Paths that are no text, or have line breaks, other control characters or backslashes, which
/// Slurm takes for something else.
pub fn absolute_path_text(path: &Path) -> Result<String, LaunchError> {
    let refused = |why| LaunchError::Path {
        path: path.to_owned(),
        why,
    };
    let path = std::path::absolute(path).map_err(|_| refused("it has no absolute form"))?;
    let text = path
        .to_str()
        .ok_or_else(|| refused("it is no UTF-8 text"))?;
    if text.chars().any(char::is_control) {
        return Err(refused("it has a line break or another control character"));
    }
    if text.contains('\\') {
        return Err(refused("it has a backslash"));
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
    fn paths_that_cannot_stand_in_a_script_are_refused() {
        assert_eq!(
            absolute_path_text(Path::new("/a b/it's")).unwrap(),
            "/a b/it's"
        );
        for path in ["/a\nb", "/a\\b", "/a\tb"] {
            assert!(absolute_path_text(Path::new(path)).is_err());
        }
    }
}
