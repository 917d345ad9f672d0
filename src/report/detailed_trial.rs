//! The trial that a report shows in detail.

use super::results::trial_classes::TrialClasses;

/// The trial that a report shows in detail: the best one. If nothing is held out for validation,
/// the only trial of the sweep.
#[derive(Clone, Debug)]
pub struct DetailedTrial {
    /// Its position in the plan.
    pub trial: usize,
    /// The scores of its classes, if they were recorded.
    pub classes: Option<TrialClasses>,
}
