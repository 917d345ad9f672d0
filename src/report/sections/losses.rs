//! Training and validation loss by epoch, which show overfitting.

use crate::metrics::{Part, Score};
use crate::plan::Plan;
use crate::record::Results;
use crate::report::context::ReportContext;
use crate::report::document::blocks::Document;
use crate::report::document::table::{Align, Table};
use crate::report::figures::{Plotter, learning_curves};
use crate::report::locale::{Locale, missing};
use crate::report::results::epoch_frame::{EpochFrame, EpochMetric, TrialEpoch};
use crate::report::results::metrics::{finished_runs, gap, mean, stops_early};
use polars::prelude::PolarsResult;

/// Maximum number of trials in the table.
const MAX_TRIALS: usize = 6;

/// Maximum number of epochs in the table.
const MAX_ROWS: usize = 12;

/// Adds the learning curves and the table of losses, if there are any.
///
/// # Errors
/// Polars refuses an operation; no result can cause this.
pub(crate) fn add_losses(
    document: &mut Document,
    locale: Locale,
    context: &ReportContext,
    plotter: &Plotter,
) -> PolarsResult<()> {
    let table = table(locale, context.plan, context.results)?;
    let curves = learning_curves(plotter)?;
    if table.is_none() && curves.is_empty() {
        return Ok(());
    }
    document.section(locale.tr("Losses by epoch", "Pertes par époque"));
    document.paragraph(note(locale, context.plan, table.is_some()));
    curves.into_iter().for_each(|curve| document.figure(curve));
    table.into_iter().for_each(|table| document.table(table));
    Ok(())
}

/// The mean losses of each trial's finished runs after each epoch, and the gap of the final model;
/// `None` if there are no finished runs or too many trials.
fn table(locale: Locale, plan: &Plan, results: &Results) -> PolarsResult<Option<Table>> {
    if plan.trials.len() > MAX_TRIALS {
        return Ok(None);
    }
    let trials = finished_runs(plan, results);
    let metrics =
        [Part::Training, Part::Validation].map(|part| EpochMetric::Score(part.score(Score::LOSS)));
    let frame = EpochFrame::new(plan, results, 0..plan.trials.len(), &metrics)?;
    let [training, validation] = metrics.map(|metric| frame.by_trial(metric));
    let losses = [training?, validation?];
    let epochs = frame.epochs()?;
    if epochs == 0 {
        return Ok(None);
    }
    let mut columns = vec![(locale.tr("epoch", "époque").to_owned(), Align::Right)];
    let names = trials
        .iter()
        .map(|&(trial, _)| plan.trials[trial].name.clone());
    columns.extend(names.map(|name| (name, Align::Right)));
    let mut table = Table::new(columns);
    for epoch in listed(epochs) {
        let mut cells = vec![epoch.to_string()];
        cells.extend(trials.iter().map(|(trial, _)| {
            let of_trial = losses
                .each_ref()
                .map(|losses| loss_after(losses.get(trial), epoch));
            cell(locale, of_trial)
        }));
        table.row(cells);
    }
    let runs = || trials.iter().flat_map(|(_, runs)| runs);
    if runs().any(|run| gap(run).is_some()) {
        let mut cells = vec![locale.tr("gap", "écart").to_owned()];
        cells.extend(trials.iter().map(|(_, runs)| {
            let gaps = runs.iter().map(|run| gap(run));
            locale.difference(mean(gaps))
        }));
        table.row(cells);
    }
    Ok(Some(table))
}

/// The mean loss over the runs that trained in this epoch.
fn loss_after(epochs: Option<&Vec<TrialEpoch>>, epoch: usize) -> Option<f64> {
    epochs?.iter().find(|one| one.epoch == epoch)?.mean
}

/// `<training loss> / <validation loss>`.
fn cell(locale: Locale, losses: [Option<f64>; 2]) -> String {
    match losses {
        [None, _] => missing(),
        [train, None] => locale.four_decimals(train),
        losses => {
            let [train, val] = losses.map(|loss| locale.four_decimals(loss));
            format!("{train} / {val}")
        }
    }
}

/// The listed epochs: all of them, or [`MAX_ROWS`] spread evenly from the first to the last.
fn listed(epochs: usize) -> Vec<usize> {
    let rows = epochs.min(MAX_ROWS);
    let spread = |row: usize| 1 + (row * (epochs - 1) + (rows - 1) / 2) / (rows - 1).max(1);
    (0..rows).map(spread).collect()
}

fn note(locale: Locale, plan: &Plan, has_table: bool) -> String {
    let mut text = if plan.is_validated() {
        locale.tr(
            "Training loss / validation loss after each epoch, averaged over the runs. The model \
             overfits where the training loss still falls and the validation loss does not.",
            "Perte d’entraînement / perte de validation après chaque époque, en moyenne sur les \
             entraînements. Le modèle est en surapprentissage là où la perte d’entraînement baisse \
             encore et la perte de validation non.",
        )
    } else {
        locale.tr(
            "Training loss of each epoch, averaged over the runs.",
            "Perte d’entraînement de chaque époque, en moyenne sur les entraînements.",
        )
    }
    .to_owned();
    if has_table && plan.is_validated() {
        text.push_str(locale.tr(
            " The last row is the gap of the final model: validation loss minus training loss.",
            " La dernière ligne est l’écart du modèle final : perte de validation moins perte \
             d’entraînement.",
        ));
    }
    if stops_early(plan) {
        text.push_str(locale.tr(
            " A run that stopped early counts only in the epochs that it trained.",
            " Un entraînement arrêté tôt ne compte que dans ses propres époques.",
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_listed_epochs_are_spread_from_the_first_to_the_last() {
        assert_eq!(listed(1), [1]);
        assert_eq!(listed(2), [1, 2]);
        assert_eq!(listed(12), (1..=12).collect::<Vec<_>>());
        assert_eq!(listed(23), (1..=23).step_by(2).collect::<Vec<_>>());
        for epochs in 1..500 {
            let rows = listed(epochs);
            assert_eq!(rows.len(), epochs.min(12));
            assert_eq!((rows[0], rows[rows.len() - 1]), (1, epochs));
            let steps: Vec<usize> = rows.windows(2).map(|pair| pair[1] - pair[0]).collect();
            let (min, max) = (steps.iter().min(), steps.iter().max());
            assert!(max.is_none_or(|max| max - min.unwrap() <= 1), "{rows:?}");
        }
    }
}
