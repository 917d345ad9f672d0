//! The command line.

use crate::cli::commands::launch::LaunchCommand;
use crate::data::KnownDataset;
use crate::plan::Shard;
use crate::report::{Listing, ListingOrder};
use crate::run::DeviceChoice;
use crate::spec::{Count, DatasetKind, Language};
use clap::{Args, Parser, Subcommand, ValueEnum};
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
                  3 results are missing (report, status, compare); 75 a shard was stopped with more to do, or \
                  any run as its time limit was near (SIGUSR1); \
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
    /// Bring results of one sweep that were trained in other folders into one
    Merge(MergeArguments),
    /// Say how far a sweep is, from its results alone
    Status(StatusArguments),
    /// Remove what a sweep's folder holds beside the sweep's own results
    Clean(CleanArguments),
    /// Train a few finished runs again, and compare with what they gave
    Verify(VerifyArguments),
    /// Write one report over several sweeps, from their results alone
    Compare(CompareArguments),
    /// Write the model of a trained run, for PyTorch, for burn and for `predict`
    Export(ExportArguments),
    /// Ask an exported model about images, tables or arrays; answers in CSV
    Predict(PredictArguments),
    /// Hand the sweep to a cluster: Slurm, Kubernetes or HyperQueue
    #[command(subcommand)]
    Launch(LaunchCommand),
    /// List, fetch and check the data sets that are known by name
    #[command(subcommand)]
    Data(DataCommand),
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
    /// Train on auto, cpu, cuda[:N], vulkan[:N], metal[:N], webgpu[:N], or several GPUs of one kind:
    /// cuda:0,cuda:1
    #[arg(long, value_name = "DEVICE", default_value = "auto")]
    pub device: DeviceChoice,
    /// Runs, or cohorts of runs, trained beside each other on each device; default: one for each
    /// CPU core, one on a GPU
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub workers: Option<u16>,
    /// Runs trained together as one stacked program (a cohort), at most; default: 1 on the CPU,
    /// measured on a GPU
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    pub cohort: Option<u16>,
    /// Train this share of the runs alone, such as 2/8: the second of eight. Shards may run at once, on
    /// machines that share the folder of the results; `report` then writes the tables
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,
    /// Train only if the runs are those of this hash: `launch slurm` puts it into its scripts, since a
    /// task reads the sweep file when it starts
    #[arg(long, value_name = "HASH")]
    pub plan: Option<String>,
    /// Train runs again that failed; without it, those whose loss diverged are left as they are
    #[arg(long)]
    pub retry_failed: bool,
    /// Stop at the first run that fails
    #[arg(long)]
    pub fail_fast: bool,
    /// When SIGUSR1 says that the time limit is near, have this scheduler run the task again, unless
    /// nothing was saved since it began: slurm
    #[arg(
        long,
        value_name = "SCHEDULER",
        value_enum,
        hide_possible_values = true
    )]
    pub requeue: Option<Scheduler>,
    /// Say nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
}

/// Who can run a task again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scheduler {
    /// Slurm, by `scontrol requeue`
    Slurm,
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
    /// List this many trials
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    pub top: Option<u16>,
    /// Sort the list by a column of the CSV, such as mean_test_accuracy or parameters:asc; the
    /// chosen trial stays that of the sweep file's own ranking
    #[arg(long, value_name = "COLUMN[:asc|:desc]")]
    pub rank_by: Option<ListingOrder>,
}

/// What `merge` takes.
#[derive(Args, Clone, Debug)]
pub struct MergeArguments {
    /// The folder that the results go into, such as runs/axe5
    #[arg(value_name = "INTO")]
    pub into: PathBuf,
    /// Folders of results of the same sweep, such as other/runs/axe5; they stay as they are
    #[arg(value_name = "FROM", required = true)]
    pub from: Vec<PathBuf>,
    /// The folder of the data sets; default: data, here or beside the folders of the results
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

/// What `status` takes.
#[derive(Args, Clone, Debug)]
pub struct StatusArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    /// The folder of the results
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    pub runs: PathBuf,
}

/// What `clean` takes.
#[derive(Args, Clone, Debug)]
pub struct CleanArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    /// The folder of the results
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    pub runs: PathBuf,
    /// Say what would be removed, and remove nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Remove results too: of settings, or of trials, that the sweep does not ask for any more
    #[arg(long)]
    pub yes: bool,
}

/// What `verify` takes.
#[derive(Args, Clone, Debug)]
pub struct VerifyArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    /// The folder of the results
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    pub runs: PathBuf,
    /// Finished runs to train again, at most
    #[arg(long, value_name = "COUNT", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    pub sample: u32,
    /// Another number takes another sample
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub seed: u64,
}

