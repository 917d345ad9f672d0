//! The arguments of `launch`.

use super::section_flags::{Flag, FlagSet, SectionFlags};
use super::shared::{FolderArguments, SweepArguments};
use crate::spec::LaunchOptions;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// The commands of `launch`.
#[derive(Clone, Debug, Subcommand)]
pub enum LaunchCommand {
    /// Submit the sweep to Slurm: a job array of shards, then the report
    Slurm(LaunchSlurmArguments),
    /// Print a Kubernetes manifest (an Indexed Job), without submitting it
    Kubernetes(LaunchPrintArguments<KubernetesFlags>),
    /// Print a HyperQueue command (a task array), without submitting it
    Hyperqueue(LaunchPrintArguments<HyperqueueFlags>),
    /// Show the sweep's jobs and results
    Status(LaunchedArguments),
    /// Cancel the sweep's jobs, but keep results and checkpoints
    Cancel(LaunchedArguments),
}

/// What each task needs: flags of every kind of cluster.
const TASK: &[Flag] = &[
    Flag("shards", "COUNT"),
    Flag("max_parallel", "COUNT"),
    Flag("time", "TIME"),
    Flag("memory", "SIZE"),
    Flag("cpus", "COUNT"),
    Flag("gpus", "COUNT"),
];

/// Declares the flags of a command for keys of `launch`; they override the sweep file.
macro_rules! launch_flags {
    ($(#[$meta:meta])* $name:ident: $flags:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug)]
        pub struct $name;

        impl FlagSet for $name {
            type Section = LaunchOptions;
            const FLAGS: &'static [&'static [Flag]] = $flags;
        }
    };
}

launch_flags! {
    /// The flags of `launch slurm`.
    SlurmFlags: &[
        TASK,
        &[
            Flag("partition", "NAME"),
            Flag("account", "NAME"),
            Flag("directives", "OPTION"),
        ],
    ]
}
launch_flags! {
    /// The flags of `launch kubernetes`.
    KubernetesFlags: &[
        TASK,
        &[
            Flag("image", "IMAGE"),
            Flag("namespace", "NAME"),
            Flag("volume_claim", "NAME"),
            Flag("mount_path", "PATH"),
        ],
    ]
}
launch_flags! {
    /// The flags of `launch hyperqueue`.
    HyperqueueFlags: &[TASK]
}

/// The arguments of `launch slurm`.
#[derive(Args, Clone, Debug)]
pub struct LaunchSlurmArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    #[command(flatten)]
    pub folders: FolderArguments,
    #[command(flatten)]
    pub flags: SectionFlags<SlurmFlags>,
    /// Print the scripts, without writing or submitting them
    #[arg(long)]
    pub dry_run: bool,
    /// Wait until the report job ends, and exit with its exit code
    #[arg(long, conflicts_with = "dry_run")]
    pub wait: bool,
    /// Submit even if jobs of an earlier launch of this sweep are still queued
    #[arg(long)]
    pub again: bool,
}

/// The arguments of `launch kubernetes` and `launch hyperqueue`.
#[derive(Args, Clone, Debug)]
pub struct LaunchPrintArguments<F: FlagSet> {
    #[command(flatten)]
    pub sweep: SweepArguments,
    #[command(flatten)]
    pub folders: FolderArguments,
    #[command(flatten)]
    pub flags: SectionFlags<F>,
    /// Print only the text, without the hint on how to submit it
    #[arg(long)]
    pub dry_run: bool,
}

/// The arguments of `launch status` and `launch cancel`.
#[derive(Args, Clone, Debug)]
pub struct LaunchedArguments {
    #[command(flatten)]
    pub sweep: SweepArguments,
    /// Read results from this folder
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    pub runs: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Section;

    #[test]
    fn every_key_of_the_section_is_a_flag() {
        let flags = [SlurmFlags::FLAGS, KubernetesFlags::FLAGS].concat();
        let names: Vec<&str> = flags.iter().copied().flatten().map(|flag| flag.0).collect();
        for key in LaunchOptions::keys() {
            assert!(names.contains(&key.name), "{}", key.name);
        }
        let keys = LaunchOptions::keys();
        for name in names {
            assert!(keys.iter().any(|key| key.name == name), "{name}");
        }
    }
}
