//! The same sweep on a cluster: what is handed to the engine that is there, and what is kept of it.
//!
//! There is no scheduler here. Scripts, manifests and command lines are pure functions of a
//! [`LaunchRequest`]; [`Slurm`] asks Slurm's own programs; [`LaunchRecord`] remembers what was submitted.

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
