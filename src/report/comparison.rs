//! Several sweeps in one report.

use super::document::blocks::Document;
use super::document::table::{Align, Table};
use super::formats::export;
use super::locale::Locale;
use super::results::frame::trial_positions;
use super::results::listing::Listing;
use super::sections::leaderboard::{Detail, leaderboard};
use super::{File, Report, ReportError};
use crate::plan::Plan;
use crate::record::Results;
use crate::spec::{Language, Sweep};
use polars::prelude::*;
use std::path::PathBuf;

/// A sweep with its results and its report.
pub struct Part<'a> {
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
const LISTED: usize = 5;

/// The report over several sweeps, as Markdown and CSV.
///
/// # Errors
/// None that a result could cause.
pub fn compare(name: &str, parts: &[Part], language: Language) -> Result<Vec<File>, ReportError> {
    let words = Locale { language };
    let mut document = Document {
        title: name.to_owned(),
        ..Document::default()
    };
    let sweeps = words.counted(parts.len(), ["sweep", "sweeps"], ["balayage", "balayages"]);
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
    document.section(words.pick("The best of each sweep", "Le meilleur de chaque balayage"));
    document.table(best_of_each(words, parts)?);
    for part in parts {
        document.section(&part.plan.name);
        document.paragraph(&part.sweep.description);
        for warning in &part.report.warnings {
            document.paragraph(warning);
        }
        let head = part.report.frame.head(Some(LISTED));
        let view = Listing::default();
        let table = leaderboard(
            part.sweep,
            part.plan,
            part.results,
            &head,
            &view,
            Detail::Full,
        )?;
        document.table(table);
        let rest = part.report.frame.height().saturating_sub(LISTED);
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
    let file = |extension: &str, contents| File {
        path: PathBuf::from(format!("{name}.{extension}")),
        contents,
    };
    Ok(vec![
        file("md", document.to_markdown(name).into_bytes()),
        file("csv", export::csv(&joined(parts)?)?),
    ])
}

fn best_of_each(words: Locale, parts: &[Part]) -> PolarsResult<Table> {
    let headers = [
        (words.pick("sweep", "balayage"), Align::Left),
        (words.pick("trials", "essais"), Align::Right),
        (words.pick("best trial", "meilleur essai"), Align::Left),
        (words.pick("val acc %", "exact. val. %"), Align::Right),
        (words.pick("test acc %", "exact. test %"), Align::Right),
        (words.pick("s/epoch", "s/époque"), Align::Right),
        (words.pick("peak MiB", "pic Mio"), Align::Right),
        (words.pick("parameters", "paramètres"), Align::Right),
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
            Ok(words.percent_with_deviation(number(&mean)?, number(&deviation)?))
        };
        let trial = &part.plan.trials[trial];
        table.row(vec![
            part.plan.name.clone(),
            part.plan.trials.len().to_string(),
            trial.name.clone(),
            spread("val_accuracy")?,
            spread("test_accuracy")?,
            words.seconds(number("profile_seconds_per_epoch")?),
            words.mebibytes(number("profile_peak_bytes")?),
            trial.config.parameters().to_string(),
        ]);
    }
    Ok(table)
}

/// The rows of all sweeps below each other: what a sweep has no column for is empty.
fn joined(parts: &[Part]) -> PolarsResult<DataFrame> {
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
        let own: Vec<Option<&Column>> = frames
            .clone()
            .map(|frame| frame.column(&name).ok())
            .collect();
        // Levels that are numbers in one sweep may be text in another.
        let mut kinds = own.iter().flatten().map(|column| column.dtype());
        let first = kinds.next().cloned().unwrap_or(DataType::String);
        let kind = match kinds.all(|kind| *kind == first) {
            true => first,
            false => DataType::String,
        };
        let mut joined: Option<Column> = None;
        for (column, frame) in own.into_iter().zip(frames.clone()) {
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
