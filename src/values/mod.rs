//! The types of single values in a sweep file: how each is read, written and described.
pub(crate) mod config_value;
pub(crate) mod conflict;
pub(crate) mod non_empty_string;
pub(crate) mod number;
pub(crate) mod or_none;
pub(crate) mod score;
pub(crate) mod section;
pub(crate) mod tagged_enum;
pub(crate) mod tagged_variant;
pub(crate) mod text_list;
