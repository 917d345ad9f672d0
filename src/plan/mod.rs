//! What a sweep consists of: trials, runs, groups of stackable runs, shards. Pure: no device, no clock,
//! no files.

mod cohort;
mod error;
mod expand;
mod memory;
mod parameter_column;
mod profile_shape;
mod run_hash;
mod run_id;
mod shard;
mod summary;
mod sweep_plan;
mod trial;
mod trial_namer;
mod value_kind;
mod work;

pub use cohort::split_evenly;
pub use error::{MAX_RUNS, MAX_TRIALS, PlanError};
pub use expand::{DatasetInfoFn, Expansion, GridPoint};
pub use memory::bytes_of_run;
pub use parameter_column::ParameterColumn;
pub use profile_shape::ProfileShape;
pub use run_hash::{KEYS_OUTSIDE_HASH, RESULTS_VERSION, RunHash, TrialHash};
pub use run_id::RunId;
pub use shard::Shard;
pub use summary::summary;
pub use sweep_plan::Plan;
pub use trial::Trial;
pub use value_kind::ValueKind;
pub use work::WorkEstimate;
