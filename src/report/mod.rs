//! From results to tables. Pure: the same results give the same text.

mod aggregate;
mod best;
mod folds;
mod frame;
mod leaderboard;
mod marginal;
mod markdown;
mod number;
mod table;

pub use best::as_sweep;
pub use frame::Status;
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
    frame: DataFrame,
}

/// Tables that could not be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot make the tables: {0}")]
pub struct ReportError(#[from] polars::error::PolarsError);

impl Report {
    /// Makes the tables from the results that there are.
    ///
    /// # Errors
    /// None that a result could cause: see [`ReportError`].
    pub fn new(sweep: &Sweep, plan: &Plan, results: &Results) -> Result<Self, ReportError> {
        let frame = frame::trials(sweep, plan, results)?;
        Ok(Self {
            markdown: markdown::markdown(sweep, plan, results, &frame)?,
            csv: csv(&frame)?,
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
        Ok(table.to_markdown())
    }
}

fn csv(frame: &DataFrame) -> PolarsResult<Vec<u8>> {
    let mut frame = frame.drop("position")?;
    let mut bytes = Vec::new();
    CsvWriter::new(&mut bytes).finish(&mut frame)?;
    Ok(bytes)
}
