//! The scores of each class in one trial.

use crate::record::RunClassification;

/// The scores of each class in a trial, over all of its runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialClasses {
    /// The name of each class.
    pub names: Vec<String>,
    /// The scores, summed over the runs.
    pub scores: RunClassification,
}

impl TrialClasses {
    /// Combines scores and class names. If their numbers differ, the classes are numbered from 0.
    pub fn new(names: Vec<String>, scores: RunClassification) -> Self {
        let classes = scores.test.confusion.len();
        let names = if names.len() == classes {
            names
        } else {
            (0..classes).map(|class| class.to_string()).collect()
        };
        Self { names, scores }
    }
}
