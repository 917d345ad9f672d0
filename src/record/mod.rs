//! Records on disk: writes what happens to runs, and reads it back.
//!
//! The folder of a run contains an event file for TensorBoard, `epochs.csv` and, as the last file,
//! `result.json`. A run without this file is not complete.

mod error;
mod fs;
mod run;
mod sweep;
mod tensorboard;

pub use error::RecordError;
pub use fs::atomic::write_atomically;
pub use fs::folder::remove_file;
pub use fs::lock::{Lock, LockHolder, SweepLock, active_holder, lock, lock_reconcile, lock_shared};
pub use fs::temp_file::{prepare_folder, remove_temp_files};
pub use run::attempt_leftovers::remove_leftovers;
pub use run::checkpoint::{CHECKPOINT_FILE, Checkpoint, remove_checkpoint};
pub use run::classification::{RunClassification, remove_classification};
pub use run::epochs_csv::EpochColumns;
pub use run::input_preprocessing::InputPreprocessing;
pub use run::predictions::{read_predictions, remove_predictions, write_predictions};
pub use run::profile::{ProfileConditions, TrialProfile};
pub use run::recorder::{Recorder, RunMetadata};
pub use run::result::RunResult;
pub use run::result_file::RESULT_FILE;
pub use run::weights::{has_weights, read_weights, remove_weights, write_weights};
pub use sweep::best::{BestTrial, has_best, remove_best, update_best, write_best};
pub use sweep::cv_scores::{CvScores, has_cv_scores, remove_cv_scores, write_cv_scores};
pub use sweep::inventory::{Inventory, RunFolder, RunRecord, RunState, TrialFolder};
pub use sweep::links::{links_in, refuse_linked_records, unexpected_links};
pub use sweep::machine::Machine;
pub use sweep::manifest::{Invocation, Manifest, Program, RecordedSweep, copy_recorded_sweep};
pub use sweep::mean_curves::{MeanCurve, mean_and_deviation, mean_curves};
pub use sweep::merge::{MergeSummary, merge};
pub use sweep::prune::{Prunable, PruneReason};
pub use sweep::rank_key::{RankKey, compensated_mean};
pub use sweep::reconcile::{ReconcilePlan, may_need_reconciling};
pub use sweep::status::{RunInTraining, SweepStatus};
pub use sweep::store::{Results, Store};
pub use tensorboard::confusion_matrix::ConfusionMatrix;
pub use tensorboard::event_file::{EventFile, EventFilePosition, HParam, SessionStatus};
pub use tensorboard::graph::GraphNode;
pub use tensorboard::histogram::Histogram;
pub use tensorboard::model_graph::model_graph;
pub use tensorboard::pr_curve::PrCurve;
pub use tensorboard::raster::Raster;
