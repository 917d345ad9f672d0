//! Why a report cannot be made.

/// Why a report cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Polars refuses an operation on a frame.
    #[error("cannot create the tables: {0}")]
    Frame(#[from] polars::error::PolarsError),
    /// The list is to be sorted by a column that does not exist.
    #[error("no such column to rank by: `{column}`; {help}")]
    UnknownColumn {
        /// The name of the column.
        column: String,
        /// A column with a similar name, or where the names are listed.
        help: String,
    },
}
