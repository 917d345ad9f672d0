//! YAML text as a tree of values with their positions, and the diagnostics that point into it.
pub(super) mod diagnostic;
pub(super) mod node;
mod raw;
pub(super) mod short_text;
pub(super) mod span;
mod text_index;
