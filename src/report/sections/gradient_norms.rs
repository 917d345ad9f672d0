//! The gradient norm of each layer in the first and last epoch, which shows vanishing and exploding
//! gradients.

use crate::plan::Plan;
use crate::record::{Results, RunResult};
use crate::report::context::ReportContext;
use crate::report::document::blocks::Document;
use crate::report::document::table::{Align, Table};
use crate::report::figures::{Plotter, gradient_norms};
use crate::report::locale::{Locale, missing};
use crate::report::results::metrics::{finished_runs, mean};

/// Maximum number of trials in the table.
const MAX_TRIALS: usize = 12;

/// Maximum number of layers in the table.
const MAX_LAYERS: usize = 20;

/// How to read the norms, in English and in French.
const NOTE: [&str; 2] = [
    "The gradient norm of each layer's weights in the last step of the first epoch → of the last \
     epoch, averaged over the runs; layer1 is nearest to the input. Norms that fall from the last \
     layer to layer1 indicate a vanishing gradient: the layers near the input hardly learn. Norms \
     that rise toward layer1 indicate an exploding gradient. A layer with a norm near 0 does not \
     learn, for example if all weights are initialised to 0.",
    "La norme du gradient des poids de chaque couche au dernier pas de la première époque → de la \
     dernière, en moyenne sur les entraînements ; couche1 est la plus proche de l’entrée. Des \
     normes qui diminuent de la dernière couche vers couche1 indiquent une disparition du gradient \
     : les couches proches de l’entrée n’apprennent presque pas. Des normes qui augmentent vers \
     couche1 indiquent une explosion du gradient. Une couche dont la norme est proche de 0 \
     n’apprend pas, par exemple si tous les poids sont initialisés à 0.",
];

/// Adds the gradient norms, if they were recorded and the table is not too large.
pub(crate) fn add_gradient_norms(
    document: &mut Document,
    locale: Locale,
    context: &ReportContext,
    plotter: &Plotter,
) {
    let Some(table) = table(locale, context.plan, context.results) else {
        return;
    };
    document.section(locale.tr("Gradient norms", "Normes des gradients"));
    document.paragraph(locale.tr(NOTE[0], NOTE[1]));
    for figure in gradient_norms(plotter) {
        document.figure(figure);
    }
    document.table(table);
}

/// The mean norms over each trial's finished runs; `None` if there are none, or too many trials or
/// layers.
fn table(locale: Locale, plan: &Plan, results: &Results) -> Option<Table> {
    if plan.trials.len() > MAX_TRIALS {
        return None;
    }
    let trials = finished_runs(plan, results);
    let epochs = trials
        .iter()
        .flat_map(|(_, runs)| runs)
        .flat_map(|run| &run.epochs);
    let layers = epochs.map(|epoch| epoch.gradient_norms.len()).max()?;
    if !(1..=MAX_LAYERS).contains(&layers) {
        return None;
    }
    let mut columns = vec![(locale.tr("trial", "essai").to_owned(), Align::Left)];
    let layer = locale.tr("layer", "couche");
    columns.extend((1..=layers).map(|number| (format!("{layer}{number}"), Align::Right)));
    let mut table = Table::new(columns);
    for (name, runs) in trials {
        let mut cells = vec![name.to_owned()];
        cells.extend((0..layers).map(|layer| cell(locale, &runs, layer)));
        table.row(cells);
    }
    Some(table)
}

/// `<first epoch> → <last epoch>`.
fn cell(locale: Locale, runs: &[&RunResult], layer: usize) -> String {
    let norm = |run: &RunResult, is_first: bool| {
        let epoch = if is_first {
            run.epochs.first()
        } else {
            run.epochs.last()
        };
        epoch?.gradient_norms.get(layer).copied()
    };
    let first = mean(runs.iter().map(|run| norm(run, true)));
    let last = mean(runs.iter().map(|run| norm(run, false)));
    if first.is_none() && last.is_none() {
        missing()
    } else {
        let [first, last] = [first, last].map(|norm| locale.three_digits(norm));
        format!("{first} → {last}")
    }
}
