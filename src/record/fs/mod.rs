//! Files, locks and times: what the other records are built on.
pub(super) mod atomic;
pub(super) mod host;
pub(super) mod lock;
pub(super) mod time;
