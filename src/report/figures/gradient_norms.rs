//! The gradient norm of each layer over the epochs.

use super::figure_kind::FigureKind;
use super::plotter::Plotter;
use crate::record::RunResult;
use crate::report::document::figure::Figure;
use crate::report::results::trial_frame::trial_positions;
use crate::spec::Language;
use charts::{Axis, CurvePoint, Heading, LayerLine, LayerLines};

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
    let runs = context
        .plan
        .runs_of(trial)
        .filter_map(|run| context.results.finished(run));
    let runs: Vec<&RunResult> = runs.collect();
    let epochs = runs
        .iter()
        .map(|run| run.epochs.len())
        .max()
        .filter(|&epochs| epochs > 1)?;
    let layers = runs
        .iter()
        .flat_map(|run| &run.epochs)
        .map(|epoch| epoch.gradient_norms.len());
    let layer = |layer: usize| {
        let point = |index: usize| {
            let norms = runs
                .iter()
                .filter_map(|run| run.epochs.get(index)?.gradient_norms.get(layer).copied());
            let norms: Vec<f64> = norms.collect();
            let [low, high] =
                [f64::min, f64::max].map(|extreme| norms.iter().copied().reduce(extreme));
            let mean = norms.iter().sum::<f64>() / norms.len() as f64;
            Some(CurvePoint::with_band((index + 1) as f64, mean, low?, high?))
        };
        LayerLine {
            name: format!("{}{}", locale.tr("layer", "couche"), layer + 1),
            points: (0..epochs).filter_map(point).collect(),
        }
    };
    let layers: Vec<LayerLine> = (0..layers.max()?).map(layer).collect();
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
