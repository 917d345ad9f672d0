//! Runs external programs with a time limit.

use super::error::LaunchError;
use std::fs::File;
use std::io::{ErrorKind, Read, Seek};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The output and exit code of a program.
pub(super) struct ProgramOutput {
    /// -1 if a signal ended it.
    pub(super) code: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// The maximum number of bytes of output to read.
const MAX_OUTPUT_BYTES: u64 = 16 << 20;

/// The pause between two checks whether a program has ended.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// Runs a program to its end, or kills it at the timeout.
///
/// # Errors
/// The program is not installed, cannot be run, or does not end in time.
pub(super) fn run_with_timeout(
    program: &'static str,
    mut command: Command,
    timeout: Duration,
) -> Result<ProgramOutput, LaunchError> {
    let failed = |error| LaunchError::Program { program, error };
    // Files rather than pipes, because a full pipe blocks the program.
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
            return Ok(ProgramOutput {
                code: status.code().unwrap_or(-1),
                stdout: text(output).map_err(failed)?,
                stderr: text(error).map_err(failed)?,
            });
        }
        if started.elapsed() >= timeout {
            let _ = child.kill();
            let _ = child.wait();
            return Err(LaunchError::TimedOut {
                program,
                seconds: timeout.as_secs(),
                output: text(error).map_err(failed)?,
            });
        }
        std::thread::sleep(POLL_INTERVAL);
    }
}

fn text(mut file: File) -> std::io::Result<String> {
    file.rewind()?;
    let mut bytes = Vec::new();
    file.take(MAX_OUTPUT_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(text: &str, timeout: Duration) -> Result<ProgramOutput, LaunchError> {
        let mut command = Command::new("sh");
        command.args(["-c", text]);
        run_with_timeout("sh", command, timeout)
    }

    #[test]
    fn a_program_that_hangs_is_killed_and_its_output_is_reported() {
        let result = shell(
            "echo waiting >&2; exec sleep 600",
            Duration::from_millis(300),
        );
        let error = result.map(|_| ()).unwrap_err().to_string();
        assert_eq!(error, "`sh` did not finish within 0 s: waiting");
    }

    #[test]
    fn code_and_long_output_are_captured() {
        let result = shell("seq 100000; echo no >&2; exit 3", Duration::from_secs(60));
        let result = result.unwrap();
        assert_eq!((result.code, result.stderr.as_str()), (3, "no\n"));
        assert_eq!(result.stdout.lines().count(), 100_000);
    }

    #[test]
    fn a_missing_program_is_named() {
        let result = run_with_timeout(
            "sbatch",
            Command::new("/nowhere/sbatch"),
            Duration::from_secs(1),
        );
        let error = result.map(|_| ()).unwrap_err();
        assert!(matches!(
            error,
            LaunchError::NotInstalled { program: "sbatch" }
        ));
    }
}
