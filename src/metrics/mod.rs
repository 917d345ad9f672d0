//! What is measured of a run: the metrics of each epoch, the scores of the final model, and speed and
//! memory. Training produces them, recording writes them, reports read them.

mod classification;
mod epoch;
mod evaluation;
mod profile;

pub use classification::{ClassificationCounts, SCORE_BINS, score_bin};
pub use epoch::{EpochMetrics, LayerValues};
pub use evaluation::EvalMetrics;
pub use profile::Profile;
