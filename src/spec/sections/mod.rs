//! The sections of a sweep file that change no result.
pub(super) mod checkpoint;
pub(super) mod keep;
pub(super) mod launch;
pub(super) mod limit;
pub(super) mod limit_metric;
pub(super) mod options;
pub(super) mod record;
pub(super) mod report;
pub(super) mod selection;
pub(super) mod tensorboard;
