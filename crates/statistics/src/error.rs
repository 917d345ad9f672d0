//! Why scores cannot be compared.

use std::fmt;

/// What is wrong with the numbers that were handed in. Rows and columns count from 0.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// There is no score at all.
    NoScores,
    /// There are too few splits to see how scores vary from one to the next.
    TooFewSplits {
        /// How many there are.
        splits: usize,
    },
    /// The rows have different numbers of scores.
    UnevenRows {
        /// The first row that differs from row 0.
        row: usize,
        /// The scores of row 0.
        expected: usize,
        /// The scores of this row.
        found: usize,
    },
    /// A score is infinite or not a number.
    NotFinite {
        /// The row: a candidate, or a cell of a grid.
        row: usize,
        /// The place in the row: a split, or a block.
        column: usize,
    },
    /// The ratio of test to training samples is negative, infinite or not a number.
    BadRatio {
        /// What was given.
        ratio: f64,
    },
    /// The numbers of levels do not multiply to the number of rows.
    NotAGrid {
        /// The number of levels of each factor.
        levels: Vec<usize>,
        /// The number of rows of scores.
        rows: usize,
    },
    /// All scores of each block are equal.
    NoVariance,
    /// A point has another number of values than there are objectives.
    Objectives {
        /// The point.
        point: usize,
        /// The number of objectives.
        expected: usize,
        /// The number of its values.
        found: usize,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoScores => write!(f, "there are no scores"),
            Self::TooFewSplits { splits } => {
                write!(
                    f,
                    "a test needs scores on 2 splits or more, there is {splits}"
                )
            }
            Self::UnevenRows {
                row,
                expected,
                found,
            } => write!(
                f,
                "row {row} has {found} scores, row 0 has {expected}: all must have a score on every split"
            ),
            Self::NotFinite { row, column } => {
                write!(f, "score {column} of row {row} is not a finite number")
            }
            Self::BadRatio { ratio } => write!(
                f,
                "the ratio of test to training samples is {ratio}, it must be 0 or a positive number"
            ),
            Self::NotAGrid { levels, rows } => {
                let product: Vec<String> = levels.iter().map(ToString::to_string).collect();
                write!(
                    f,
                    "a grid of {} levels does not have {rows} cells: every combination must be there once",
                    product.join(" × ")
                )
            }
            Self::NoVariance => write!(
                f,
                "all scores of each block are equal: there is no variance to share out"
            ),
            Self::Objectives {
                point,
                expected,
                found,
            } => write!(
                f,
                "point {point} has {found} values for {expected} objectives"
            ),
        }
    }
}

impl std::error::Error for Error {}
