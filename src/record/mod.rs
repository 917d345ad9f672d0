//! What events become on disk, and how it is read back.
//!
//! A run's folder holds an event file for TensorBoard, `epochs.csv`, and at the very end
//! `result.json`: a folder without it is a run to do again.

mod error;
mod fs;
mod run;
mod sweep;
mod tensorboard;

pub use error::RecordError;
pub use fs::atomic::{prepare, remove_file, remove_temp_files, write_atomically};
pub use fs::lock::{
    Lock, LockHolder, SweepLock, active_holders, lock, lock_reconcile, lock_shared,
};
pub use run::checkpoint::{CHECKPOINT_FILE, Checkpoint, remove_checkpoint};
pub use run::classes::{RunClasses, remove_classes};
pub use run::input_scale::InputScale;
pub use run::recorder::{Recorder, RunHeader, remove_leftovers};
pub use run::result::{RESULT_FILE, RunResult};
pub use run::weights::{has_weights, read_weights, remove_weights, write_weights};
pub use sweep::best::{BestTrial, has_best, remove_best, renew_best, write_best};
pub use sweep::cv_scores::{
    CvScores, has_cv_scores, mean_and_deviation, remove_cv_scores, write_cv_scores,
};
pub use sweep::inventory::{Inventory, RunFolder, RunRecord, RunState, TrialFolder};
pub use sweep::links::{links_in, refuse_linked_records, unexpected_links};
pub use sweep::manifest::{
    Invocation, Machine, Manifest, Program, RecordedSweep, copy_recorded_sweep,
};
pub use sweep::merge::{Merged, merge};
pub use sweep::prune::{PrunePlan, PruneReason};
pub use sweep::ranking::Ranking;
pub use sweep::reconcile::{ReconcilePlan, may_need_reconciling};
pub use sweep::status::{InTraining, SweepStatus};
pub use sweep::store::{Results, Store};
pub use tensorboard::confusion::Confusion;
pub use tensorboard::event_file::{EventFile, EventsMark, HParam, SessionStatus};
pub use tensorboard::graph::GraphNode;
pub use tensorboard::histogram::Histogram;
pub use tensorboard::model_graph::model_graph;
pub use tensorboard::pr_curve::PrCurve;
pub use tensorboard::raster::Raster;
