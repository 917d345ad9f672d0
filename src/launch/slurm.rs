//! Slurm's own programs, and what they say.

use super::error::LaunchError;
use super::program::{ProgramOutput, run_with_timeout};
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// How long a program may take: one that finds no controller gives up after 9 s, and a busy
/// controller may be slow.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Variables by which an environment changes what the scripts say.
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

/// A job, and its cluster where Slurm has named one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// Its cluster, where there are several.
    pub cluster: Option<String>,
}

/// A job in the queue, or one task of an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedJob {
    /// Its id, such as `12_3`.
    pub id: String,
    /// Its state, such as `RUNNING`.
    pub state: String,
    /// Why it waits, or where it runs.
    pub reason: String,
}

/// Slurm's programs, as they are found on the path.
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
    /// The highest number that a task of an array can have.
    ///
    /// # Errors
    /// No Slurm, or one that does not say.
    pub fn max_array_index(&self) -> Result<usize, LaunchError> {
        let output = self.run("scontrol", &["show".into(), "config".into()])?;
        let mut lines = output.lines().filter_map(|line| line.split_once('='));
        let size = lines.find(|(key, _)| key.trim() == "MaxArraySize");
        let size: Option<usize> = size.and_then(|(_, value)| value.trim().parse().ok());
        let size = size.ok_or_else(|| LaunchError::UnexpectedOutput {
            program: "scontrol",
            output: "`show config` tells no MaxArraySize".to_owned(),
        })?;
        Ok(size.saturating_sub(1))
    }

    /// Has a script checked, and submits nothing.
    ///
    /// # Errors
    /// What Slurm would refuse, in its words.
    pub fn check(&self, script: &Path) -> Result<(), LaunchError> {
        self.run("sbatch", &["--test-only".into(), script.into()])
            .map(drop)
    }

    /// Submits a script, to run after all of another job where one is named, however that ends.
    ///
    /// # Errors
    /// What Slurm refuses, in its words.
    pub fn submit(&self, script: &Path, after: Option<&Job>) -> Result<Job, LaunchError> {
        let mut arguments: Vec<OsString> = vec!["--parsable".into()];
        if let Some(after) = after {
            // `afterok` would leave it in the queue for ever after one task that failed.
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
        match !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()) {
            true => Ok(Job {
                id: id.to_owned(),
                cluster,
            }),
            false => Err(LaunchError::UnexpectedOutput {
                program: "sbatch",
                output,
            }),
        }
    }

    /// The jobs among these that have not ended, each task of an array for itself.
    ///
    /// # Errors
    /// No Slurm, or one that does not answer.
    pub fn queued(&self, jobs: &[Job]) -> Result<Vec<QueuedJob>, LaunchError> {
        let mut queued = Vec::new();
        // One by one: of several ids, an unknown one would hide the others.
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

    /// How a job ended, if Slurm still knows: its exit code, 1 where a signal ended it.
    ///
    /// # Errors
    /// No Slurm, or one that does not answer.
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
            match code == 0 && (signal != "0" || state != "COMPLETED") {
                true => 1,
                false => code,
            }
        }))
    }

    /// Cancels a job.
    ///
    /// # Errors
    /// What Slurm refuses, in its words. A job that has ended is none.
    pub fn cancel(&self, job: &Job) -> Result<(), LaunchError> {
        let mut arguments: Vec<OsString> = clusters(job).into_iter().collect();
        arguments.push(job.id.clone().into());
        match self.run("scancel", &arguments) {
            Err(error) if is_unknown_job(&error) => Ok(()),
            output => output.map(drop),
        }
    }

    /// Asks Slurm to run this task again: it does not do so by itself when a time limit ends one.
    ///
    /// # Errors
    /// What Slurm refuses, in its words.
    pub fn requeue(&self, task: &str) -> Result<(), LaunchError> {
        self.run("scontrol", &["requeue".into(), task.into()])
            .map(drop)
    }

    /// The task that this process is, as its environment tells.
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
        // Formats and filters of the user's own would change what is read here.
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

/// A line of `squeue`; with several clusters there are lines of another kind.
fn queued_job(line: &str) -> Option<QueuedJob> {
    let mut parts = line.trim().splitn(3, '|').map(str::to_owned);
    let job = QueuedJob {
        id: parts.next()?,
        state: parts.next()?,
        reason: parts.next()?,
    };
    Some(job)
}

/// Whether Slurm no longer knows a job: it forgets those that have ended.
fn is_unknown_job(error: &LaunchError) -> bool {
    matches!(error, LaunchError::Refused { output, .. } if output.contains("Invalid job id"))
}
