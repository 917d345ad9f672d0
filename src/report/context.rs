//! The inputs of a report's sections and figures.

use super::analysis::conclusions::Analysis;
use super::analysis::sample_outcomes::SampleOutcomes;
use super::analysis::score_grid::{IncompleteGrid, ScoreGrid};
use super::detailed_trial::DetailedTrial;
use super::document::table::Table;
use super::trial_details::TrialDetails;
use crate::plan::Plan;
use crate::record::Results;
use crate::spec::{DataRemarks, Sweep};
use polars::prelude::DataFrame;
use statistics::Anova;

/// The inputs of a report's sections and figures.
pub(crate) struct ReportContext<'a> {
    pub(crate) sweep: &'a Sweep,
    pub(crate) plan: &'a Plan,
    pub(crate) results: &'a Results,
    /// Notes and warnings about the data.
    pub(crate) remarks: &'a DataRemarks,
    /// The frame of [`crate::report::results::trial_frame::trial_frame`].
    pub(crate) frame: &'a DataFrame,
    /// The table of the ranking.
    pub(crate) ranking: &'a Table,
    /// The column that the table is sorted by, if it is not sorted by rank.
    pub(crate) listed_by: Option<&'a str>,
    pub(crate) analysis: &'a Analysis,
    /// The scores over the grid, or why the grid is incomplete.
    pub(crate) grid: &'a Result<ScoreGrid<'a>, IncompleteGrid>,
    /// The analysis of variance over the grid; `None` if the grid is incomplete or all scores are
    /// equal.
    pub(crate) anova: Option<&'a Anova>,
    /// The trial that is shown in detail.
    pub(crate) detailed: Option<&'a DetailedTrial>,
    /// What is read of single trials.
    pub(crate) details: &'a dyn TrialDetails,
    /// How the trials classify single samples, if their predictions were recorded.
    pub(crate) samples: Option<&'a SampleOutcomes>,
}
