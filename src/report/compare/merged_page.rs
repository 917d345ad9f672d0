//! The trials of all sweeps in one page.

use super::compared_sweep::ComparedSweep;
use super::joined_frame::concat_frames;
use super::paired::SplitGroup;
use crate::report::analysis::pareto_front::pareto_front;
use crate::report::document::blocks::Document;
use crate::report::locale::Locale;
use crate::report::page::{
    Cell, Column, Curves, Kind, MAX_CURVE_VALUES, Page, Row, Scatter, TableOfTrials, page_language,
    sections,
};
use crate::report::results::trial_frame::{PROFILE_SECONDS, score_column};
use polars::prelude::{PolarsResult, SortMultipleOptions};
use std::collections::HashMap;

/// Makes the page of a comparison. Its rows are ordered by the rank within each sweep; the page
/// draws the Pareto front of the sweeps of `group`, whose scores and times can be compared.
///
/// # Errors
/// A column of a frame is missing.
pub(super) fn merged_page(
    locale: Locale,
    entries: &[ComparedSweep],
    group: Option<&SplitGroup>,
    document: &Document,
) -> PolarsResult<Option<Page>> {
    let Some(first) = entries.first() else {
        return Ok(None);
    };
    let columns = columns(locale, entries);
    let all = entries.iter().enumerate();
    let mut rows: Vec<(usize, Row)> = all
        .flat_map(|(position, entry)| rows(entry, &columns).map(move |row| (position, row)))
        .collect();
    rows.sort_by_key(|(_, row)| row.rank.unwrap_or(u32::MAX));
    mark_front(entries, group, &mut rows)?;
    let mut remaining = MAX_CURVE_VALUES;
    for (_, row) in &mut rows {
        let values = row.curves.as_ref().map_or(0, Curves::values);
        if values > remaining {
            row.curves = None;
        }
        remaining = remaining.saturating_sub(values);
    }
    let has_scatter = entries
        .iter()
        .any(|entry| entry.report.page.scatter.is_some());
    let rank_by = group.map_or(first.rank_by(), |group| group.rank_by);
    let note = locale.tr(
        "The table has the trials of all sweeps. Ranks and marks are those within each sweep; the \
         Pareto front is that of the sweeps with the same splits.",
        "Le tableau contient les essais de tous les balayages. Les rangs et les marques sont ceux \
         de chaque balayage ; le front de Pareto est celui des balayages aux mêmes partages.",
    );
    Ok(Some(Page {
        language: page_language(locale),
        title: document.title.clone(),
        description: String::new(),
        summary: document.summary.clone(),
        overview: vec![note.to_owned()],
        scatter: has_scatter.then(|| Scatter {
            x: PROFILE_SECONDS.to_owned(),
            y: score_column(rank_by),
        }),
        columns,
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        tied_ranks: None,
        sections: sections(document, TableOfTrials::Nowhere),
        ..first.report.page.clone()
    }))
}

/// The columns of all sweeps: factors first, then metrics.
fn columns(locale: Locale, entries: &[ComparedSweep]) -> Vec<Column> {
    let mut columns = vec![sweep_column(locale, entries)];
    let all = || entries.iter().flat_map(|entry| &entry.report.page.columns);
    for column in all().filter(|column| column.kind == Kind::Factor) {
        match columns.iter_mut().find(|known| known.key == column.key) {
            Some(known) => add_levels(known, &column.levels),
            None => columns.push(column.clone()),
        }
    }
    // The sweep with the most metrics determines their order.
    let metrics = |entry: &&ComparedSweep| {
        let columns = entry.report.page.columns.iter();
        columns.filter(|column| column.kind != Kind::Factor).count()
    };
    let fullest = entries.iter().rev().max_by_key(metrics);
    let fullest = fullest
        .into_iter()
        .flat_map(|entry| &entry.report.page.columns);
    for column in fullest.chain(all()) {
        if columns.iter().all(|known| known.key != column.key) {
            columns.push(column.clone());
        }
    }
    columns
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

/// Marks the Pareto front of the sweeps of `group`, and no other trial.
fn mark_front(
    entries: &[ComparedSweep],
    group: Option<&SplitGroup>,
    rows: &mut [(usize, Row)],
) -> PolarsResult<()> {
    for (_, row) in rows.iter_mut() {
        row.pareto = false;
    }
    let Some(group) = group else {
        return Ok(());
    };
    let members: Vec<&ComparedSweep> = group.entries.iter().map(|&entry| &entries[entry]).collect();
    // The sort is stable, so that the rows are in the order of the page.
    let options = SortMultipleOptions::default()
        .with_nulls_last(true)
        .with_maintain_order(true);
    let frame = concat_frames(&members)?.sort(["rank"], options)?;
    let column = score_column(group.rank_by);
    let score = (column.as_str(), group.rank_by.direction);
    let front = pareto_front(&frame, score)?;
    let of_group = rows
        .iter_mut()
        .filter(|(entry, _)| group.entries.contains(entry));
    for ((_, row), is_on_front) in of_group.zip(front.into_iter().flatten()) {
        row.pareto = is_on_front;
    }
    Ok(())
}
