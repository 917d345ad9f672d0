//! Charts of lines over a common horizontal axis.

mod curve_point;
mod layer_lines;
mod learning_curves;
mod line_plot;

pub use curve_point::CurvePoint;
pub use layer_lines::{LayerLine, LayerLines};
pub use learning_curves::{LearningCurves, TrialCurves};
