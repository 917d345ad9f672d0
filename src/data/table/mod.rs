//! The user's tables: CSV or Parquet, one row per sample.
//!
//! Files are read into columns (`csv`, `parquet`), some of which are left out (`selection`). The kind of each other column
//! (`kind`) determines the features that it becomes (`encoder`).

mod columns;
mod csv;
mod encoding;
mod files;
mod limits;
mod load;
mod parquet;
mod read;
mod unlabeled;

#[cfg(test)]
pub(super) use columns::selection::matches;
pub(super) use files::format;
pub(super) use load::load;
pub(super) use unlabeled::read_unlabeled;
