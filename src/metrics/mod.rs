//! Measurements of a run: metrics of each epoch, scores of the final model, speed and memory.

mod classification;
mod epoch;
mod predictions;
mod profile;
mod scores;

pub use classification::{ClassCounts, ClassificationCounts, SCORE_BINS, score_bin};
pub use epoch::{EpochMetrics, LayerValues};
pub use predictions::SamplePredictions;
pub use profile::Profile;
pub use scores::{
    EvaluatedSamples, Part, PartScore, RankedSample, Score, ScoreDefinition, ScoreTolerance,
    ScoreUnit, Scores,
};
