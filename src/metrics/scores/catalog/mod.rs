//! The scores: a file each, and a line in this list. The list is in the order of columns.

use super::definition::ScoreDefinition;

#[cfg(test)]
mod tests;

macro_rules! scores {
    ($($score:ident,)+) => {
        $(mod $score;)+

        /// The definition of every score.
        pub(super) const DEFINITIONS: [ScoreDefinition; [$(stringify!($score)),+].len()] =
            [$($score::DEFINITION,)+];
    };
}

scores! {
    accuracy,
    loss,
    macro_f1,
    weighted_f1,
    macro_precision,
    macro_recall,
    balanced_accuracy,
    top_3_accuracy,
    top_5_accuracy,
    matthews_correlation,
    cohen_kappa,
    brier_score,
    calibration_error,
    roc_auc,
    average_precision,
}
