//! The validation scores of each fold.

use crate::metrics::{Part, Score, ScoreUnit};
use crate::plan::Plan;
use crate::report::document::table::{Align, Table};
use crate::report::locale::Locale;
use crate::report::results::trial_frame::{deviation_column, mean_column, number_at, split_column};
use crate::spec::Language;
use polars::prelude::*;

/// Maximum number of trials in the Markdown table; the CSV file has all.
const MAX_LISTED_TRIALS: usize = 50;

/// Maximum number of splits in the Markdown table; the CSV file has all.
const MAX_SPLITS: usize = 20;

/// The score on each validation split of the best trials, with mean and standard deviation;
/// `None` for fewer than two splits. `frame` is that of
/// [`crate::report::results::trial_frame::trial_frame`].
///
/// # Errors
/// A column of the frame is missing.
pub(crate) fn fold_scores(
    locale: Locale,
    plan: &Plan,
    frame: &DataFrame,
    rank_by: Score,
    tied_ranks: Option<u32>,
) -> PolarsResult<Option<Table>> {
    let columns = (0..).map(|split| split_column(split, rank_by));
    let splits: Vec<String> = columns
        .take_while(|column| frame.column(column).is_ok())
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
            cells.push(locale.score(rank_by, number(split)?));
        }
        let score = Part::Validation.score(rank_by);
        let mean = number(&mean_column(score))?;
        let deviation = number(&deviation_column(score))?;
        cells.push(locale.score_with_deviation(rank_by, mean, deviation));
        table.row(cells);
    }
    Ok(Some(table))
}

/// What the table shows.
pub(crate) fn fold_scores_note(locale: Locale, rank_by: Score) -> String {
    let name = locale.validation_score_name(rank_by);
    let unit = match rank_by.unit {
        ScoreUnit::Percent => locale.tr(" in percent", " en pour cent"),
        ScoreUnit::Number => "",
    };
    match locale.language {
        Language::English => format!(
            "The {name}{unit} of the best trials on each split. With repeats, the splits of the \
             first repeat come first."
        ),
        Language::French => format!(
            "Score des meilleurs essais sur chaque partage : {name}{unit}. Avec des répétitions, les \
             partages de la première viennent d’abord."
        ),
    }
}
