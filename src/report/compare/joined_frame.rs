//! The rows of all sweeps in one frame.

use super::compared_sweep::ComparedSweep;
use polars::prelude::*;

/// Concatenates the rows of all sweeps; a column that a sweep does not have is empty.
pub(super) fn concat_frames(entries: &[&ComparedSweep]) -> PolarsResult<DataFrame> {
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
