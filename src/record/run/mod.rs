//! The files in the folder of a run.
pub(super) mod attempt_leftovers;
pub(super) mod checkpoint;
pub(super) mod classification;
pub(super) mod epoch_scalars;
pub(super) mod epochs_csv;
pub(super) mod input_preprocessing;
pub(super) mod plausibility;
pub(super) mod predictions;
pub(super) mod profile;
pub(super) mod recorder;
pub(super) mod result;
pub(super) mod result_file;
pub(super) mod weights;
