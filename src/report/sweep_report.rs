//! A sweep's report: tables, figures and files from its results.

use super::analysis::columns::with_analysis;
use super::analysis::conclusions::Analysis;
use super::analysis::sample_outcomes::SampleOutcomes;
use super::analysis::score_grid::ScoreGrid;
use super::context::ReportContext;
use super::detailed_trial::DetailedTrial;
use super::document::blocks::Document;
use super::document::table::Table;
use super::error::ReportError;
use super::file::ReportFile;
use super::formats::export;
use super::locale::Locale;
use super::page::{Page, build_page, render_reloading};
use super::results::listing::Listing;
use super::results::trial_frame::trial_frame;
use super::results::trial_state::{TrialRuns, TrialState};
use super::sections::assemble::assemble;
use super::sections::leaderboard::{Detail, leaderboard};
use super::sections::warnings::warnings;
use super::trial_details::TrialDetails;
use crate::plan::Plan;
use crate::record::Results;
use crate::spec::{DataRemarks, Format, Language, Sweep};
use polars::prelude::{DataFrame, PolarsResult};

/// The report of a sweep.
#[derive(Clone, Debug)]
pub struct Report {
    /// The text, tables and figures, for people.
    pub document: Document,
    /// The trial that is shown in detail, if there is one.
    pub detailed: Option<DetailedTrial>,
    /// The data of the HTML page.
    pub page: Page,
    /// The table of the ranking, for LaTeX.
    ranking: Table,
    /// Warnings about the data, in the report's language.
    pub(super) warnings: Vec<String>,
    pub(super) analysis: Analysis,
    /// One row for each trial, in the order of the listing.
    pub(super) frame: DataFrame,
    listing: Listing,
    formats: Vec<Format>,
}

impl Report {
    /// Makes the report from the results so far. `remarks` are notes and warnings about the data.
    /// `details` reads more of some trials.
    ///
    /// # Errors
    /// The listing sorts by a column that does not exist.
    pub fn new(
        sweep: &Sweep,
        plan: &Plan,
        results: &Results,
        remarks: &DataRemarks,
        listing: &Listing,
        details: &dyn TrialDetails,
    ) -> Result<Self, ReportError> {
        let frame = trial_frame(sweep, plan, results)?;
        let analysis = Analysis::new(sweep, plan, results, &frame)?;
        let frame = with_analysis(frame, &analysis)?;
        let detailed = detailed_trial(plan, results, &frame)?.map(|trial| DetailedTrial {
            trial,
            classes: details.classes(trial),
        });
        let paired = analysis.ranked_on_same_splits(plan);
        let samples = SampleOutcomes::read(&paired, |trial| details.predictions(trial));
        let listed = listing.sorted(&frame)?;
        let tied_ranks = analysis.tied_ranks;
        let detail = Detail::Full;
        let ranking = leaderboard(sweep, plan, results, &listed, listing, detail, tied_ranks)?;
        let grid = ScoreGrid::new(sweep, plan, &analysis);
        // Equal scores have no variance to share.
        let anova = grid.as_ref().ok().and_then(|grid| {
            statistics::functional_anova(&grid.levels, &grid.scores, grid.test_to_train).ok()
        });
        let context = ReportContext {
            grid: &grid,
            anova: anova.as_ref(),
            sweep,
            plan,
            results,
            remarks,
            frame: &frame,
            ranking: &ranking,
            listed_by: listing.order.as_ref().map(|order| order.column.as_str()),
            analysis: &analysis,
            detailed: detailed.as_ref(),
            details,
            samples: samples.as_ref(),
        };
        let document = assemble(&context)?;
        Ok(Self {
            page: build_page(&context, &document)?,
            document,
            detailed,
            ranking,
            warnings: warnings(Locale::of(sweep), &remarks.warnings),
            frame: listed,
            listing: listing.clone(),
            formats: sweep.options.report.formats.clone(),
            analysis,
        })
    }

    /// The report's files, the most important first.
    ///
    /// # Errors
    /// Polars refuses an operation; no result can cause this.
    pub fn files(&self) -> Result<Vec<ReportFile>, ReportError> {
        let name = &self.document.title;
        let file = |extension, contents| ReportFile::of_report(name, extension, contents);
        let mut files = vec![
            file("md", self.document.to_markdown(name).into_bytes()),
            file("csv", export::csv(&self.frame)?),
            file(
                "html",
                render_reloading(&self.page, self.listing.reload_seconds).into_bytes(),
            ),
        ];
        for format in &self.formats {
            files.extend(match format {
                Format::Latex => Some(file("tex", self.ranking.to_latex().into_bytes())),
                Format::Parquet => Some(file("parquet", export::parquet(&self.frame)?)),
                Format::Json => Some(file("json", export::json(&self.frame)?)),
                // Written with each figure.
                Format::Png => None,
            });
        }
        files.extend(self.document.figure_files());
        Ok(files)
    }

    /// The first rows of the ranking with fewer columns, for the end of a run: `count` rows, or as
    /// many as the listing sets.
    ///
    /// # Errors
    /// Polars refuses an operation; no result can cause this.
    pub fn top(
        &self,
        sweep: &Sweep,
        plan: &Plan,
        results: &Results,
        count: usize,
    ) -> Result<String, ReportError> {
        let count = self.listing.top.unwrap_or(count);
        let head = self.frame.head(Some(count));
        let listing = &self.listing;
        let (detail, tied) = (Detail::Brief, self.analysis.tied_ranks);
        let table = leaderboard(sweep, plan, results, &head, listing, detail, tied)?;
        let mut text = table.to_text();
        if let Some(more) = self
            .frame
            .height()
            .checked_sub(count)
            .filter(|&more| more > 0)
        {
            text.push_str(&match sweep.options.report.language {
                Language::English => format!("… and {more} more\n"),
                Language::French => format!("… et {more} de plus\n"),
            });
        }
        Ok(text)
    }
}

/// The position in the plan of the trial that is ranked first. If nothing is held out for
/// validation, that of the only trial, once it has finished.
fn detailed_trial(
    plan: &Plan,
    results: &Results,
    frame: &DataFrame,
) -> PolarsResult<Option<usize>> {
    let is_ranked = frame.column("rank")?.u32()?.get(0).is_some();
    let is_alone = !plan.is_validated() && plan.trials.len() == 1;
    if is_ranked {
        let first = frame.column("position")?.u32()?.get(0);
        return Ok(first.map(|position| position as usize));
    }
    Ok(
        (is_alone && TrialRuns::count(plan, results, 0).state() == TrialState::Finished)
            .then_some(0),
    )
}
