//! The gradient norm of each layer over the epochs.

use super::figure_kind::FigureKind;
use super::learning_curves::curve_point;
use super::plotter::Plotter;
use crate::plan::Plan;
use crate::record::Results;
use crate::report::document::figure::Figure;
use crate::report::results::epoch_frame::{EpochFrame, EpochMean, EpochMetric};
use crate::report::results::trial_frame::trial_positions;
use crate::spec::Language;
use charts::{Axis, Heading, LayerLine, LayerLines};
use polars::prelude::PolarsResult;

/// Maximum number of trials with a figure.
const MAX_TRIALS: usize = 6;

/// Draws a figure for each of the first trials of the ranking, if it has several epochs.
pub(crate) fn gradient_norms(plotter: &Plotter) -> PolarsResult<Vec<Figure>> {
    let trials = trial_positions(plotter.context.frame)?.into_iter();
    let figures = trials.take(MAX_TRIALS);
    let figures = figures.map(|trial| figure(plotter, trial));
    figures.filter_map(Result::transpose).collect()
}

fn figure(plotter: &Plotter, trial: usize) -> PolarsResult<Option<Figure>> {
    let (context, locale) = (plotter.context, plotter.locale);
    let Some(layers) = layer_count(context.plan, context.results, trial) else {
        return Ok(None);
    };
    let metrics: Vec<EpochMetric> = (0..layers).map(EpochMetric::GradientNorm).collect();
    let epochs = EpochFrame::new(context.plan, context.results, [trial], &metrics)?;
    if epochs.epochs()? < 2 {
        return Ok(None);
    }
    let layer = |(layer, means): (usize, Vec<EpochMean>)| LayerLine {
        name: format!("{}{}", locale.tr("layer", "couche"), layer + 1),
        points: means.into_iter().map(curve_point).collect(),
    };
    let layers = epochs.over_runs(&metrics)?.into_iter().enumerate();
    let layers: Vec<LayerLine> = layers.map(layer).collect();
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
    let is_visible = chart.layers.iter().any(is_visible);
    Ok(is_visible.then(|| plotter.draw_of(FigureKind::Gradients, name, caption, &chart)))
}

/// The number of layers whose gradient norms the finished runs of a trial have; `None` without epochs.
pub(crate) fn layer_count(plan: &Plan, results: &Results, trial: usize) -> Option<usize> {
    let runs = plan.runs_of(trial).filter_map(|run| results.finished(run));
    let epochs = runs.flat_map(|run| &run.epochs);
    epochs.map(|epoch| epoch.gradient_norms.len()).max()
}
