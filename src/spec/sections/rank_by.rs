//! The metric that trials are ranked by.

use crate::spec::values::config_value::string_enum;

string_enum! {
    /// The metric that trials are ranked by, averaged over the validation splits.
    pub enum RankBy {
        /// The share of correctly classified samples; higher is better.
        Accuracy = "accuracy",
        /// The cross-entropy; lower is better.
        Loss = "loss",
    }
}
