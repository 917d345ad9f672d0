//! Several sweeps in one report.

use super::build::Report;
use super::document::blocks::Document;
use super::document::table::{Align, Table};
use super::error::ReportError;
use super::file::ReportFile;
use super::formats::export;
use super::locale::Locale;
use super::results::listing::Listing;
use super::results::trial_frame::trial_positions;
use super::sections::leaderboard::{Detail, leaderboard};
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
    /// Its own report.
    pub report: &'a Report,
}

/// Trials of each sweep that are listed.
const MAX_LISTED_TRIALS: usize = 5;

/// The report over several sweeps, as Markdown and CSV.
///
/// # Errors
/// None that a result could cause.
pub fn compare(
    name: &str,
    parts: &[ComparedSweep],
    language: Language,
) -> Result<Vec<ReportFile>, ReportError> {
    let locale = Locale { language };
    let mut document = Document {
        title: name.to_owned(),
        ..Document::default()
    };
    let sweeps = locale.counted(parts.len(), ["sweep", "sweeps"], ["balayage", "balayages"]);
    document.paragraph(match language {
        Language::English => format!(
            "{sweeps} side by side. Scores of different sweeps are of different splits, epochs or \
             samples where their settings differ: compare them with care, and within a sweep by \
             its own report. ≈ marks what cannot be told from the best of its sweep, P what no \
             other trial beats in score, seconds and memory at once."
        ),
        Language::French => format!(
            "{sweeps} côte à côte. Les scores de balayages différents portent sur d’autres \
             partages, époques ou exemples là où leurs réglages diffèrent : à comparer avec \
             prudence, et à l’intérieur d’un balayage par son propre rapport. ≈ marque ce qu’on ne \
             peut distinguer du meilleur de son balayage, P ce qu’aucun autre essai ne bat à la \
             fois en score, en temps et en mémoire."
        ),
    });
    document.section(locale.tr("The best of each sweep", "Le meilleur de chaque balayage"));
    document.table(best_of_each(locale, parts)?);
    for part in parts {
        document.section(&part.plan.name);
        document.paragraph(&part.sweep.description);
        for warning in &part.report.warnings {
            document.paragraph(warning);
        }
        let head = part.report.frame.head(Some(MAX_LISTED_TRIALS));
        let listing = Listing::default();
        let table = leaderboard(
            part.sweep,
            part.plan,
            part.results,
            &head,
            &listing,
            Detail::Full,
        )?;
        document.table(table);
        let rest = part.report.frame.height().saturating_sub(MAX_LISTED_TRIALS);
        if rest > 0 {
            document.paragraph(match language {
                Language::English => format!("… and {rest} more, in `{}.md`.", part.plan.name),
                Language::French => {
                    let others = if rest == 1 { "autre" } else { "autres" };
                    format!("… et {rest} {others}, dans `{}.md`.", part.plan.name)
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
        file("csv", export::csv(&concat_frames(parts)?)?),
    ])
}

fn best_of_each(locale: Locale, parts: &[ComparedSweep]) -> PolarsResult<Table> {
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
    for part in parts {
        let frame = &part.report.frame;
        // Where nothing is ranked, none is the best; a single trial stands for itself.
        let is_ranked = frame.column("rank")?.u32()?.get(0).is_some();
        let positions = trial_positions(frame)?;
        let (Some(&trial), true) = (positions.first(), is_ranked || positions.len() == 1) else {
            let mut cells = vec![part.plan.name.clone(), part.plan.trials.len().to_string()];
            cells.resize(headers.len(), "–".to_owned());
            table.row(cells);
            continue;
        };
        let number =
            |name: &str| -> PolarsResult<Option<f64>> { Ok(frame.column(name)?.f64()?.get(0)) };
        let spread = |name: &str| -> PolarsResult<String> {
            let (mean, deviation) = (format!("mean_{name}"), format!("std_{name}"));
            Ok(locale.percent_with_deviation(number(&mean)?, number(&deviation)?))
        };
        let trial = &part.plan.trials[trial];
        table.row(vec![
            part.plan.name.clone(),
            part.plan.trials.len().to_string(),
            trial.name.clone(),
            spread("val_accuracy")?,
            spread("test_accuracy")?,
            locale.seconds(number("profile_seconds_per_epoch")?),
            locale.mebibytes(number("profile_peak_bytes")?),
            trial.config.parameters().to_string(),
        ]);
    }
    Ok(table)
}

/// The rows of all sweeps below each other: what a sweep has no column for is empty.
fn concat_frames(parts: &[ComparedSweep]) -> PolarsResult<DataFrame> {
    let mut names: Vec<PlSmallStr> = Vec::new();
    for part in parts {
        for name in part.report.frame.get_column_names_owned() {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let frames = parts.iter().map(|part| &part.report.frame);
    let height = frames.clone().map(DataFrame::height).sum();
    let sweeps = parts.iter().flat_map(|part| {
        let height = part.report.frame.height();
        std::iter::repeat_n(part.plan.name.clone(), height)
    });
    let mut columns = vec![Column::new("sweep".into(), sweeps.collect::<Vec<_>>())];
    for name in names {
        let own_columns: Vec<Option<&Column>> = frames
            .clone()
            .map(|frame| frame.column(&name).ok())
            .collect();
        // Levels that are numbers in one sweep may be text in another.
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
