//! The same sweep on a cluster: what is handed to the engine that is there, and what is kept of it.
//!
//! There is no scheduler here. Scripts, manifests and command lines are pure functions of a
//! [`Request`]; [`Slurm`] asks Slurm's own programs; [`Launch`] remembers what was submitted.

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
pub use hyperqueue::hyperqueue;
pub use kubernetes::kubernetes;
pub use request::{MOST_SHARDS, RUNS_OF_SHARD, Request, path_text, shards};
pub use scripts::{LEAD, array_script, lead, report_script};
pub use slurm::{Job, QueuedJob, Slurm};
pub use state::{ARRAY_SCRIPT, Engine, FOLDER, Launch, REPORT_SCRIPT};
