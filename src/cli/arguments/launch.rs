//! The arguments of `launch`.

use super::shared::{FolderArguments, SweepArguments, count};
use crate::spec::{Count, Directive, LaunchOptions, MemoryRequest, TimeLimit, Token};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// The commands of `launch`.
#[derive(Clone, Debug, Subcommand)]
pub enum LaunchCommand {
    /// Submit the sweep to Slurm: a job array of shards, then the report
    Slurm(LaunchSlurmArguments),
    /// Print a Kubernetes manifest (an Indexed Job), without submitting it
    Kubernetes(LaunchPrintArguments),
    /// Print a HyperQueue command (a task array), without submitting it
    Hyperqueue(LaunchPrintArguments),
    /// Show the sweep's jobs and results
    Status(LaunchedArguments),
    /// Cancel the sweep's jobs, but keep results and checkpoints
    Cancel(LaunchedArguments),
}

/// Resources of each task; they override `launch` in the sweep file.
#[derive(Args, Clone, Debug)]
pub struct TaskArguments {
    /// Split the runs into this many shards, one task each [default: one per 4 runs, at most 32]
    #[arg(long, value_name = "COUNT", value_parser = count)]
    pub shards: Option<Count>,
    /// Run at most this many tasks at the same time [default: all]
    #[arg(long, value_name = "COUNT", value_parser = count)]
    pub max_parallel: Option<Count>,
    /// Limit the time per task, such as 2:00:00 (hours:minutes:seconds)
    #[arg(long, value_name = "TIME")]
    pub time: Option<TimeLimit>,
    /// Request this much memory per task, such as 4G
    #[arg(long, value_name = "SIZE")]
    pub memory: Option<MemoryRequest>,
    /// Request this many CPU cores per task [default: 1]
    #[arg(long, value_name = "COUNT", value_parser = count)]
    pub cpus: Option<Count>,
    /// Request this many GPUs per task [default: none]
    #[arg(long, value_name = "COUNT", value_parser = count)]
    pub gpus: Option<Count>,
}

/// The arguments of `launch slurm`.
#[derive(Args, Clone, Debug)]
pub struct LaunchSlurmArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    #[command(flatten)]
    pub folders: FolderArguments,
    #[command(flatten)]
    pub task: TaskArguments,
    /// Submit to this partition
    #[arg(long, value_name = "NAME")]
    pub partition: Option<Token>,
    /// Charge this account
    #[arg(long, value_name = "NAME")]
    pub account: Option<Token>,
    /// Add an option of sbatch, such as --directive=--qos=short (repeatable)
    #[arg(long = "directive", value_name = "OPTION", allow_hyphen_values = true)]
    pub directives: Vec<Directive>,
    /// Print the scripts, without writing or submitting them
    #[arg(long)]
    pub dry_run: bool,
    /// Wait until the report job ends, and exit with its exit code
    #[arg(long, conflicts_with = "dry_run")]
    pub wait: bool,
    /// Submit even if jobs of an earlier launch of this sweep are still queued
    #[arg(long)]
    pub again: bool,
}

/// The arguments of `launch kubernetes` and `launch hyperqueue`.
#[derive(Args, Clone, Debug)]
pub struct LaunchPrintArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    #[command(flatten)]
    pub folders: FolderArguments,
    #[command(flatten)]
    pub task: TaskArguments,
    /// Print only the text, without the hint on how to submit it
    #[arg(long)]
    pub dry_run: bool,
}

/// The arguments of `launch status` and `launch cancel`.
#[derive(Args, Clone, Debug)]
pub struct LaunchedArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    /// Read results from this folder
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    pub runs: PathBuf,
}

impl TaskArguments {
    /// The options given on the command line.
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
    /// The options given on the command line.
    pub fn options(&self) -> LaunchOptions {
        LaunchOptions {
            partition: self.partition.clone(),
            account: self.account.clone(),
            directives: self.directives.clone(),
            ..self.task.options()
        }
    }
}
