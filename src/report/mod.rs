//! From results to tables and pictures. Pure: the same results give the same bytes.

mod analysis;
mod comparison;
mod document;
mod figures;
mod formats;
mod locale;
pub mod page;
mod results;
mod sections;

pub use comparison::{Part, compare};
pub use document::blocks::{Block, Document};
pub use document::figure::Figure;
pub use document::table::{Align, Table};
pub use formats::to_sweep_yaml::to_sweep_yaml;
pub use results::listing::{Listing, ListingOrder};
pub use results::status::TrialState;
pub use sections::classes::TrialClasses;

use crate::plan::Plan;
use crate::record::Results;
use crate::spec::{DataRemarks, Format, Language, Sweep};
use analysis::conclusions::Analysis;
use analysis::grid::Grid;
use locale::Locale;
use page::Page;
use polars::prelude::{DataFrame, PolarsResult};
use sections::contents::{ReportContext, content};
use sections::leaderboard::Detail;
use std::path::PathBuf;

/// A sweep's tables and pictures.
#[derive(Clone, Debug)]
pub struct Report {
    /// For people.
    pub document: Document,
    /// The trial that is shown more closely, if there is one.
    pub best: Option<Best>,
    /// The document for a browser, with the trials as data.
    pub page: Page,
    /// The ranking, for other documents.
    ranking: Table,
    /// Warnings about the data, in the report's language.
    warnings: Vec<String>,
    /// One row for each trial.
    frame: DataFrame,
    view: Listing,
    formats: Vec<Format>,
}

/// A file of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it stands in the folder of reports.
    pub path: PathBuf,
    /// What it holds.
    pub contents: Vec<u8>,
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
pub enum ReportError {
    /// Frames that do not fit together.
    #[error("cannot make the tables: {0}")]
    Frame(#[from] polars::error::PolarsError),
    /// A column to sort by that there is not.
    #[error("there is no column `{column}` to rank by: {help}")]
    UnknownColumn {
        /// Its name.
        column: String,
        /// What might have been meant.
        help: String,
    },
}

impl Report {
    /// Makes the tables from the results that there are. `remarks` are about the data; `classes` returns the
    /// scores of the classes in a trial of the plan. It is called for one trial at most: the scores of all
    /// would be much to read.
    ///
    /// # Errors
    /// A view of a column that there is not; nothing that a result could cause.
    pub fn new(
        sweep: &Sweep,
        plan: &Plan,
        results: &Results,
        remarks: &DataRemarks,
        view: &Listing,
        classes: &dyn Fn(usize) -> Option<TrialClasses>,
    ) -> Result<Self, ReportError> {
        let frame = results::frame::trials(sweep, plan, results)?;
        let analysis = Analysis::new(sweep, plan, results, &frame)?;
        let frame = results::frame::with_analysis(frame, &analysis)?;
        let best = best(plan, results, &frame)?.map(|trial| Best {
            trial,
            classes: classes(trial),
        });
        let listed = view.sorted(&frame)?;
        let ranking =
            sections::leaderboard::leaderboard(sweep, plan, results, &listed, view, Detail::Full)?;
        let grid = Grid::new(sweep, plan, &analysis);
        // Scores that do not vary have no shares.
        let anova = grid.as_ref().ok().and_then(|grid| {
            statistics::functional_anova(&grid.levels, &grid.scores, grid.test_to_train).ok()
        });
        let material = ReportContext {
            grid: &grid,
            anova: anova.as_ref(),
            sweep,
            plan,
            results,
            remarks,
            frame: &frame,
            ranking: &ranking,
            listed_by: view.order.as_ref().map(|order| order.column.as_str()),
            analysis: &analysis,
            best: best.as_ref(),
        };
        let document = content(&material)?;
        Ok(Self {
            page: page::build::page(&material, &document)?,
            document,
            best,
            ranking,
            warnings: sections::warnings::warnings(Locale::of(sweep), &remarks.warnings),
            frame: listed,
            view: view.clone(),
            formats: sweep.report.formats.clone(),
        })
    }

    /// The report's files, those that are read first in front.
    ///
    /// # Errors
    /// None that a result could cause.
    pub fn files(&self) -> Result<Vec<File>, ReportError> {
        let name = &self.document.title;
        let file = |extension: &str, contents: Vec<u8>| File {
            path: PathBuf::from(format!("{name}.{extension}")),
            contents,
        };
        let mut files = vec![
            file("md", self.document.to_markdown(name).into_bytes()),
            file("csv", formats::export::csv(&self.frame)?),
            file("html", page::render(&self.page).into_bytes()),
        ];
        for format in &self.formats {
            files.extend(match format {
                Format::Latex => Some(file("tex", self.ranking.to_latex().into_bytes())),
                Format::Parquet => Some(file("parquet", formats::export::parquet(&self.frame)?)),
                Format::Json => Some(file("json", formats::export::json(&self.frame)?)),
                // Beside each picture.
                Format::Png => None,
            });
        }
        for figure in self.document.figures() {
            let picture = |extension: &str, contents: &[u8]| File {
                path: PathBuf::from(name).join(figure.file(extension)),
                contents: contents.to_vec(),
            };
            files.push(picture("svg", figure.svg.as_bytes()));
            files.extend(figure.png.iter().map(|png| picture("png", png)));
        }
        Ok(files)
    }

    /// The first rows of the ranking, with fewer columns, for the end of a run; `count` of them,
    /// unless the view says otherwise.
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
        let count = self.view.top.unwrap_or(count);
        let head = self.frame.head(Some(count));
        let view = &self.view;
        let table =
            sections::leaderboard::leaderboard(sweep, plan, results, &head, view, Detail::Brief)?;
        let mut text = table.to_text();
        if let Some(more) = self
            .frame
            .height()
            .checked_sub(count)
            .filter(|&more| more > 0)
        {
            text.push_str(&match sweep.report.language {
                Language::English => format!("… and {more} more\n"),
                Language::French => format!("… et {more} de plus\n"),
            });
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
    Ok((is_alone && TrialState::of(plan, results, 0).word() == "finished").then_some(0))
}
