#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod anova;
mod best;
mod direction;
mod error;
mod forecast;
mod grid;
mod holm;
mod interval;
mod main_effect;
mod mcnemar;
mod moderation;
mod one_standard_error;
mod pareto;
#[cfg(test)]
mod reference;
mod reference_candidate;
mod sample_deviation;
mod scores;
mod t_test;
mod tail;
mod trimmed_mean;

pub use anova::{Anova, Effect, FTest, Noise, Term, functional_anova};
pub use best::{AgainstBest, Comparison, against_best};
pub use direction::Direction;
pub use error::Error;
pub use forecast::{Forecast, forecast};
pub use holm::holm;
pub use interval::{Interval, interval};
pub use main_effect::{LevelMean, main_effects};
pub use mcnemar::mcnemar;
pub use moderation::interval::moderated_intervals;
pub use one_standard_error::{Candidate, Choice, one_standard_error};
pub use pareto::{Measured, pareto_front};
pub use reference_candidate::{ReferenceComparison, against_reference};
pub use sample_deviation::sample_deviation;
pub use scores::MAX_SCORE;
pub use t_test::{TTest, corrected_t_test};
pub use trimmed_mean::{TrimmedMean, trimmed_mean};
