//! The command line.

use crate::run::DeviceChoice;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Plans, trains and compares grids of small neural networks from one YAML file.
#[derive(Debug, Parser)]
#[command(
    name = "tp-sweep",
    version,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    arg_required_else_help = true,
    after_help = "`tp-sweep SWEEP` alone is `tp-sweep run SWEEP`.\n\n\
                  Exit codes: 0 all runs finished; 1 some failed; 2 the sweep cannot start; \
                  130 stopped by Ctrl-C, 143 by SIGTERM."
)]
pub struct Arguments {
    /// The command.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What `run` takes, where no command is named.
    #[command(flatten)]
    pub run: RunArguments,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Train every run of a sweep that has no result yet, then write the tables
    Run(RunArguments),
    /// Show what a sweep would train, and train nothing
    Plan(PlanArguments),
    /// Write the tables again, from the results alone
    Report(ReportArguments),
    /// Print the JSON Schema of the sweep file, for editors
    Schema,
}

/// A sweep file and what to change of it.
#[derive(Args, Clone, Debug)]
pub struct SweepArguments {
    /// The sweep file
    #[arg(value_name = "SWEEP", required = true)]
    pub sweep: Option<PathBuf>,
    /// Override a key of the sweep file, such as training.epochs=1 (may be repeated)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub overrides: Vec<String>,
    /// The folder of the data sets; default: data, here or beside the sweep file's folders
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

/// Where results and tables are.
#[derive(Args, Clone, Debug)]
pub struct FolderArguments {
    /// The folder of the results
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    pub runs: PathBuf,
    /// The folder of the tables
    #[arg(long, value_name = "FOLDER", default_value = "reports")]
    pub reports: PathBuf,
}

/// What `run` takes.
#[derive(Args, Clone, Debug)]
pub struct RunArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    #[command(flatten)]
    pub folders: FolderArguments,
    /// Where to train: auto, cpu, cuda or cuda:N
    #[arg(long, value_name = "DEVICE", default_value = "auto")]
    pub device: DeviceChoice,
    /// Runs trained beside each other; default: one for each CPU core, one on a GPU
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub workers: Option<u16>,
    /// Say nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
}

/// What `plan` takes.
#[derive(Args, Clone, Debug)]
pub struct PlanArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
}

/// What `report` takes.
#[derive(Args, Clone, Debug)]
pub struct ReportArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    #[command(flatten)]
    pub folders: FolderArguments,
}
