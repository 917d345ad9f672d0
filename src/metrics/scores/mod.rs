//! Scores of a model on samples: what is defined for each, their values, and how they are computed.

mod catalog;
mod definition;
mod part;
mod samples;
mod score;
mod values;

pub use definition::{ScoreDefinition, ScoreTolerance, ScoreUnit};
pub use part::{Part, PartScore};
pub use samples::{EvaluatedSamples, RankedSample};
pub use score::Score;
pub use values::Scores;
