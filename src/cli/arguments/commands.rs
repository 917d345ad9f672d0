//! The command line as a whole, and the arguments of the smaller commands.

use super::data::DataCommand;
use super::handin::{GradeArguments, PackArguments};
use super::init::InitArguments;
use super::launch::LaunchCommand;
use super::model::{ExportArguments, PredictArguments};
use super::run::RunArguments;
use super::shared::{FolderArguments, SweepArguments};
use super::show::{BoardArguments, OpenArguments};
use crate::cli::completion::{Shell, sweep_files, trials};
use crate::report::{Listing, ListingOrder, TableRows};
use crate::spec::Language;
use clap::builder::PossibleValue;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::engine::ArgValueCompleter;
use std::path::PathBuf;

/// Plan, train and compare grids of small neural networks from one YAML file.
#[derive(Debug, Parser)]
#[command(
    name = "tp-sweep",
    version,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    arg_required_else_help = true,
    after_help = "`tp-sweep SWEEP` is short for `tp-sweep run SWEEP`.\n\n\
                  Exit codes: 0 every run finished; 1 some runs failed; 2 the command cannot start; \
                  3 results are missing (report, status, compare, diff); 75 runs remain: a shard was \
                  stopped, or the time limit is near (SIGUSR1); \
                  130 stopped by Ctrl-C; 143 stopped by SIGTERM."
)]
pub struct Arguments {
    /// The command.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The arguments of `run`, if no command is given.
    #[command(flatten)]
    pub run: RunArguments,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Train every run that has no result yet, then write the report
    Run(RunArguments),
    /// Show what a sweep would train, without training
    Plan(PlanArguments),
    /// Write the report again from the results
    Report(ReportArguments),
    /// Print the results as CSV, one row for each run or each epoch
    Table(TableArguments),
    /// Open the report in a browser
    Open(OpenArguments),
    /// Show the results in TensorBoard
    Board(BoardArguments),
    /// Merge results of one sweep from several folders
    Merge(MergeArguments),
    /// Show the progress of a sweep from its results
    Status(StatusArguments),
    /// Remove files that the sweep no longer needs
    Clean(CleanArguments),
    /// Train a few finished runs again and compare the results
    Verify(VerifyArguments),
    /// Write one report that compares several sweeps
    Compare(CompareArguments),
    /// Show how two trials of a sweep differ: settings, metrics, classes and samples
    Diff(DiffArguments),
    /// Export the model of a run for PyTorch, burn or `predict`
    Export(ExportArguments),
    /// Classify images, tables or arrays with an exported model, and write CSV
    Predict(PredictArguments),
    /// Pack the sweep file, the results and the report into one archive, to hand them in
    Pack(PackArguments),
    /// Check archives of `pack`: files, reports, and a sample of runs, trained again
    Grade(GradeArguments),
    /// Run the sweep on a cluster: Slurm, Kubernetes or HyperQueue
    #[command(subcommand)]
    Launch(LaunchCommand),
    /// List the devices of this machine, train briefly on each, and show what is missing for CUDA
    Devices,
    /// List, fetch and check the built-in data sets
    #[command(subcommand)]
    Data(DataCommand),
    /// Write a folder to start from: sweep files, a guide, the schema for editors
    Init(InitArguments),
    /// Print the JSON Schema of the sweep file, for editors
    Schema,
    /// Print a shell completion script for commands, sweep files, keys and trials
    Completions(CompletionsArguments),
    /// Write man pages to a folder
    Man(ManArguments),
}

/// The arguments of `plan`.
#[derive(Args, Clone, Debug)]
pub struct PlanArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
}

/// The arguments of `report`.
#[derive(Args, Clone, Debug)]
pub struct ReportArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    #[command(flatten)]
    pub folders: FolderArguments,
    /// List at most this many trials
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    pub top: Option<u16>,
    /// Sort the list by a CSV column, such as mean_test_accuracy or parameters:asc; the best trial
    /// does not change
    #[arg(long, value_name = "COLUMN[:asc|:desc]")]
    pub rank_by: Option<ListingOrder>,
    /// Rewrite the report as results arrive, until the sweep is complete or you press Ctrl-C; the
    /// HTML page reloads itself
    #[arg(long)]
    pub watch: bool,
}

impl ReportArguments {
    /// The rows of the ranking to list, and their order.
    pub fn listing(&self) -> Listing {
        Listing {
            top: self.top.map(usize::from),
            order: self.rank_by.clone(),
            reload_seconds: None,
        }
    }
}

