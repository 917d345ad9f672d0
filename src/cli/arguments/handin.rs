//! The arguments of `pack` and `grade`.

use super::shared::{FolderArguments, SweepArguments};
use clap::Args;
use std::path::PathBuf;

/// The arguments of `pack`.
#[derive(Args, Clone, Debug)]
pub struct PackArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    #[command(flatten)]
    pub folders: FolderArguments,
    /// Write the archive to this file [default: <sweep>.tar.gz]
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// The arguments of `grade`.
#[derive(Args, Clone, Debug)]
pub struct GradeArguments {
    /// Check these archives of `pack`
    #[arg(value_name = "ARCHIVE", required = true)]
    pub archives: Vec<PathBuf>,
    /// Train this many runs of each archive again
    #[arg(long, value_name = "COUNT", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    pub sample: u32,
    /// Spend at most this long per archive on training runs again; 0 trains none
    #[arg(long, value_name = "MINUTES", default_value_t = 10)]
    pub time_limit: u32,
    /// Choose the runs with this seed [default: a new seed, printed]
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u64>,
    /// Also write the table as CSV to this file
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Read data sets from this folder [default: data, then the installed data]
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}
