//! Arguments that several commands share.

use crate::cli::completion::{assignments, sweep_files};
use clap::Args;
use clap_complete::engine::ArgValueCompleter;
use std::path::PathBuf;

/// A sweep file and the changes to it.
#[derive(Args, Clone, Debug)]
pub struct SweepArguments {
    /// Read this sweep file
    #[arg(value_name = "SWEEP", required = true, add = sweep_files())]
    pub sweep: Option<PathBuf>,
    /// Override a key of the sweep file, such as training.epochs=1 (repeatable)
    #[arg(long = "set", value_name = "KEY=VALUE", add = ArgValueCompleter::new(assignments))]
    pub overrides: Vec<String>,
    /// Read data sets from this folder [default: data, here or in a folder above the sweep file,
    /// then the installed data]
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

/// The folders of results and reports.
#[derive(Args, Clone, Debug)]
pub struct FolderArguments {
    /// Use this results folder
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    pub runs: PathBuf,
    /// Write reports to this folder
    #[arg(long, value_name = "FOLDER", default_value = "reports")]
    pub reports: PathBuf,
}
