//! How a report is shown: the order and length of the listed ranking, and whether the page reloads.

use crate::metrics::Score;
use crate::report::error::ReportError;
use crate::spec::nearest;
use polars::prelude::*;
use statistics::Direction;
use std::str::FromStr;

/// The order and length of a listed ranking, and how often the page reloads itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Maximum number of listed trials; `None` for the table's own maximum.
    pub top: Option<usize>,
    /// The column that the list is sorted by; `None` for the rank.
    pub order: Option<ListingOrder>,
    /// How often the page reloads itself, in seconds; `None` for never.
    pub reload_seconds: Option<u32>,
}

/// A column of the CSV file to sort by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListingOrder {
    /// Its name.
    pub column: String,
    /// Whether larger values come first.
    pub descending: bool,
}

/// Parts of the names of columns whose smaller values are better, in addition to scores.
const SMALLER_IS_BETTER: [&str; 9] = [
    "seconds",
    "bytes",
    "time",
    "gap",
    "parameters",
    "flop",
    "epoch",
    "rank",
    "std_",
];

impl FromStr for ListingOrder {
    type Err = String;

    /// Parses `COLUMN`, `COLUMN:asc` or `COLUMN:desc`. Without a direction, better values come
    /// first.
    fn from_str(text: &str) -> Result<Self, String> {
        let (column, direction) = match text.rsplit_once(':') {
            None => (text, None),
            Some((column, "asc")) => (column, Some(false)),
            Some((column, "desc")) => (column, Some(true)),
            Some((_, other)) => {
                return Err(format!(
                    "unknown direction `{other}`: expected `asc` or `desc`"
                ));
            }
        };
        let scores = Score::all().filter(|score| column.ends_with(score.id));
        // A column of `balanced_accuracy` also ends in `accuracy`.
        let score = scores.max_by_key(|score| score.id.len());
        let smaller = SMALLER_IS_BETTER.iter().any(|word| column.contains(word))
            || score.is_some_and(|score| score.direction == Direction::Minimise);
        Ok(Self {
            column: column.to_owned(),
            descending: direction.unwrap_or(!smaller),
        })
    }
}

impl Listing {
    /// Sorts the rows; rows without a value come last.
    ///
    /// # Errors
    /// The column does not exist.
    pub(crate) fn sorted(&self, frame: &DataFrame) -> Result<DataFrame, ReportError> {
        let Some(ListingOrder { column, descending }) = &self.order else {
            return Ok(frame.clone());
        };
        let names: Vec<&str> = frame
            .get_column_names()
            .iter()
            .map(|name| name.as_str())
            .collect();
        if !names.contains(&column.as_str()) || column == "position" {
            // The name of a score, of which the table has the mean.
            let of_score = ["mean_val_", "mean_"].map(|prefix| format!("{prefix}{column}"));
            let of_score = of_score.iter().find(|name| names.contains(&name.as_str()));
            let near = of_score.map(String::as_str);
            let near = near.or_else(|| nearest(column, names.iter().copied()));
            return Err(ReportError::UnknownColumn {
                column: column.clone(),
                help: match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => {
                        "the CSV file lists the columns; `report.metrics` adds scores".to_owned()
                    }
                },
            });
        }
        let options = SortMultipleOptions::default()
            .with_order_descending(*descending)
            .with_nulls_last(true)
            .with_maintain_order(true);
        Ok(frame.sort([column.as_str()], options)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn better_values_come_first_by_default() {
        let order = |text: &str| text.parse::<ListingOrder>();
        assert!(order("mean_test_accuracy").unwrap().descending);
        assert!(!order("profile_seconds_per_epoch").unwrap().descending);
        assert!(order("mean_val_loss:desc").unwrap().descending);
        assert_eq!(order("parameters:asc").unwrap().column, "parameters");
        assert!(
            order("rank:down")
                .unwrap_err()
                .contains("expected `asc` or `desc`")
        );
    }

    #[test]
    fn rows_without_a_value_come_last_and_a_typo_gets_a_suggestion() {
        let frame = DataFrame::new(
            3,
            vec![Column::new(
                "mean_val_loss".into(),
                [None, Some(2.0), Some(1.0)],
            )],
        )
        .unwrap();
        let listing = |column: &str| Listing {
            order: Some(column.parse().unwrap()),
            ..Listing::default()
        };
        let sorted = listing("mean_val_loss").sorted(&frame).unwrap();
        let values: Vec<Option<f64>> = sorted
            .column("mean_val_loss")
            .unwrap()
            .f64()
            .unwrap()
            .iter()
            .collect();
        assert_eq!(values, [Some(1.0), Some(2.0), None]);
        let error = listing("mean_val_los")
            .sorted(&frame)
            .unwrap_err()
            .to_string();
        assert!(error.contains("did you mean `mean_val_loss`"), "{error}");
        let error = listing("loss").sorted(&frame).unwrap_err().to_string();
        assert!(error.contains("did you mean `mean_val_loss`"), "{error}");
    }
}
