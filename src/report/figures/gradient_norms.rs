//! The gradient norm of each layer over the epochs.

use super::figure_kind::FigureKind;
use super::learning_curves::curve_point;
use super::plotter::Plotter;
use crate::plan::Plan;
use crate::record::Results;
use crate::report::document::figure::Figure;
use crate::report::results::epoch_frame::{EpochFrame, EpochMetric};
use crate::report::results::trial_frame::trial_positions;
use crate::spec::Language;
use charts::{Axis, Heading, LayerLine, LayerLines};

/// Maximum number of trials with a figure.
const MAX_TRIALS: usize = 6;

/// Draws a figure for each of the first trials of the ranking, if it has several epochs.
pub(crate) fn gradient_norms(plotter: &Plotter) -> Vec<Figure> {
    let trials = trial_positions(plotter.context.frame).unwrap_or_default();
    trials
        .into_iter()
        .take(MAX_TRIALS)
        .filter_map(|trial| figure(plotter, trial))
        .collect()
}

fn figure(plotter: &Plotter, trial: usize) -> Option<Figure> {
    let (context, locale) = (plotter.context, plotter.locale);
    let layers = layer_count(context.plan, context.results, trial)?;
    let metrics: Vec<EpochMetric> = (0..layers).map(EpochMetric::GradientNorm).collect();
    let epochs = EpochFrame::new(context.plan, context.results, [trial], &metrics).ok()?;
    if epochs.epochs().ok()? < 2 {
        return None;
    }
    let layer = |(layer, &metric): (usize, &EpochMetric)| {
        let means = epochs.over_runs(metric).unwrap_or_default().into_iter();
        LayerLine {
            name: format!("{}{}", locale.tr("layer", "couche"), layer + 1),
            points: means.map(curve_point).collect(),
        }
    };
    let layers: Vec<LayerLine> = metrics.iter().enumerate().map(layer).collect();
    let name = &context.plan.trials[trial].name;
    let caption = match locale.language {
        Language::English => format!("Gradient norm of each layer, {name}"),
        Language::French => format!("Norme du gradient de chaque couche, {name}"),
    };
    let chart = LayerLines {
        heading: Heading::new(&caption),
        x: Axis::linear(locale.tr("epoch", "époque"), ""),
        y: Axis::log(locale.tr("gradient norm", "norme du gradient"), ""),
        layers,
    };
    // A logarithmic axis cannot show norms of 0.
    let is_visible = |layer: &LayerLine| layer.points.iter().any(|point| point.value > 0.0);
    chart
        .layers
        .iter()
        .any(is_visible)
        .then(|| plotter.draw_of(FigureKind::Gradients, name, caption, &chart))
}

/// The number of layers whose gradient norms the finished runs of a trial have; `None` without epochs.
pub(crate) fn layer_count(plan: &Plan, results: &Results, trial: usize) -> Option<usize> {
    let runs = plan.runs_of(trial).filter_map(|run| results.finished(run));
    let epochs = runs.flat_map(|run| &run.epochs);
    epochs.map(|epoch| epoch.gradient_norms.len()).max()
}
