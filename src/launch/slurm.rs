//! Calls Slurm's programs and parses their output.

use super::error::LaunchError;
use super::program::{ProgramOutput, run_with_timeout};
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// The time limit of a program: without a controller it fails after 9 s, but a busy controller may be
/// slow.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Environment variables that override options in the scripts.
const SBATCH_OVERRIDES: [&str; 14] = [
    "SBATCH_ARRAY_INX",
    "SBATCH_JOB_NAME",
    "SBATCH_NO_REQUEUE",
    "SBATCH_REQUEUE",
    "SBATCH_OPEN_MODE",
    "SBATCH_OUTPUT",
    "SBATCH_ERROR",
    "SBATCH_SIGNAL",
    "SBATCH_WAIT",
    "SBATCH_TEST_ONLY",
    "SBATCH_IGNORE_PBS",
    "SBATCH_EXPORT",
    "SBATCH_GET_USER_ENV",
    "SBATCH_WCKEY",
];

/// A job, with its cluster if Slurm reported one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// Its cluster, if there are several.
    pub cluster: Option<String>,
}

/// A queued job, or one task of an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedJob {
    /// Its id, such as `12_3`.
    pub id: String,
    /// Its state, such as `RUNNING`.
    pub state: String,
    /// Why it waits, or where it runs.
    pub reason: String,
}

/// Slurm's programs, as found in `PATH`.
#[derive(Clone, Copy, Debug)]
pub struct Slurm {
    timeout: Duration,
}

impl Default for Slurm {
    fn default() -> Self {
        Self { timeout: TIMEOUT }
    }
}

impl Slurm {
    /// The highest index of a task of an array.
    ///
    /// # Errors
    /// Slurm is missing, or does not report the limit.
    pub fn max_array_index(&self) -> Result<usize, LaunchError> {
        let output = self.run("scontrol", &["show".into(), "config".into()])?;
        let mut lines = output.lines().filter_map(|line| line.split_once('='));
        let size = lines.find(|(key, _)| key.trim() == "MaxArraySize");
        let size: Option<usize> = size.and_then(|(_, value)| value.trim().parse().ok());
        let size = size.ok_or_else(|| LaunchError::UnexpectedOutput {
            program: "scontrol",
            output: "`show config` does not show MaxArraySize".to_owned(),
        })?;
        Ok(size.saturating_sub(1))
    }

    /// Validates a script without submitting it.
    ///
    /// # Errors
    /// Slurm would refuse the script; the error has its message.
    pub fn check(&self, script: &Path) -> Result<(), LaunchError> {
        self.run("sbatch", &["--test-only".into(), script.into()])
            .map(drop)
    }

