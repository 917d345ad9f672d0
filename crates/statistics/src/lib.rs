//! The statistics behind a sweep's reports: intervals of means, tests of differences, shares of
//! variance, and choices between candidates.
//!
//! Slices and small structs in, numbers out. Nothing here knows of sweeps, files or tables. The
//! words are the field's: a *candidate* is what is compared (a configuration), a *split* is one
//! division of the data into training and validation samples (a fold of a repeat, or a hold-out),
//! and a score is what one candidate gets on one split. All candidates share their splits.
//!
//! Training sets of different splits overlap, so scores over splits are not independent. Whatever
//! estimates the variance of a mean over splits takes `test_to_train`, the ratio of validation to
//! training samples, for the correction of Nadeau and Bengio ("Inference for the generalization
//! error", Machine Learning 52, 2003): 1/(k − 1) for k folds, 0 for independent scores.

#![forbid(unsafe_code)]

mod anova;
mod best;
mod direction;
mod error;
mod grid;
mod holm;
mod interval;
mod main_effect;
mod one_standard_error;
mod pareto;
#[cfg(test)]
mod reference;
mod sample_deviation;
mod scores;
mod t_test;
mod tail;

pub use anova::{Anova, Effect, FTest, Noise, Term, functional_anova};
pub use best::{AgainstBest, Comparison, against_best};
pub use direction::Direction;
pub use error::Error;
pub use holm::holm;
pub use interval::{Interval, interval};
pub use main_effect::{LevelMean, main_effects};
pub use one_standard_error::{Candidate, Choice, one_standard_error};
pub use pareto::pareto_front;
pub use sample_deviation::sample_deviation;
pub use t_test::{TTest, corrected_t_test};
