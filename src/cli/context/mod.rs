//! What the commands share: the loaded sweep, inputs and outputs.
pub(super) mod best_marker;
pub(super) mod output_file;
pub(super) mod own_input;
pub(super) mod sweep_context;
