//! One report for several sweeps.

use super::document::blocks::Document;
use super::document::table::{Align, Table};
use super::error::ReportError;
use super::file::ReportFile;
use super::formats::export;
use super::locale::Locale;
use super::results::listing::Listing;
use super::results::trial_frame::{number_at, trial_positions};
use super::sections::leaderboard::{Detail, leaderboard};
use super::sweep_report::Report;
use crate::plan::Plan;
use crate::record::Results;
use crate::spec::{Language, Sweep};
use polars::prelude::*;
use std::path::PathBuf;

/// A sweep with its results and its report.
pub struct ComparedSweep<'a> {
    /// The sweep.
    pub sweep: &'a Sweep,
    /// Its plan.
    pub plan: &'a Plan,
    /// Its results.
    pub results: &'a Results,
    /// Its report.
    pub report: &'a Report,
}

/// Maximum number of listed trials per sweep.
const MAX_LISTED_TRIALS: usize = 5;

/// Makes the report for several sweeps, as Markdown and CSV.
///
/// # Errors
/// Polars refuses an operation; no result can cause this.
pub fn compare(
    name: &str,
    entries: &[ComparedSweep],
    language: Language,
) -> Result<Vec<ReportFile>, ReportError> {
    let locale = Locale { language };
    let mut document = Document {
        title: name.to_owned(),
        ..Document::default()
    };
    let sweeps = locale.counted(
        entries.len(),
        ["sweep", "sweeps"],
        ["balayage", "balayages"],
    );
    document.paragraph(match language {
        Language::English => format!(
            "{sweeps} side by side. Sweeps with different settings can differ in splits, epochs or \
             samples: compare their scores with care, and compare the trials of one sweep in its \
             own report. ≈: not distinguishable from the best trial of the sweep. P: on the Pareto \
             front of score, time and memory."
        ),
        Language::French => format!(
            "{sweeps} côte à côte. Des balayages aux réglages différents peuvent différer par \
             leurs partages, leurs époques ou leurs exemples : comparez leurs scores avec \
             prudence, et les essais d’un même balayage dans son propre rapport. ≈ : indiscernable \
             du meilleur essai du balayage. P : sur le front de Pareto du score, du temps et de la \
             mémoire."
        ),
    });
    document.section(locale.tr("The best of each sweep", "Le meilleur de chaque balayage"));
    document.table(best_of_each(locale, entries)?);
    for entry in entries {
        document.section(&entry.plan.name);
        document.paragraph(&entry.sweep.description);
        for warning in &entry.report.warnings {
            document.paragraph(warning);
        }
        let head = entry.report.frame.head(Some(MAX_LISTED_TRIALS));
        let listing = Listing::default();
        let table = leaderboard(
            entry.sweep,
            entry.plan,
            entry.results,
            &head,
            &listing,
            Detail::Full,
            entry.report.tied_ranks,
        )?;
        document.table(table);
        let rest = entry
            .report
            .frame
            .height()
            .saturating_sub(MAX_LISTED_TRIALS);
        if rest > 0 {
            document.paragraph(match language {
                Language::English => format!("… and {rest} more, in `{}.md`.", entry.plan.name),
                Language::French => {
                    let others = if rest == 1 { "autre" } else { "autres" };
                    format!("… et {rest} {others}, dans `{}.md`.", entry.plan.name)
                }
            });
        }
    }
    let file = |extension: &str, contents| ReportFile {
        path: PathBuf::from(format!("{name}.{extension}")),
        contents,
    };
    Ok(vec![
        file("md", document.to_markdown(name).into_bytes()),
        file("csv", export::csv(&concat_frames(entries)?)?),
    ])
}

fn best_of_each(locale: Locale, entries: &[ComparedSweep]) -> PolarsResult<Table> {
    let headers = [
        (locale.tr("sweep", "balayage"), Align::Left),
        (locale.tr("trials", "essais"), Align::Right),
        (locale.tr("best trial", "meilleur essai"), Align::Left),
        (locale.tr("val acc %", "exact. val. %"), Align::Right),
        (locale.tr("test acc %", "exact. test %"), Align::Right),
        (locale.tr("s/epoch", "s/époque"), Align::Right),
        (locale.tr("peak MiB", "pic Mio"), Align::Right),
        (locale.tr("parameters", "paramètres"), Align::Right),
    ];
    let mut table = Table::new(headers.map(|(header, align)| (header.to_owned(), align)));
    for entry in entries {
        let frame = &entry.report.frame;
        // Without a ranking there is no best trial, unless the sweep has a single trial.
        let is_ranked = frame.column("rank")?.u32()?.get(0).is_some();
        let positions = trial_positions(frame)?;
        let (Some(&trial), true) = (positions.first(), is_ranked || positions.len() == 1) else {
            let mut cells = vec![entry.plan.name.clone(), entry.plan.trials.len().to_string()];
            cells.resize(headers.len(), "–".to_owned());
            table.row(cells);
            continue;
        };
        let number = |name: &str| number_at(frame, name, 0);
        let with_deviation = |name: &str| -> PolarsResult<String> {
            let (mean, deviation) = (format!("mean_{name}"), format!("std_{name}"));
            Ok(locale.percent_with_deviation(number(&mean)?, number(&deviation)?))
        };
        let trial = &entry.plan.trials[trial];
        table.row(vec![
            entry.plan.name.clone(),
            entry.plan.trials.len().to_string(),
            trial.name.clone(),
            with_deviation("val_accuracy")?,
            with_deviation("test_accuracy")?,
            locale.seconds(number("profile_seconds_per_epoch")?),
            locale.mebibytes(number("profile_peak_bytes")?),
            trial.config.parameters().to_string(),
        ]);
    }
    Ok(table)
}

/// Concatenates the rows of all sweeps; a column that a sweep does not have is empty.
fn concat_frames(entries: &[ComparedSweep]) -> PolarsResult<DataFrame> {
    let mut names: Vec<PlSmallStr> = Vec::new();
    for entry in entries {
        for name in entry.report.frame.get_column_names_owned() {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let frames = entries.iter().map(|entry| &entry.report.frame);
    let height = frames.clone().map(DataFrame::height).sum();
    let sweeps = entries.iter().flat_map(|entry| {
        let height = entry.report.frame.height();
        std::iter::repeat_n(entry.plan.name.clone(), height)
    });
    let mut columns = vec![Column::new("sweep".into(), sweeps.collect::<Vec<_>>())];
    for name in names {
        let own_columns: Vec<Option<&Column>> = frames
            .clone()
            .map(|frame| frame.column(&name).ok())
            .collect();
        // Levels can be numbers in one sweep and text in another.
        let mut kinds = own_columns.iter().flatten().map(|column| column.dtype());
        let first = kinds.next().cloned().unwrap_or(DataType::String);
        let kind = if kinds.all(|kind| *kind == first) {
            first
        } else {
            DataType::String
        };
        let mut joined: Option<Column> = None;
        for (column, frame) in own_columns.into_iter().zip(frames.clone()) {
            let piece = match column {
                Some(column) => column.cast(&kind)?,
                None => Column::full_null(name.clone(), frame.height(), &kind),
            };
            match &mut joined {
                Some(joined) => {
                    joined.append(&piece)?;
                }
                None => joined = Some(piece),
            }
        }
        columns.extend(joined);
    }
    DataFrame::new(height, columns)
}