/// The arguments of `table`.
#[derive(Args, Clone, Debug)]
pub struct TableArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    /// Print a row for each of these
    #[arg(value_name = "runs|epochs", value_enum, hide_possible_values = true)]
    pub rows: TableRows,
    /// Read results from this folder
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    pub runs: PathBuf,
    /// Write to this file [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

impl ValueEnum for TableRows {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Runs, Self::Epochs]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self {
            Self::Runs => "runs",
            Self::Epochs => "epochs",
        }))
    }
}

/// The arguments of `merge`.
#[derive(Args, Clone, Debug)]
pub struct MergeArguments {
    /// Merge into this results folder, such as runs/axe5
    #[arg(value_name = "INTO")]
    pub into: PathBuf,
    /// Copy results from these folders, such as other/runs/axe5; they do not change
    #[arg(value_name = "FROM", required = true)]
    pub from: Vec<PathBuf>,
    /// Read data sets from this folder [default: data, here or in a folder above the results]
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

/// The arguments of `status`.
#[derive(Args, Clone, Debug)]
pub struct StatusArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    /// Read results from this folder
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    pub runs: PathBuf,
}

/// The arguments of `clean`.
#[derive(Args, Clone, Debug)]
pub struct CleanArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    /// Clean the results in this folder
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    pub runs: PathBuf,
    /// List what would be removed, without removing it
    #[arg(long)]
    pub dry_run: bool,
    /// Also remove results whose settings or trials are no longer in the sweep
    #[arg(long)]
    pub yes: bool,
}

/// The arguments of `verify`.
#[derive(Args, Clone, Debug)]
pub struct VerifyArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    /// Read results from this folder
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    pub runs: PathBuf,
    /// Train at most this many finished runs again
    #[arg(long, value_name = "COUNT", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    pub sample: u32,
    /// Seed the choice of runs: a different number chooses different runs
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub seed: u64,
}

/// The arguments of `compare`.
#[derive(Args, Clone, Debug)]
pub struct CompareArguments {
    /// Compare these sweep files, or results folders such as runs/axe1
    #[arg(value_name = "SWEEP", required = true, add = sweep_files())]
    pub sweeps: Vec<PathBuf>,
    /// Name the report
    #[arg(long, value_name = "NAME", default_value = "course", value_parser = report_name)]
    pub name: String,
    /// Write the report in this language [default: that of the first sweep]
    #[arg(long, value_name = "en|fr", value_parser = language)]
    pub language: Option<Language>,
    #[command(flatten)]
    pub folders: FolderArguments,
    /// Read data sets from this folder [default: data, here or in a folder above a sweep]
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

/// The arguments of `diff`.
#[derive(Args, Clone, Debug)]
pub struct DiffArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    /// Compare the trial with this name (A), as shown in the CSV and in the results folder
    #[arg(value_name = "TRIAL_A", add = ArgValueCompleter::new(trials))]
    pub trial_a: String,
    /// Compare it with this trial (B)
    #[arg(value_name = "TRIAL_B", add = ArgValueCompleter::new(trials))]
    pub trial_b: String,
    /// Read results from this folder
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    pub runs: PathBuf,
    /// Write Markdown to this file [default: text to standard output]
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// The arguments of `completions`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "What to add to which file:\n  \
                  bash        ~/.bashrc: source <(tp-sweep completions bash)\n  \
                  zsh         ~/.zshrc: source <(tp-sweep completions zsh)\n  \
                  fish        ~/.config/fish/config.fish: tp-sweep completions fish | source\n  \
                  elvish      ~/.config/elvish/rc.elv: eval (tp-sweep completions elvish | slurp)\n  \
                  powershell  $PROFILE: tp-sweep completions powershell | Out-String | Invoke-Expression")]
pub struct CompletionsArguments {
    /// Print the script for this shell
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: Shell,
}

/// The arguments of `man`.
#[derive(Args, Clone, Debug)]
pub struct ManArguments {
    /// Write the man pages to this folder, such as ~/.local/share/man/man1
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
}

/// A file name without folders.
fn report_name(name: &str) -> Result<String, String> {
    let is_allowed = |c: char| c.is_alphanumeric() || "-_. ".contains(c);
    if !name.starts_with('.') && !name.is_empty() && name.chars().all(is_allowed) {
        Ok(name.to_owned())
    } else {
        Err(
            "expected letters, digits, spaces, `-`, `_` and `.`, without `.` at the start"
                .to_owned(),
        )
    }
}

/// The language of this name.
pub(super) fn language(name: &str) -> Result<Language, String> {
    let found = Language::ALL
        .iter()
        .find(|language| language.name() == name);
    found.copied().ok_or_else(|| "expected en or fr".to_owned())
}
