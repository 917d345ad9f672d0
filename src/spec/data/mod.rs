//! The `data` section, and what is recorded about a data set.
pub(super) mod column_note;
pub(super) mod columns;
pub(super) mod data_warning;
pub(super) mod dataset_kind;
pub(super) mod encoding;
pub(super) mod recorded_dataset;
pub(super) mod source;
pub(super) mod table_warning;
