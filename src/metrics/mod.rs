//! Measurements of a run: metrics of each epoch, scores of the final model, speed and memory.

mod classification;
mod epoch;
mod evaluation;
mod predictions;
mod profile;

pub use classification::{ClassificationCounts, SCORE_BINS, score_bin};
pub use epoch::{EpochMetrics, LayerValues};
pub use evaluation::EvalMetrics;
pub use predictions::SamplePredictions;
pub use profile::Profile;
