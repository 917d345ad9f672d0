//! Runs a sweep on a cluster: scripts for Slurm, a manifest for Kubernetes, a command for HyperQueue.
//!
//! This room schedules nothing. Scripts, manifests and commands are pure functions of a
//! [`LaunchRequest`]; [`Slurm`] calls Slurm's programs; [`LaunchRecord`] is the file that
//! describes the submitted jobs.

mod error;
mod hyperqueue;
mod kubernetes;
mod program;
mod request;
mod scripts;
mod shell;
mod slurm;
mod state;

pub use error::LaunchError;
pub use hyperqueue::hyperqueue_command;
pub use kubernetes::kubernetes_manifest;
pub use request::{
    LaunchRequest, MAX_DEFAULT_SHARDS, MIN_RUNS_PER_SHARD, absolute_path_text, shard_count,
};
pub use scripts::{SIGNAL_LEAD_SECONDS, array_script, report_script, signal_lead_seconds};
pub use slurm::{Job, QueuedJob, Slurm};
pub use state::{ARRAY_SCRIPT, Engine, LAUNCH_FOLDER, LaunchRecord, REPORT_SCRIPT};
