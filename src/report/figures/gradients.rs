//! The norms of the layers' gradients over the epochs.

use super::Figures;
use crate::record::RunResult;
use crate::report::document::figure::Figure;
use crate::report::results::frame::trial_positions;
use crate::spec::Language;
use charts::{Axis, CurvePoint, Heading, LayerLine, LayerLines};

/// Trials that have a picture.
const MOST_TRIALS: usize = 6;

/// A picture for each of the first trials of the ranking that has several epochs.
pub(crate) fn figures(figures: &Figures) -> Vec<Figure> {
    let trials = trial_positions(figures.material.frame).unwrap_or_default();
    trials
        .into_iter()
        .take(MOST_TRIALS)
        .filter_map(|trial| figure(figures, trial))
        .collect()
}

fn figure(figures: &Figures, trial: usize) -> Option<Figure> {
    let (material, words) = (figures.material, figures.words);
    let runs = material
        .plan
        .runs_of(trial)
        .filter_map(|run| material.results.finished(run));
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
            let [low, high] = [f64::min, f64::max].map(|of| norms.iter().copied().reduce(of));
            let mean = norms.iter().sum::<f64>() / norms.len() as f64;
            Some(CurvePoint::with_band((index + 1) as f64, mean, low?, high?))
        };
        LayerLine {
            name: format!("{}{}", words.pick("layer", "couche"), layer + 1),
            points: (0..epochs).filter_map(point).collect(),
        }
    };
    let layers: Vec<LayerLine> = (0..layers.max()?).map(layer).collect();
    let name = &material.plan.trials[trial].name;
    let caption = match words.language {
        Language::English => format!("Norm of each layer's gradient, {name}"),
        Language::French => format!("Norme du gradient de chaque couche, {name}"),
    };
    let chart = LayerLines {
        heading: Heading::new(&caption),
        x: Axis::linear(words.pick("epoch", "époque"), ""),
        y: Axis::log(words.pick("gradient norm", "norme du gradient"), ""),
        layers,
    };
    // On a logarithmic axis norms of 0 have no place.
    let is_seen = |layer: &LayerLine| layer.points.iter().any(|point| point.value > 0.0);
    chart
        .layers
        .iter()
        .any(is_seen)
        .then(|| figures.draw(&format!("gradients-{name}"), caption, &chart))
}
