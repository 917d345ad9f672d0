//! Maximum sizes of tables.

/// The maximum number of cells of a file, empty ones included. Equal cells take next to no room in a Parquet file but 16
/// bytes each in memory, and missing cells of a CSV take memory, too.
pub(crate) const MAX_CELLS: u64 = 1 << 28;

/// The maximum number of feature values of a part: a column of text may become many features.
pub(crate) const MAX_FEATURE_VALUES: usize = 1 << 28;