    /// Submits a script, to start after the job `after` has ended, whether or not it succeeds.
    ///
    /// # Errors
    /// Slurm refuses the script; the error has its message.
    pub fn submit(&self, script: &Path, after: Option<&Job>) -> Result<Job, LaunchError> {
        let mut arguments: Vec<OsString> = vec!["--parsable".into()];
        if let Some(after) = after {
            // With `afterok` it would stay in the queue forever after a task failed.
            arguments.push(format!("--dependency=afterany:{}", after.id).into());
            arguments.extend(clusters(after));
        }
        arguments.push(script.into());
        let output = self.run("sbatch", &arguments)?;
        let last = output.lines().rfind(|line| !line.trim().is_empty());
        let (id, cluster) = match last.unwrap_or_default().trim().split_once(';') {
            Some((id, cluster)) => (id, Some(cluster.to_owned())),
            None => (last.unwrap_or_default().trim(), None),
        };
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
            return Err(LaunchError::UnexpectedOutput {
                program: "sbatch",
                output,
            });
        }
        Ok(Job {
            id: id.to_owned(),
            cluster,
        })
    }

    /// The jobs among these that have not ended, with one entry per task of an array.
    ///
    /// # Errors
    /// Slurm is missing or does not answer.
    pub fn queued(&self, jobs: &[Job]) -> Result<Vec<QueuedJob>, LaunchError> {
        let mut queued = Vec::new();
        // Query one at a time: one unknown id would make the whole query fail.
        for job in jobs {
            let mut arguments: Vec<OsString> = vec![
                "--noheader".into(),
                "--array".into(),
                "--format=%i|%T|%R".into(),
            ];
            arguments.extend(clusters(job));
            arguments.push(format!("--jobs={}", job.id).into());
            match self.run("squeue", &arguments) {
                Ok(output) => queued.extend(output.lines().filter_map(queued_job)),
                Err(error) if is_unknown_job(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(queued)
    }

    /// The exit code of a job, or 1 if a signal ended it; `None` if Slurm has forgotten the job.
    ///
    /// # Errors
    /// Slurm is missing or does not answer.
    pub fn exit_code(&self, job: &Job) -> Result<Option<u8>, LaunchError> {
        let mut arguments: Vec<OsString> = clusters(job).into_iter().collect();
        arguments.extend(["--oneliner".into(), "show".into(), "job".into()]);
        arguments.push(job.id.clone().into());
        let output = match self.run("scontrol", &arguments) {
            Err(error) if is_unknown_job(&error) => return Ok(None),
            output => output?,
        };
        let field = |name: &str| {
            let fields = output.split_whitespace();
            let mut values = fields.filter_map(|field| field.strip_prefix(name));
            values.next().map(str::to_owned)
        };
        let code = field("ExitCode=").unwrap_or_default();
        let state = field("JobState=").unwrap_or_default();
        Ok(code.split_once(':').map(|(code, signal)| {
            let code: u8 = code.parse().unwrap_or(1);
            if code == 0 && (signal != "0" || state != "COMPLETED") {
                1
            } else {
                code
            }
        }))
    }

    /// Cancels a job.
    ///
    /// # Errors
    /// Slurm refuses the request. A job that has already ended is not an error.
    pub fn cancel(&self, job: &Job) -> Result<(), LaunchError> {
        let mut arguments: Vec<OsString> = clusters(job).into_iter().collect();
        arguments.push(job.id.clone().into());
        match self.run("scancel", &arguments) {
            Err(error) if is_unknown_job(&error) => Ok(()),
            output => output.map(drop),
        }
    }

    /// Requeues a task: Slurm does not requeue by itself at a time limit.
    ///
    /// # Errors
    /// Slurm refuses the request; the error has its message.
    pub fn requeue(&self, task: &str) -> Result<(), LaunchError> {
        self.run("scontrol", &["requeue".into(), task.into()])
            .map(drop)
    }

    /// The task that this process belongs to, from its environment variables.
    pub fn current_task() -> Option<String> {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let array = variable("SLURM_ARRAY_JOB_ID").zip(variable("SLURM_ARRAY_TASK_ID"));
        match array {
            Some((job, task)) => Some(format!("{job}_{task}")),
            None => variable("SLURM_JOB_ID"),
        }
    }

    fn run(&self, program: &'static str, arguments: &[OsString]) -> Result<String, LaunchError> {
        let mut command = Command::new(program);
        command.args(arguments);
        for variable in SBATCH_OVERRIDES {
            command.env_remove(variable);
        }
        // The user's formats and filters would change the output that is parsed here.
        for (variable, _) in std::env::vars_os() {
            if variable.to_string_lossy().starts_with("SQUEUE_") {
                command.env_remove(variable);
            }
        }
        let ProgramOutput {
            code,
            stdout,
            stderr,
        } = run_with_timeout(program, command, self.timeout)?;
        match code {
            0 => Ok(stdout),
            _ => Err(LaunchError::Refused {
                program,
                code,
                output: if stderr.trim().is_empty() {
                    stdout
                } else {
                    stderr
                },
            }),
        }
    }
}

fn clusters(job: &Job) -> Option<OsString> {
    let cluster = job.cluster.as_ref()?;
    Some(format!("--clusters={cluster}").into())
}

/// Parses a line of `squeue`; `None` for header lines of clusters.
fn queued_job(line: &str) -> Option<QueuedJob> {
    let mut parts = line.trim().splitn(3, '|').map(str::to_owned);
    let job = QueuedJob {
        id: parts.next()?,
        state: parts.next()?,
        reason: parts.next()?,
    };
    Some(job)
}

/// Whether Slurm has forgotten a job, as it does some time after the job has ended.
fn is_unknown_job(error: &LaunchError) -> bool {
    matches!(error, LaunchError::Refused { output, .. } if output.contains("Invalid job id"))
}
