//! A trial in the table of trials.

use super::cell::Cell;
use super::curves::Curves;
use crate::report::results::trial_state::TrialState;
use serde::Serialize;

/// A trial in the table of trials.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The trial's name.
    pub name: String,
    /// Its rank, from 1; none where it is not ranked.
    pub rank: Option<u32>,
    /// How far it has come.
    #[serde(rename = "progress")]
    pub state: TrialState,
    /// Why it failed or is not complete, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// It is the first of the ranking.
    #[serde(skip_serializing_if = "is_false")]
    pub best: bool,
    /// It is the one that the report recommends, be it the best or another that is as good.
    #[serde(skip_serializing_if = "is_false")]
    pub chosen: bool,
    /// It is not the best, but no test can tell the two apart.
    #[serde(skip_serializing_if = "is_false")]
    pub not_distinguishable: bool,
    /// No other trial is better in one column of [`Scatter`](super::Scatter) and at least as good
    /// in the other.
    #[serde(skip_serializing_if = "is_false")]
    pub pareto: bool,
    /// One for each of [`Page::columns`](super::Page::columns).
    pub values: Vec<Cell>,
    /// What its runs were like after each epoch, if that is known. Read by the page only when it
    /// draws them.
    #[serde(skip)]
    pub curves: Option<Curves>,
}

impl Row {
    /// A finished trial without rank, marks, values and curves.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            rank: None,
            state: TrialState::Finished,
            reason: None,
            best: false,
            chosen: false,
            not_distinguishable: false,
            pareto: false,
            values: Vec::new(),
            curves: None,
        }
    }
}

/// Flags are rare: only those that hold are written.
fn is_false(flag: &bool) -> bool {
    !flag
}
