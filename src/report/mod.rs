//! From results to tables. Pure: the same results give the same text.

mod aggregate;
mod best;
mod classes;
mod folds;
mod frame;
mod gradients;
mod leaderboard;
mod losses;
mod marginal;
mod markdown;
mod measured;
mod metric;
mod number;
pub mod page;
mod status;
mod table;

pub use best::as_sweep;
pub use classes::TrialClasses;
pub use status::Status;
pub use table::{Align, Table};

use crate::plan::Plan;
use crate::record::Results;
use crate::spec::Sweep;
use leaderboard::Detail;
use polars::prelude::{CsvWriter, DataFrame, PolarsResult, SerWriter};

/// A sweep's tables.
#[derive(Clone, Debug)]
pub struct Report {
    /// For people.
    pub markdown: String,
    /// For programs: one row for each trial.
    pub csv: Vec<u8>,
    /// The trial that is shown more closely, if there is one.
    pub best: Option<Best>,
    frame: DataFrame,
}

/// The trial that is shown more closely: the best or, where nothing is held out and so none is
/// chosen, the only one.
#[derive(Clone, Debug)]
pub struct Best {
    /// Its position in the plan.
    pub trial: usize,
    /// How each class fares in it, if that is known.
    pub classes: Option<TrialClasses>,
}

/// Tables that could not be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot make the tables: {0}")]
pub struct ReportError(#[from] polars::error::PolarsError);

impl Report {
    /// Makes the tables from the results that there are; `classes` tells how the classes fare in
    /// a trial of the plan. It is asked of one trial at most: the scores of all would be much to
    /// read.
    ///
    /// # Errors
    /// None that a result could cause: see [`ReportError`].
    pub fn new(
        sweep: &Sweep,
        plan: &Plan,
        results: &Results,
        classes: &dyn Fn(usize) -> Option<TrialClasses>,
    ) -> Result<Self, ReportError> {
        let frame = frame::trials(sweep, plan, results)?;
        let best = best(plan, results, &frame)?.map(|trial| Best {
            trial,
            classes: classes(trial),
        });
        Ok(Self {
            markdown: markdown::markdown(sweep, plan, results, &frame, best.as_ref())?,
            csv: csv(&frame)?,
            best,
            frame,
        })
    }

    /// The first `count` rows of the ranking, with fewer columns, for the end of a run.
    ///
    /// # Errors
    /// None that a result could cause.
    pub fn top(
        &self,
        sweep: &Sweep,
        plan: &Plan,
        results: &Results,
        count: usize,
    ) -> Result<String, ReportError> {
        let head = self.frame.head(Some(count));
        let table = leaderboard::leaderboard(sweep, plan, results, &head, Detail::Brief)?;
        let mut text = table.to_text();
        if let Some(more) = self
            .frame
            .height()
            .checked_sub(count)
            .filter(|&more| more > 0)
        {
            text.push_str(&format!("… and {more} more\n"));
        }
        Ok(text)
    }
}

/// The position of the first in the ranking; without one, that of the only trial, once its runs
/// have finished.
fn best(plan: &Plan, results: &Results, frame: &DataFrame) -> PolarsResult<Option<usize>> {
    let is_ranked = frame.column("rank")?.u32()?.get(0).is_some();
    let is_alone = !plan.is_validated() && plan.trials.len() == 1;
    if is_ranked {
        let first = frame.column("position")?.u32()?.get(0);
        return Ok(first.map(|position| position as usize));
    }
    Ok((is_alone && Status::of(plan, results, 0).word() == "finished").then_some(0))
}

fn csv(frame: &DataFrame) -> PolarsResult<Vec<u8>> {
    let mut frame = frame.drop("position")?;
    let mut bytes = Vec::new();
    CsvWriter::new(&mut bytes).finish(&mut frame)?;
    Ok(bytes)
}
