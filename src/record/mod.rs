//! What events become on disk, and how it is read back.
//!
//! A run's folder holds an event file for TensorBoard, `epochs.csv`, and at the very end
//! `result.json`: a folder without it is a run to do again.

mod aside;
mod atomic;
mod best;
mod checkpoint;
mod classes;
mod clutter;
mod confusion;
mod contents;
mod curve;
mod epochs;
mod error;
mod event_file;
mod graph;
mod histogram;
mod host;
mod image;
mod input_scale;
mod layers;
mod links;
mod lock;
mod manifest;
mod merge;
mod model_graph;
mod profile;
mod recorder;
mod result;
mod scores;
mod sound;
mod standing;
mod status;
mod store;
mod time;
mod weights;
mod whole;

pub use aside::{Moves, may_need_moves};
pub use atomic::{prepare, remove_file, remove_parts, write_atomically};
pub use best::{BestTrial, has_best, remove_best, renew_best, write_best};
pub use checkpoint::{CHECKPOINT_FILE, Checkpoint, remove_checkpoint};
pub use classes::{RunClasses, remove_classes};
pub use clutter::{Clutter, Useless};
pub use confusion::Confusion;
pub use contents::{Contents, RunFolder, RunRecord, RunState, TrialFolder};
pub use curve::PrCurve;
pub use error::RecordError;
pub use event_file::{EventFile, EventsMark, HParam, SessionStatus};
pub use graph::GraphNode;
pub use histogram::Histogram;
pub use image::Image;
pub use input_scale::InputScale;
pub use links::{links_in, refuse_linked_records, unasked_links};
pub use lock::{Holder, Lock, SweepLock, at_work, lock, lock_moves, lock_shared};
pub use manifest::{Host, Manifest, Program, RecordedSweep, Start, copy_recorded_sweep};
pub use merge::{Merged, merge};
pub use model_graph::model_graph;
pub use recorder::{Recorder, RunHeader, tidy};
pub use result::{RESULT_FILE, RunResult};
pub use scores::{Scores, has_scores, mean_and_deviation, remove_scores, write_scores};
pub use standing::Standing;
pub use status::{InTraining, Status};
pub use store::{Results, Store};
pub use weights::{has_weights, read_weights, remove_weights, write_weights};
