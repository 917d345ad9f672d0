//! The arguments of `data`.

use crate::datasets::KnownSet;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// The commands of `data`.
#[derive(Clone, Debug, Subcommand)]
pub enum DataCommand {
    /// List the built-in data sets and where their files are
    List(ListArguments),
    /// Download a data set from its publisher
    Fetch(FetchArguments),
    /// Compare the files with their published checksums; exit with 1 if any differs
    Check(CheckArguments),
}

/// The arguments of `data list`.
#[derive(Args, Clone, Debug)]
pub struct ListArguments {
    /// Look for data sets in this folder [default: data, then the installed data]
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

/// The arguments of `data fetch`.
#[derive(Args, Clone, Debug)]
pub struct FetchArguments {
    /// Download this data set; `tp-sweep data list` shows all
    #[arg(value_name = "NAME", value_parser = known_set)]
    pub set: KnownSet,
    /// Download from this base URL instead of the publisher's
    #[arg(long, value_name = "URL")]
    pub mirror: Option<String>,
    /// Use this proxy [default: from the environment, such as HTTPS_PROXY]
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
    /// Write the data set below this folder
    #[arg(long, value_name = "FOLDER", default_value = "data")]
    pub data: PathBuf,
}

/// The arguments of `data check`.
#[derive(Args, Clone, Debug)]
pub struct CheckArguments {
    /// Check this data set [default: all]
    #[arg(value_name = "NAME", value_parser = known_set)]
    pub set: Option<KnownSet>,
    /// Look for data sets in this folder [default: data, then the installed data]
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

/// Parses the name of a built-in data set.
fn known_set(name: &str) -> Result<KnownSet, String> {
    KnownSet::named(name).ok_or_else(|| {
        let names: Vec<&str> = KnownSet::all().map(|set| set.definition().name).collect();
        format!("expected one of {}", names.join(", "))
    })
}
