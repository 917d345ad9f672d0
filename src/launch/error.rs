//! Errors of a launch.

use crate::record::RecordError;
use std::path::PathBuf;

/// An error of a launch.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// A program of the cluster is not installed.
    #[error(
        "`{program}` is not in PATH; run this on a login node of a Slurm cluster, or use --dry-run to \
         see the scripts"
    )]
    NotInstalled {
        /// The program.
        program: &'static str,
    },
    /// A program cannot be started or waited for.
    #[error("cannot run `{program}`: {error}")]
    Program {
        /// The program.
        program: &'static str,
        /// The cause.
        error: std::io::Error,
    },
    /// A program did not end in time.
    #[error("`{program}` did not finish within {seconds} s{}", output_suffix(.output))]
    TimedOut {
        /// The program.
        program: &'static str,
        /// The time limit.
        seconds: u64,
        /// Its standard error until then.
        output: String,
    },
    /// A program failed.
    #[error("`{program}` failed with exit code {code}{}", output_suffix(.output))]
    Refused {
        /// The program.
        program: &'static str,
        /// Its exit code; -1 if a signal ended it.
        code: i32,
        /// Its output.
        output: String,
    },
    /// A program printed output that cannot be parsed.
    #[error("`{program}` printed unexpected output{}", output_suffix(.output))]
    UnexpectedOutput {
        /// The program.
        program: &'static str,
        /// Its output.
        output: String,
    },
    /// A path cannot be used in a script or manifest.
    #[error("cannot use the path {} on a cluster: {reason}", .path.display())]
    Path {
        /// The path.
        path: PathBuf,
        /// The reason.
        reason: &'static str,
    },
    /// The user requests more shards than a job array can have.
    #[error(
        "{shards} shards exceed the limit of {max} tasks per job array on this cluster \
         (MaxArraySize - 1); request fewer with --shards"
    )]
    TooManyShards {
        /// The requested number.
        shards: usize,
        /// The limit.
        max: usize,
    },
    /// Jobs of an earlier launch have not ended.
    #[error(
        "{} of an earlier launch of this sweep {} still in the queue; cancel with `tp-sweep launch \
         cancel`, or submit anyway with --again",
        list_jobs(.0),
        if .0.len() == 1 { "is" } else { "are" }
    )]
    JobsInQueue(Vec<String>),
    /// The sweep was never launched.
    #[error(
        "this sweep was not launched (no such file: {}); run `tp-sweep launch slurm` first",
        .0.display()
    )]
    NeverLaunched(PathBuf),
    /// The file that describes a launch cannot be read.
    #[error("cannot read {}: {reason}; remove the file if its jobs have ended", .path.display())]
    StateFile {
        /// The file.
        path: PathBuf,
        /// The reason.
        reason: String,
    },
    /// The array was submitted, but the report job was not.
    #[error("cannot submit the report job: {error}; {}", array_state(.array, .cancelled))]
    Report {
        /// The cause.
        error: Box<LaunchError>,
        /// The array that was submitted.
        array: String,
        /// The error when cancelling it, if that failed.
        cancelled: Option<Box<LaunchError>>,
    },
    /// An option that a manifest needs is missing.
    #[error(
        "a manifest needs `launch.{key}`: {what}; set it in the sweep file or with --{}", key.replace('_', "-")
    )]
    MissingOption {
        /// The key.
        key: &'static str,
        /// Its description.
        what: &'static str,
    },
    /// A file cannot be written.
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// The output of a program, as the end of a sentence.
fn output_suffix(output: &str) -> String {
    match output.trim() {
        "" => String::new(),
        output => format!(": {output}"),
    }
}

fn list_jobs(ids: &[String]) -> String {
    let word = if ids.len() == 1 { "job" } else { "jobs" };
    format!("{word} {}", ids.join(", "))
}

fn array_state(array: &str, cancelled: &Option<Box<LaunchError>>) -> String {
    match cancelled {
        None => format!("the array {array} was cancelled"),
        Some(error) => format!(
            "the array {array} is still queued, because cancelling it failed ({error}); cancel it with \
             `scancel {array}`"
        ),
    }
}
