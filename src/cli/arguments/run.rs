//! The arguments of `run`.

use super::shared::{FolderArguments, SweepArguments};
use crate::plan::Shard;
use crate::run::DeviceChoice;
use clap::{Args, ValueEnum};

/// The arguments of `run`.
#[derive(Args, Clone, Debug)]
pub struct RunArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    #[command(flatten)]
    pub folders: FolderArguments,
    /// Train on auto, cpu, cuda[:N], vulkan[:N], metal[:N], webgpu[:N], or on several GPUs of one
    /// kind: cuda:0,cuda:1
    #[arg(long, value_name = "DEVICE", default_value = "auto")]
    pub device: DeviceChoice,
    /// Train this many cohorts at the same time on each device [default: one per CPU core, one per GPU]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub workers: Option<u16>,
    /// Stack at most this many runs into one cohort [default: 1 on the CPU, measured on a GPU]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    pub cohort: Option<u16>,
    /// Train only shard I of N, such as 2/8; shards can safely run at the same time, and `report`
    /// writes the report afterwards
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,
    /// Train only if the planned runs have this hash; `launch slurm` sets it, so that a task stops if
    /// the sweep changed after the launch
    #[arg(long, value_name = "HASH")]
    pub plan: Option<String>,
    /// Also retry runs whose loss diverged; crashed runs are always retried
    #[arg(long)]
    pub retry_failed: bool,
    /// Stop at the first run that fails
    #[arg(long)]
    pub fail_fast: bool,
    /// Requeue the task with this scheduler (slurm) when SIGUSR1 announces the time limit, if the
    /// task made progress
    #[arg(
        long,
        value_name = "SCHEDULER",
        value_enum,
        hide_possible_values = true
    )]
    pub requeue: Option<Scheduler>,
    /// Print only warnings and errors
    #[arg(long, short)]
    pub quiet: bool,
    /// Print the progress for people, or as one JSON object per line for programs
    #[arg(
        long,
        value_name = "text|json",
        value_enum,
        default_value = "text",
        hide_possible_values = true,
        conflicts_with = "quiet"
    )]
    pub progress: ProgressFormat,
}

/// How the progress is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProgressFormat {
    /// A bar on a terminal, lines elsewhere.
    Text,
    /// One JSON object per line.
    Json,
}

/// A scheduler that can requeue a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scheduler {
    /// Slurm, by `scontrol requeue`
    Slurm,
}
