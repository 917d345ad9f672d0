//! The gradient norm of each layer in the first and last epoch, which shows vanishing and exploding
//! gradients.

use crate::plan::Plan;
use crate::record::Results;
use crate::report::context::ReportContext;
use crate::report::document::blocks::Document;
use crate::report::document::table::{Align, Table};
use crate::report::figures::{Plotter, gradient_norms, layer_count};
use crate::report::locale::{Locale, missing};
use crate::report::results::epoch_frame::{EpochFrame, EpochMetric};
use crate::report::results::metrics::finished_runs;
use polars::prelude::PolarsResult;
use std::collections::HashMap;

/// Maximum number of trials in the table.
const MAX_TRIALS: usize = 12;

/// Maximum number of layers in the table.
const MAX_LAYERS: usize = 20;

/// How to read the norms, in English and in French.
const NOTE: [&str; 2] = [
    "The gradient norm of each layer's weights in the last step of the first epoch → of the last \
     epoch, averaged over the runs; layer1 is nearest to the input. Norms that fall from the last \
     layer to layer1 indicate a vanishing gradient: the layers near the input hardly learn. Norms \
     that rise toward layer1 by orders of magnitude indicate an exploding gradient. A layer with a norm near 0 does not \
     learn, for example if all weights are initialised to 0.",
    "La norme du gradient des poids de chaque couche au dernier pas de la première époque → de la \
     dernière, en moyenne sur les entraînements ; couche1 est la plus proche de l’entrée. Des \
     normes qui diminuent de la dernière couche vers couche1 indiquent une disparition du gradient \
     : les couches proches de l’entrée n’apprennent presque pas. Des normes qui augmentent vers \
     couche1 de plusieurs ordres de grandeur indiquent une explosion du gradient. Une couche dont la norme est proche de 0 \
     n’apprend pas, par exemple si tous les poids sont initialisés à 0.",
];

/// Adds the gradient norms, if they were recorded and the table is not too large.
///
/// # Errors
/// Polars refuses an operation; no result can cause this.
pub(crate) fn add_gradient_norms(
    document: &mut Document,
    locale: Locale,
    context: &ReportContext,
    plotter: &Plotter,
) -> PolarsResult<()> {
    let Some(table) = table(locale, context.plan, context.results)? else {
        return Ok(());
    };
    document.section(locale.tr("Gradient norms", "Normes des gradients"));
    document.paragraph(locale.tr(NOTE[0], NOTE[1]));
    for figure in gradient_norms(plotter)? {
        document.figure(figure);
    }
    document.table(table);
    Ok(())
}

/// The mean norms over each trial's finished runs; `None` if there are none, or too many trials or
/// layers.
fn table(locale: Locale, plan: &Plan, results: &Results) -> PolarsResult<Option<Table>> {
    if plan.trials.len() > MAX_TRIALS {
        return Ok(None);
    }
    let trials = finished_runs(plan, results);
    let layers = trials
        .iter()
        .filter_map(|&(trial, _)| layer_count(plan, results, trial));
    let Some(layers) = layers
        .max()
        .filter(|layers| (1..=MAX_LAYERS).contains(layers))
    else {
        return Ok(None);
    };
    let metrics: Vec<EpochMetric> = (0..layers).map(EpochMetric::GradientNorm).collect();
    let frame = EpochFrame::new(plan, results, 0..plan.trials.len(), &metrics)?;
    let ends = frame.first_and_last()?;
    let mut columns = vec![(locale.tr("trial", "essai").to_owned(), Align::Left)];
    let layer = locale.tr("layer", "couche");
    columns.extend((1..=layers).map(|number| (format!("{layer}{number}"), Align::Right)));
    let mut table = Table::new(columns);
    let norms = |&metric: &EpochMetric| {
        let [first, last] = ends.each_ref().map(|end| end.trial_means(metric));
        Ok([first?, last?])
    };
    let norms: Vec<[HashMap<usize, f64>; 2]> =
        metrics.iter().map(norms).collect::<PolarsResult<_>>()?;
    for (trial, _) in trials {
        let mut cells = vec![plan.trials[trial].name.clone()];
        let of_trial = |ends: &[HashMap<usize, f64>; 2]| {
            cell(locale, ends.each_ref().map(|end| end.get(&trial).copied()))
        };
        cells.extend(norms.iter().map(of_trial));
        table.row(cells);
    }
    Ok(Some(table))
}

/// `<first epoch> → <last epoch>`.
fn cell(locale: Locale, norms: [Option<f64>; 2]) -> String {
    if norms == [None, None] {
        return missing();
    }
    let [first, last] = norms.map(|norm| locale.three_digits(norm));
    format!("{first} → {last}")
}
