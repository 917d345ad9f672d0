//! The arguments of `export` and `predict`.

use super::shared::SweepArguments;
use crate::cli::completion::trials;
use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;
use std::path::PathBuf;

/// The arguments of `export`.
#[derive(Args, Clone, Debug)]
pub struct ExportArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    /// Read results from this folder
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    pub runs: PathBuf,
    /// Export the best trial of the ranking, whatever report.select chooses
    #[arg(long, conflicts_with = "trial")]
    pub best: bool,
    /// Export the trial with this name, as shown in the report and in the results folder
    #[arg(long, value_name = "NAME", add = ArgValueCompleter::new(trials))]
    pub trial: Option<String>,
    /// Export the run of this fold
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub fold: u32,
    /// Export the run of this repeat
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub repeat: u32,
    /// Write the weights as safetensors, for PyTorch and `predict`, or as burn
    #[arg(long, value_enum, hide_possible_values = true, default_value_t = WeightsFormat::Safetensors)]
    pub format: WeightsFormat,
    /// Train the run again on the CPU if its weights were not kept
    #[arg(long)]
    pub retrain: bool,
    /// Write the model to this folder [default: models/SWEEP-TRIAL]
    #[arg(long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
}

/// A file format of weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WeightsFormat {
    /// model.safetensors, for PyTorch and `predict`
    Safetensors,
    /// model.mpk, for burn's NamedMpkFileRecorder
    Burn,
}

/// The arguments of `predict`.
#[derive(Args, Clone, Debug)]
pub struct PredictArguments {
    /// Read the model from this folder, written by `export`
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,
    /// Classify these images (PNG, JPEG), folders of images, tables (CSV, Parquet) or arrays (.npy,
    /// IDX); they must look like the training data: MNIST is white on black
    #[arg(value_name = "INPUT", required = true)]
    pub inputs: Vec<PathBuf>,
    /// Write the predictions to this file [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Add the logits to the output
    #[arg(long)]
    pub logits: bool,
}
