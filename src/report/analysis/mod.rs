//! Conclusions from the scores: intervals, comparisons, choices, shares of variance.
pub(super) mod columns;
pub(super) mod conclusions;
pub(super) mod outlook;
pub(super) mod pareto_front;
pub(super) mod sample_outcomes;
pub(super) mod score_grid;
pub(super) mod variance;
pub(super) mod worse_levels;
