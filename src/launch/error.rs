//! What hinders a launch.

use crate::record::RecordError;
use std::path::PathBuf;

/// What hinders a launch, in words for people.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// A program of the engine that is not there.
    #[error(
        "`{program}` is not on the path: this needs Slurm's programs, which a login node of a \
         cluster has; --dry-run shows the scripts without them"
    )]
    NotInstalled {
        /// The program.
        program: &'static str,
    },
    /// A program that cannot be started or followed.
    #[error("cannot run `{program}`: {error}")]
    Program {
        /// The program.
        program: &'static str,
        /// Why.
        error: std::io::Error,
    },
    /// A program that did not end.
    #[error("`{program}` gave no answer within {seconds} s{}", output_suffix(.output))]
    TimedOut {
        /// The program.
        program: &'static str,
        /// How long it was waited for.
        seconds: u64,
        /// What it had said by then.
        output: String,
    },
    /// A program that refused.
    #[error("`{program}` refused (exit code {code}){}", output_suffix(.output))]
    Refused {
        /// The program.
        program: &'static str,
        /// Its exit code; -1 where a signal ended it.
        code: i32,
        /// Its words.
        output: String,
    },
    /// An answer that is not understood.
    #[error("`{program}` answered what is not understood{}", output_suffix(.output))]
    UnexpectedOutput {
        /// The program.
        program: &'static str,
        /// Its words.
        output: String,
    },
    /// A path that cannot stand in a script.
    #[error("the path {} cannot be handed to a cluster: {why}", .path.display())]
    Path {
        /// The path.
        path: PathBuf,
        /// Why.
        why: &'static str,
    },
    /// More shards than an array has room for.
    #[error(
        "{shards} shards are more than Slurm takes in one array here: at most {max} (its \
         MaxArraySize less one)"
    )]
    TooManyShards {
        /// What was asked for.
        shards: usize,
        /// The most.
        max: usize,
    },
    /// Jobs of an earlier launch that have not ended.
    #[error(
        "{} of an earlier launch of this sweep {} still in the queue; `tp-sweep launch cancel` \
         cancels them, --again submits beside them",
        list_jobs(.0),
        if .0.len() == 1 { "is" } else { "are" }
    )]
    JobsInQueue(Vec<String>),
    /// A sweep that was never launched.
    #[error("nothing was launched of this sweep: {} is not there", .0.display())]
    NeverLaunched(PathBuf),
    /// What is kept of a launch, and cannot be read.
    #[error("cannot read {}: {why}; remove it if its jobs have ended", .path.display())]
    StateFile {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The array was submitted and the report was not.
    #[error("the report job could not be submitted: {error}; {}", array_state(.array, .cancelled))]
    Report {
        /// Why.
        error: Box<LaunchError>,
        /// The array that was submitted.
        array: String,
        /// Why it could not be cancelled, if it could not.
        cancelled: Option<Box<LaunchError>>,
    },
    /// What a manifest needs and was not given.
    #[error(
        "a manifest needs `launch.{key}`: {what}; write it into the sweep file, or --set launch.{key}=…"
    )]
    MissingOption {
        /// The key.
        key: &'static str,
        /// What it is.
        what: &'static str,
    },
    /// A file that cannot be written.
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// What a program said, as the end of a sentence.
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
            "the array {array} goes on, since it could not be cancelled ({error}): `scancel \
             {array}` ends it"
        ),
    }
}
