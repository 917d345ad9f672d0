//! The figures of a report, one file each.
mod confusion_matrix;
mod difficult_samples;
mod figure_kind;
mod gradient_norms;
mod heat_map;
mod learning_curves;
mod main_effects;
mod parallel_coordinates;
mod plotter;
mod score_vs_time;

pub(super) use confusion_matrix::confusion_matrix;
pub(super) use difficult_samples::difficult_samples;
pub(super) use figure_kind::FigureKind;
pub(crate) use figure_kind::is_figure_name;
pub(super) use gradient_norms::{gradient_norms, layer_count};
pub(super) use heat_map::heat_map;
pub(super) use learning_curves::{curves_of_trial, learning_curves, loss_curves};
pub(super) use main_effects::main_effects;
pub(super) use parallel_coordinates::parallel_coordinates;
pub(super) use plotter::{Canvas, Plotter};
pub(super) use score_vs_time::score_vs_time;
