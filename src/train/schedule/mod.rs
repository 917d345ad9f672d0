//! Learning-rate schedules and early stopping.

mod early_stopping;
mod learning_rate;
mod monitored;
mod plateau;

pub(super) use early_stopping::{EarlyStopping, Verdict};
pub use learning_rate::{TrainingPosition, learning_rate};
pub use plateau::Plateau;
