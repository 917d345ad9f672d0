//! YAML text as a tree of values with their positions, and the diagnostics that point into it.
pub(crate) mod diagnostic;
pub(crate) mod node;
mod raw;
pub(crate) mod short_text;
pub(crate) mod span;
mod text_index;
