//! The trials of all sweeps in one page.

use super::compared_sweep::ComparedSweep;
use super::joined_frame::concat_frames;
use crate::report::analysis::conclusions::direction;
use crate::report::analysis::pareto_front::{FrontCosts, pareto_front};
use crate::report::document::blocks::Document;
use crate::report::locale::Locale;
use crate::report::page::{
    Cell, Column, Kind, MAX_CURVE_VALUES, Page, Row, Scatter, TableOfTrials, sections,
};
use crate::report::results::trial_frame::{PROFILE_SECONDS, score_column};
use polars::prelude::{PolarsResult, SortMultipleOptions};
use std::collections::HashMap;

/// Makes the page of a comparison. Its rows are ordered by the rank within each sweep; the page
/// draws the Pareto front over all of them.
///
/// # Errors
/// A column of a frame is missing.
pub(super) fn merged_page(
    locale: Locale,
    entries: &[ComparedSweep],
    document: &Document,
    overview: Vec<String>,
) -> PolarsResult<Option<Page>> {
    let Some(first) = entries.first() else {
        return Ok(None);
    };
    let mut columns = vec![sweep_column(locale, entries)];
    for column in entries.iter().flat_map(|entry| &entry.report.page.columns) {
        match columns.iter_mut().find(|known| known.key == column.key) {
            Some(known) => add_levels(known, &column.levels),
            None => columns.push(column.clone()),
        }
    }
    let mut rows: Vec<Row> = entries
        .iter()
        .flat_map(|entry| rows(entry, &columns))
        .collect();
    rows.sort_by_key(|row| row.rank.unwrap_or(u32::MAX));
    mark_front(entries, &mut rows)?;
    let mut remaining = MAX_CURVE_VALUES;
    for row in &mut rows {
        let values = row.curves.as_ref().map_or(0, |curves| curves.values());
        if values > remaining {
            row.curves = None;
        }
        remaining = remaining.saturating_sub(values);
    }
    let has_scatter = entries
        .iter()
        .any(|entry| entry.report.page.scatter.is_some());
    Ok(Some(Page {
        title: document.title.clone(),
        description: String::new(),
        summary: document.summary.clone(),
        overview,
        scatter: has_scatter.then(|| Scatter {
            x: PROFILE_SECONDS.to_owned(),
            y: score_column(first.rank_by()).to_owned(),
        }),
        columns,
        rows,
        tied_ranks: None,
        sections: sections(document, TableOfTrials::Nowhere),
        ..first.report.page.clone()
    }))
}

fn sweep_column(locale: Locale, entries: &[ComparedSweep]) -> Column {
    let levels = entries.iter().map(|entry| Cell::from(entry.name()));
    Column {
        levels: levels.collect(),
        ..Column::new("sweep", locale.tr("sweep", "balayage"), Kind::Factor)
    }
}

fn add_levels(column: &mut Column, levels: &[Cell]) {
    for level in levels {
        if !column.levels.contains(level) {
            column.levels.push(level.clone());
        }
    }
}

/// The rows of a sweep with a value for each of the columns.
fn rows<'a>(
    entry: &'a ComparedSweep,
    columns: &'a [Column],
) -> impl Iterator<Item = Row> + use<'a> {
    let page = &entry.report.page;
    let own = page.columns.iter().enumerate();
    let positions: HashMap<&str, usize> = own
        .map(|(position, column)| (column.key.as_str(), position))
        .collect();
    page.rows.iter().map(move |row| {
        let value = |column: &Column| match positions.get(column.key.as_str()) {
            Some(&position) => row.values[position].clone(),
            None => Cell::Missing,
        };
        let mut values = vec![Cell::from(entry.name())];
        values.extend(columns.iter().skip(1).map(value));
        Row {
            name: format!("{}/{}", entry.name(), row.name),
            values,
            ..row.clone()
        }
    })
}

/// Marks the Pareto front over all sweeps that are ranked by the metric of the first.
fn mark_front(entries: &[ComparedSweep], rows: &mut [Row]) -> PolarsResult<()> {
    let Some(first) = entries.first() else {
        return Ok(());
    };
    // The sort is stable, so that the rows are in the order of the page.
    let options = SortMultipleOptions::default()
        .with_nulls_last(true)
        .with_maintain_order(true);
    let frame = concat_frames(entries)?.sort(["rank"], options)?;
    let score = (score_column(first.rank_by()), direction(first.rank_by()));
    let front = pareto_front(&frame, score, FrontCosts::Seconds)?;
    for (position, row) in rows.iter_mut().enumerate() {
        row.pareto = front.as_ref().is_some_and(|front| front[position]);
    }
    Ok(())
}