/// What `compare` takes.
#[derive(Args, Clone, Debug)]
pub struct CompareArguments {
    /// Sweep files, or folders of results such as runs/axe1
    #[arg(value_name = "SWEEP", required = true)]
    pub sweeps: Vec<PathBuf>,
    /// What the report is called
    #[arg(long, value_name = "NAME", default_value = "course", value_parser = file_name)]
    pub name: String,
    /// The report's language; default: that of the first sweep
    #[arg(long, value_name = "en|fr", value_parser = language)]
    pub language: Option<Language>,
    #[command(flatten)]
    pub folders: FolderArguments,
    /// The folder of the data sets; default: data, here or beside the sweep files' folders
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

impl ReportArguments {
    /// How the ranking is looked at.
    pub fn view(&self) -> Listing {
        Listing {
            top: self.top.map(usize::from),
            order: self.rank_by.clone(),
        }
    }
}

/// What `export` takes.
#[derive(Args, Clone, Debug)]
pub struct ExportArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    /// The folder of the results
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    pub runs: PathBuf,
    /// The best trial: what is done where no trial is named
    #[arg(long, conflicts_with = "trial")]
    pub best: bool,
    /// The trial of this name, as in the tables and in the folder of the results
    #[arg(long, value_name = "NAME")]
    pub trial: Option<String>,
    /// The trial's run on this fold
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub fold: u32,
    /// The trial's run of this repeat
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub repeat: u32,
    /// The format of the weights: safetensors, for PyTorch and `predict`, or burn
    #[arg(long, value_enum, hide_possible_values = true, default_value_t = WeightsFormat::Safetensors)]
    pub format: WeightsFormat,
    /// Train the run again, on the CPU, where its weights were not kept
    #[arg(long)]
    pub retrain: bool,
    /// Where the model goes; default: models/SWEEP-TRIAL
    #[arg(long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
}

/// A format of weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WeightsFormat {
    /// model.safetensors, for PyTorch and for `predict`
    Safetensors,
    /// model.mpk, for burn's NamedMpkFileRecorder
    Burn,
}

/// What `predict` takes.
#[derive(Args, Clone, Debug)]
pub struct PredictArguments {
    /// The folder that `export` wrote
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,
    /// Images (PNG, JPEG), folders of images, tables (CSV, Parquet), arrays (.npy, IDX), like those that
    /// the model was trained on: MNIST is white on black
    #[arg(value_name = "INPUT", required = true)]
    pub inputs: Vec<PathBuf>,
    /// The file of the answers; default: standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Tell the logits too
    #[arg(long)]
    pub logits: bool,
}

/// The commands of `data`.
#[derive(Clone, Debug, Subcommand)]
pub enum DataCommand {
    /// List the data sets that are known by name, and where they are
    List(ListArguments),
    /// Fetch a data set from its home
    Fetch(FetchArguments),
    /// Compare the files with the sums of the originals; exit code 1 where one differs
    Check(CheckArguments),
}

/// What `data list` takes.
#[derive(Args, Clone, Debug)]
pub struct ListArguments {
    /// The folder of the data sets
    #[arg(long, value_name = "FOLDER", default_value = "data")]
    pub data: PathBuf,
}

/// What `data fetch` takes.
#[derive(Args, Clone, Debug)]
pub struct FetchArguments {
    /// The data set: mnist, fashion-mnist or cifar10
    #[arg(value_name = "NAME", value_parser = official)]
    pub set: &'static KnownDataset,
    /// Fetch from below this URL in the place of the data set's home
    #[arg(long, value_name = "URL")]
    pub mirror: Option<String>,
    /// Go through this proxy; default: the one that the environment names, such as HTTPS_PROXY
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
    /// The folder of the data sets
    #[arg(long, value_name = "FOLDER", default_value = "data")]
    pub data: PathBuf,
}

/// What `data check` takes.
#[derive(Args, Clone, Debug)]
pub struct CheckArguments {
    /// The data set; default: all
    #[arg(value_name = "NAME", value_parser = official)]
    pub set: Option<&'static KnownDataset>,
    /// The folder of the data sets
    #[arg(long, value_name = "FOLDER", default_value = "data")]
    pub data: PathBuf,
}

/// A name that stays in its folder.
fn file_name(name: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_alphanumeric() || "-_. ".contains(c);
    match !name.starts_with('.') && !name.is_empty() && name.chars().all(is_plain) {
        true => Ok(name.to_owned()),
        false => Err("letters, digits, `-`, `_` and `.`, none of which is a folder".to_owned()),
    }
}

pub(crate) fn count(text: &str) -> Result<Count, String> {
    let number = text.parse().ok().and_then(Count::new);
    number.ok_or_else(|| format!("a whole number from 1 to {}", Count::MAX))
}

fn language(name: &str) -> Result<Language, String> {
    let known = Language::ALL
        .iter()
        .find(|language| language.name() == name);
    known
        .copied()
        .ok_or_else(|| "known are en and fr".to_owned())
}

fn official(name: &str) -> Result<&'static KnownDataset, String> {
    let named = DatasetKind::ALL
        .iter()
        .filter_map(|set| KnownDataset::of(*set));
    named
        .clone()
        .find(|official| official.set.name() == name)
        .ok_or_else(|| {
            let names: Vec<&str> = named.map(|official| official.set.name()).collect();
            format!("known are {}", names.join(", "))
        })
}
