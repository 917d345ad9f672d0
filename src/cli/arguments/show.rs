//! The arguments of `open` and `board`.

use super::shared::{FolderArguments, SweepArguments};
use clap::Args;

/// The arguments of `open`.
#[derive(Args, Clone, Debug)]
pub struct OpenArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    #[command(flatten)]
    pub folders: FolderArguments,
}

/// The arguments of `board`.
#[derive(Args, Clone, Debug)]
pub struct BoardArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    #[command(flatten)]
    pub folders: FolderArguments,
    /// Serve at this port [default: 6006, or a free one if it is in use]
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    pub port: Option<u16>,
}
