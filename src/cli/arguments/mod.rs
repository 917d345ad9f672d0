//! The arguments of the command line.

mod commands;
mod data;
mod handin;
mod init;
mod launch;
mod model;
mod run;
mod section_flags;
mod shared;
mod show;

pub use commands::{Arguments, Command};
pub(super) use commands::{
    CleanArguments, CompareArguments, DiffArguments, ManArguments, MergeArguments, PlanArguments,
    ReportArguments, StatusArguments, TableArguments, VerifyArguments,
};
pub(super) use data::{CheckArguments, DataCommand, FetchArguments, ListArguments};
pub(super) use handin::{GradeArguments, PackArguments};
pub(super) use init::InitArguments;
pub(super) use launch::{
    LaunchCommand, LaunchPrintArguments, LaunchSlurmArguments, LaunchedArguments,
};
pub(super) use model::{ExportArguments, PredictArguments, WeightsFormat};
pub(super) use run::{ProgressFormat, RunArguments};
pub(super) use section_flags::FlagSet;
pub(super) use shared::{FolderArguments, SweepArguments};
pub(super) use show::{BoardArguments, OpenArguments};
