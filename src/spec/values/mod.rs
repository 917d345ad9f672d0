//! The types of single values in a sweep file: how each is read, written and described.
pub(super) mod config_value;
pub(super) mod conflict;
pub(super) mod non_empty_string;
pub(super) mod number;
pub(super) mod score;
pub(crate) mod section;
pub(super) mod tagged_enum;
pub(super) mod text_list;
