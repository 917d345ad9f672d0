//! Tables in CSV.
pub(super) mod csv_file;
pub(super) mod decimal_marks;
pub(super) mod decode;
pub(super) mod layout;
pub(super) mod normalize_csv;
pub(super) mod records;
