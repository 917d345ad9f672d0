//! Event files for TensorBoard, and the messages in them.
pub(super) mod confusion_matrix;
pub(super) mod event_dir;
pub(super) mod event_file;
pub(super) mod graph;
pub(super) mod histogram;
pub(super) mod layer_histograms;
pub(super) mod margin_charts;
pub(super) mod messages;
pub(super) mod model_graph;
pub(super) mod pr_curve;
pub(super) mod raster;
