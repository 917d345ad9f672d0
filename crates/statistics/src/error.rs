//! Errors of all functions.

use std::fmt;

/// An error in the arguments. Rows and columns count from 0.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// There are no scores.
    NoScores,
    /// There are too few splits to estimate the variance of scores.
    TooFewSplits {
        /// The number of splits.
        splits: usize,
    },
    /// The rows have different numbers of scores.
    UnevenRows {
        /// The first row that differs from row 0.
        row: usize,
        /// The number of scores in row 0.
        expected: usize,
        /// The number of scores in this row.
        found: usize,
    },
    /// A score is not a number, or beyond ±10¹⁰⁰, where squares could overflow.
    BadScore {
        /// The row: a candidate, or a cell of a grid.
        row: usize,
        /// The column: a split, or a block.
        column: usize,
    },
    /// The ratio of test to training samples is not between 0 and 10⁶.
    BadRatio {
        /// The given ratio.
        ratio: f64,
    },
    /// The confidence is not between 0 and 1.
    BadConfidence {
        /// The given confidence.
        confidence: f64,
    },
    /// The product of the numbers of levels is not the number of rows.
    NotAGrid {
        /// The number of levels of each factor.
        levels: Vec<usize>,
        /// The number of rows of scores.
        rows: usize,
    },
    /// All scores of each block are equal.
    NoVariance,
    /// A point does not have a value for each objective.
    Objectives {
        /// The index of the point.
        point: usize,
        /// The number of objectives.
        expected: usize,
        /// The number of values of the point.
        found: usize,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoScores => write!(f, "expected at least one score"),
            Self::TooFewSplits { splits } => {
                write!(f, "expected scores on at least 2 splits, found {splits}")
            }
            Self::UnevenRows {
                row,
                expected,
                found,
            } => write!(
                f,
                "row {row} has {found} scores but row 0 has {expected}; \
                 every row needs a score on every split"
            ),
            Self::BadScore { row, column } => write!(
                f,
                "score {column} of row {row} is not a number or is beyond ±1e100"
            ),
            Self::BadRatio { ratio } => write!(
                f,
                "the ratio of test to training samples must be between 0 and 1,000,000, but is {ratio}"
            ),
            Self::BadConfidence { confidence } => {
                write!(
                    f,
                    "the confidence must be between 0 and 1, but is {confidence}"
                )
            }
            Self::NotAGrid { levels, rows } => {
                let product: Vec<String> = levels.iter().map(ToString::to_string).collect();
                write!(
                    f,
                    "a grid of {} levels does not have {rows} cells; \
                     every combination of levels must occur exactly once",
                    product.join(" × ")
                )
            }
            Self::NoVariance => write!(
                f,
                "all scores of each block are equal, so there is no variance to explain"
            ),
            Self::Objectives {
                point,
                expected,
                found,
            } => write!(
                f,
                "point {point} has {found} values but there are {expected} objectives"
            ),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_state_the_problem_and_the_requirement() {
        let message = Error::TooFewSplits { splits: 1 }.to_string();
        assert_eq!(message, "expected scores on at least 2 splits, found 1");
        let levels = vec![3, 2];
        let message = Error::NotAGrid { levels, rows: 5 }.to_string();
        let expected = "a grid of 3 × 2 levels does not have 5 cells; every combination of levels must occur exactly once";
        assert_eq!(message, expected);
        let message = Error::UnevenRows {
            row: 4,
            expected: 3,
            found: 2,
        };
        let expected = "row 4 has 2 scores but row 0 has 3; every row needs a score on every split";
        assert_eq!(message.to_string(), expected);
    }
}
