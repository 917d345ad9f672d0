//! Tables in Parquet.
pub(super) mod pandas;
pub(super) mod parquet_file;
pub(super) mod strict_file;
