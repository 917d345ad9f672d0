//! The `model` section.
pub(super) mod init;
pub(super) mod network;
