//! The score that trials are ranked by.

use super::result::RunResult;
use crate::spec::RankBy;

impl RunResult {
    /// The validation accuracy or loss; `None` if nothing is held out for validation.
    pub(crate) fn validation_score(&self, rank_by: RankBy) -> Option<f64> {
        let validation = self.validation?;
        Some(match rank_by {
            RankBy::Accuracy => validation.accuracy,
            RankBy::Loss => validation.loss,
        })
    }
}
