//! Programs of others, called with a time limit.

use super::error::LaunchError;
use std::fs::File;
use std::io::{ErrorKind, Read, Seek};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a program said, and how it ended.
pub(super) struct Answer {
    /// -1 where a signal ended it.
    pub(super) code: i32,
    pub(super) output: String,
    pub(super) error: String,
}

/// The most bytes of an answer that are read.
const LONGEST: u64 = 16 << 20;

/// How often it is looked whether a program has ended.
const STEP: Duration = Duration::from_millis(10);

/// Runs a program to its end, or kills it when the time is up.
///
/// # Errors
/// A program that is not there, cannot be run, or does not end.
pub(super) fn call(
    program: &'static str,
    mut command: Command,
    limit: Duration,
) -> Result<Answer, LaunchError> {
    let failed = |error| LaunchError::Program { program, error };
    // Files, unlike pipes, never make a program wait for its reader.
    let [output, error] = [tempfile::tempfile(), tempfile::tempfile()];
    let (output, error) = (output.map_err(failed)?, error.map_err(failed)?);
    command.stdin(Stdio::null());
    command.stdout(output.try_clone().map_err(failed)?);
    command.stderr(error.try_clone().map_err(failed)?);
    let mut child = command.spawn().map_err(|error| match error.kind() {
        ErrorKind::NotFound => LaunchError::NotInstalled { program },
        _ => failed(error),
    })?;
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(failed)? {
            return Ok(Answer {
                code: status.code().unwrap_or(-1),
                output: text(output).map_err(failed)?,
                error: text(error).map_err(failed)?,
            });
        }
        if started.elapsed() >= limit {
            let _ = child.kill();
            let _ = child.wait();
            return Err(LaunchError::NoAnswer {
                program,
                seconds: limit.as_secs(),
                said: text(error).map_err(failed)?,
            });
        }
        std::thread::sleep(STEP);
    }
}

fn text(mut file: File) -> std::io::Result<String> {
    file.rewind()?;
    let mut bytes = Vec::new();
    file.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(text: &str, limit: Duration) -> Result<Answer, LaunchError> {
        let mut command = Command::new("sh");
        command.args(["-c", text]);
        call("sh", command, limit)
    }

    #[test]
    fn a_program_that_hangs_is_killed_and_its_words_are_told() {
        let answer = shell(
            "echo waiting >&2; exec sleep 600",
            Duration::from_millis(300),
        );
        let error = answer.map(|_| ()).unwrap_err().to_string();
        assert_eq!(error, "`sh` gave no answer within 0 s: waiting");
    }

    #[test]
    fn an_answer_has_code_output_and_error_however_long() {
        let answer = shell("seq 100000; echo no >&2; exit 3", Duration::from_secs(60));
        let answer = answer.unwrap();
        assert_eq!((answer.code, answer.error.as_str()), (3, "no\n"));
        assert_eq!(answer.output.lines().count(), 100_000);
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let answer = call(
            "sbatch",
            Command::new("/nowhere/sbatch"),
            Duration::from_secs(1),
        );
        let error = answer.map(|_| ()).unwrap_err();
        assert!(matches!(
            error,
            LaunchError::NotInstalled { program: "sbatch" }
        ));
    }
}
