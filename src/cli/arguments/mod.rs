//! The arguments of the command line.
pub(super) mod commands;
