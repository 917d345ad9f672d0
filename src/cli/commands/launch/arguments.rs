//! The command line of `launch`.

use crate::cli::arguments::commands::{FolderArguments, SweepArguments, count};
use crate::spec::{Count, Directive, LaunchOptions, MemoryRequest, TimeLimit, Token};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// The commands of `launch`.
#[derive(Clone, Debug, Subcommand)]
pub enum LaunchCommand {
    /// Submit the sweep to Slurm: an array of shards, and the report after it
    Slurm(LaunchSlurmArguments),
    /// Print a manifest for Kubernetes, an Indexed Job; submits nothing
    Kubernetes(LaunchPrintArguments),
    /// Print a command line for HyperQueue, a task array; submits nothing
    Hyperqueue(LaunchPrintArguments),
    /// Say how far the sweep's jobs and results are
    Status(LaunchedArguments),
    /// Cancel the sweep's jobs; results and checkpoints stay
    Cancel(LaunchedArguments),
}

/// What is asked of a cluster, in the place of what the sweep file's `launch` says.
#[derive(Args, Clone, Debug)]
pub struct TaskArguments {
    /// Shares of the runs, each a task of its own; default: one for each 4 runs, at most 32
    #[arg(long, value_name = "COUNT", value_parser = count)]
    pub shards: Option<Count>,
    /// Tasks that may run at the same time; default: all
    #[arg(long, value_name = "COUNT", value_parser = count)]
    pub max_parallel: Option<Count>,
    /// The longest that a task may take, such as 2:00:00 (hours, minutes, seconds)
    #[arg(long, value_name = "TIME")]
    pub time: Option<TimeLimit>,
    /// The memory of a task, such as 4G
    #[arg(long, value_name = "SIZE")]
    pub memory: Option<MemoryRequest>,
    /// The processor cores of a task; default: 1
    #[arg(long, value_name = "COUNT", value_parser = count)]
    pub cpus: Option<Count>,
    /// The GPUs of a task; default: none
    #[arg(long, value_name = "COUNT", value_parser = count)]
    pub gpus: Option<Count>,
}

/// What `launch slurm` takes.
#[derive(Args, Clone, Debug)]
pub struct LaunchSlurmArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    #[command(flatten)]
    pub folders: FolderArguments,
    #[command(flatten)]
    pub task: TaskArguments,
    /// The partition
    #[arg(long, value_name = "NAME")]
    pub partition: Option<Token>,
    /// The account that is charged
    #[arg(long, value_name = "NAME")]
    pub account: Option<Token>,
    /// A further option of sbatch, such as --directive=--qos=short (may be repeated)
    #[arg(long = "directive", value_name = "OPTION", allow_hyphen_values = true)]
    pub directives: Vec<Directive>,
    /// Print the scripts; write and submit nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Wait until the report has ended; the exit code is the report's
    #[arg(long, conflicts_with = "dry_run")]
    pub wait: bool,
    /// Submit, though jobs of an earlier launch of this sweep are in the queue
    #[arg(long)]
    pub again: bool,
}

/// What the commands take that only print.
#[derive(Args, Clone, Debug)]
pub struct LaunchPrintArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    #[command(flatten)]
    pub folders: FolderArguments,
    #[command(flatten)]
    pub task: TaskArguments,
    /// Print, as is done without it too; without it, what to do with it is said
    #[arg(long)]
    pub dry_run: bool,
}

/// What the commands take that ask about an earlier launch.
#[derive(Args, Clone, Debug)]
pub struct LaunchedArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    /// The folder of the results
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    pub runs: PathBuf,
}

impl TaskArguments {
    /// What was given.
    pub fn options(&self) -> LaunchOptions {
        LaunchOptions {
            shards: self.shards,
            max_parallel: self.max_parallel,
            time: self.time,
            memory: self.memory,
            cpus: self.cpus,
            gpus: self.gpus,
            ..LaunchOptions::default()
        }
    }
}

impl LaunchSlurmArguments {
    /// What was given.
    pub fn options(&self) -> LaunchOptions {
        LaunchOptions {
            partition: self.partition.clone(),
            account: self.account.clone(),
            directives: self.directives.clone(),
            ..self.task.options()
        }
    }
}
