//! The validation scores of each fold.

use crate::plan::Plan;
use crate::report::document::table::{Align, Table};
use crate::report::locale::Locale;
use crate::report::results::trial_frame::number_at;
use polars::prelude::*;

/// Maximum number of trials in the Markdown table; the CSV file has all.
const MAX_LISTED_TRIALS: usize = 50;

/// Maximum number of splits in the Markdown table; the CSV file has all.
const MAX_SPLITS: usize = 20;

/// The accuracy on each validation split of the best trials, with mean and standard deviation;
/// `None` for fewer than two splits. `frame` is that of
/// [`crate::report::results::trial_frame::trial_frame`].
///
/// # Errors
/// A column of the frame is missing.
pub(crate) fn fold_scores(
    locale: Locale,
    plan: &Plan,
    frame: &DataFrame,
    tied_ranks: Option<u32>,
) -> PolarsResult<Option<Table>> {
    let splits: Vec<PlSmallStr> = frame
        .get_column_names_owned()
        .into_iter()
        .filter(|name| name.starts_with("split"))
        .collect();
    let ranks = frame.column("rank")?.u32()?;
    if !(2..=MAX_SPLITS).contains(&splits.len()) || ranks.get(0).is_none() {
        return Ok(None);
    }
    let mut columns = vec![
        (locale.tr("rank", "rang").to_owned(), Align::Right),
        (locale.tr("trial", "essai").to_owned(), Align::Left),
    ];
    let split = locale.tr("split", "partage");
    columns.extend((0..splits.len()).map(|number| (format!("{split} {number}"), Align::Right)));
    let mean = locale.tr("mean ± sd", "moyenne ± é.-t.");
    columns.push((mean.to_owned(), Align::Right));
    let mut table = Table::new(columns);
    let positions = frame.column("position")?.u32()?;
    for row in 0..frame.height().min(MAX_LISTED_TRIALS) {
        let (Some(rank), Some(position)) = (ranks.get(row), positions.get(row)) else {
            break;
        };
        let number = |name: &str| number_at(frame, name, row);
        let mut cells = vec![
            locale.rank(Some(rank), tied_ranks),
            plan.trials[position as usize].name.clone(),
        ];
        for split in &splits {
            cells.push(locale.percent(number(split)?));
        }
        let (mean, deviation) = (number("mean_val_accuracy")?, number("std_val_accuracy")?);
        cells.push(locale.percent_with_deviation(mean, deviation));
        table.row(cells);
    }
    Ok(Some(table))
}
