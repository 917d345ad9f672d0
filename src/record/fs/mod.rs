//! Files, locks and times, on which all other records are built.
pub(super) mod atomic;
pub(super) mod folder;
pub(super) mod host;
pub(super) mod json;
pub(super) mod lock;
pub(super) mod temp_file;
pub(super) mod time;
