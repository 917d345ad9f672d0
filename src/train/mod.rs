//! Trains one cohort: its batches, steps, epochs, evaluation and completion.
//!
//! This module reads and writes no files and uses no clock but the one that [`TrainingHost`]
//! provides.

mod batches;
mod bounds;
mod checkpoint;
mod cohort;
mod completion;
mod control;
mod evaluation;
mod events;
mod grouping;
mod member;
mod optimizer;
mod schedule;
mod timing;
mod training_host;
mod training_loop;

pub use checkpoint::is_compatible;
pub use control::{CheckpointPolicy, Clock, EpochAction, StopRequest};
pub use events::{EventSink, Interrupted, TrainingEvent};
pub use member::Member;
pub use optimizer::{Optimizer, OptimizerState, new_optimizer};
pub use schedule::{Plateau, TrainingPosition, learning_rate};
pub use timing::{StepTime, profile, step_seconds};
pub use training_host::TrainingHost;
pub use training_loop::train;
