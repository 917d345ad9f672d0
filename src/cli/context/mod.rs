//! Work that the commands share: loading a sweep, checking inputs, writing outputs.

mod best_trial;
mod browser;
mod data_folders;
mod input_guard;
mod output_file;
mod recorded_details;
mod retraining;
mod sweep_context;
mod trial_name;

pub(super) use best_trial::{class_names, mark_best};
pub(super) use browser::{file_address, show};
pub(super) use data_folders::data_folders;
pub(super) use input_guard::{
    custom_data_files, refuse_overwriting_inputs, refuse_report_over_inputs,
};
pub(super) use output_file::write_output;
pub(super) use recorded_details::RecordedDetails;
pub(super) use retraining::{RetrainedRun, Retraining, sample_runs};
pub(super) use sweep_context::{
    SweepContext, fingerprints, load, load_datasets, load_for_results, load_from_results,
    load_from_untrusted_results, lock_sweep, lock_sweep_shared, missing_results_error, open_store,
    open_store_at, warn_of_missing_data, with_recorded_data,
};
pub(super) use trial_name::trial_by_name;
