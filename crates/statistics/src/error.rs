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
    /// A score is not a number, or beyond ±10¹⁰⁰, where squares become infinite.
    BadScore {
        /// The row: a candidate, or a cell of a grid.
        row: usize,
        /// The place in the row: a split, or a block.
        column: usize,
    },
    /// The ratio of test to training samples is not from 0 to 10⁶.
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
                write!(f, "a test needs scores on 2 splits or more, not {splits}")
            }
            Self::UnevenRows {
                row,
                expected,
                found,
            } => write!(
                f,
                "row {row} has {found} scores, row 0 has {expected}: \
                 all must have a score on every split"
            ),
            Self::BadScore { row, column } => write!(
                f,
                "score {column} of row {row} is not a number, or too large to be squared"
            ),
            Self::BadRatio { ratio } => write!(
                f,
                "the ratio of test to training samples is {ratio}, it must be from 0 to 1,000,000"
            ),
            Self::NotAGrid { levels, rows } => {
                let product: Vec<String> = levels.iter().map(ToString::to_string).collect();
                write!(
                    f,
                    "a grid of {} levels does not have {rows} cells: \
                     every combination must be there once",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_say_what_is_wrong_and_what_would_be_right() {
        let message = Error::TooFewSplits { splits: 1 }.to_string();
        assert_eq!(message, "a test needs scores on 2 splits or more, not 1");
        let levels = vec![3, 2];
        let message = Error::NotAGrid { levels, rows: 5 }.to_string();
        let expected =
            "a grid of 3 × 2 levels does not have 5 cells: every combination must be there once";
        assert_eq!(message, expected);
        let message = Error::UnevenRows {
            row: 4,
            expected: 3,
            found: 2,
        };
        let expected = "row 4 has 2 scores, row 0 has 3: all must have a score on every split";
        assert_eq!(message.to_string(), expected);
    }
}
