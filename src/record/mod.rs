//! What events become on disk, and how it is read back.
//!
//! A run's folder holds an event file for TensorBoard, `epochs.csv`, and at the very end
//! `result.json`: a folder without it is a run to do again.

mod atomic;
mod epochs;
mod error;
mod event_file;
mod histogram;
mod lock;
mod manifest;
mod recorder;
mod result;
mod scores;
mod store;

pub use atomic::{prepare, write_atomically};
pub use error::RecordError;
pub use event_file::{EventFile, HParam, SessionStatus};
pub use histogram::Histogram;
pub use lock::{SweepLock, lock};
pub use manifest::{Host, Manifest};
pub use recorder::{Recorder, RunHeader};
pub use result::{RESULT_FILE, RunResult};
pub use scores::{Scores, has_scores, mean_and_deviation, remove_scores, write_scores};
pub use store::{Others, Results, Store};
