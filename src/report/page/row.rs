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
    /// Its rank from 1; `None` if it is not ranked.
    pub rank: Option<u32>,
    /// Its state.
    #[serde(rename = "progress")]
    pub state: TrialState,
    /// Why it failed, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether it is ranked first.
    #[serde(skip_serializing_if = "is_false")]
    pub best: bool,
    /// Whether the rule of the sweep file chooses it instead of the best.
    #[serde(skip_serializing_if = "is_false")]
    pub chosen: bool,
    /// Whether it is not the best, but not distinguishable from it.
    #[serde(skip_serializing_if = "is_false")]
    pub not_distinguishable: bool,
    /// Whether it is clearly worse than the best: shown in grey.
    #[serde(skip_serializing_if = "is_false")]
    pub worse: bool,
    /// Whether it is on the Pareto front of score, time and memory.
    #[serde(skip_serializing_if = "is_false")]
    pub pareto: bool,
    /// One value for each of [`Page::columns`](super::Page::columns).
    pub values: Vec<Cell>,
    /// Its learning curves, if there are any. The page parses them only when it draws them.
    #[serde(skip)]
    pub curves: Option<Curves>,
}

impl Row {
    /// Makes a finished trial without rank, marks, values and curves.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            rank: None,
            state: TrialState::Finished,
            reason: None,
            best: false,
            chosen: false,
            not_distinguishable: false,
            worse: false,
            pareto: false,
            values: Vec::new(),
            curves: None,
        }
    }
}

/// Flags that are false are omitted, because most are.
fn is_false(flag: &bool) -> bool {
    !flag
}
