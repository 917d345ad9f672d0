//! Training and validation loss, epoch by epoch: where over-fitting is seen.

use super::contents::ReportContext;
use crate::metrics::EpochMetrics;
use crate::plan::Plan;
use crate::record::{Results, RunResult};
use crate::report::document::blocks::Document;
use crate::report::document::table::{Align, Table};
use crate::report::figures::Figures;
use crate::report::locale::{Locale, missing};
use crate::report::results::metric::{finished_runs, gap, mean, stops_early};

/// Trials beside each other that can still be read.
const MOST_TRIALS: usize = 6;

/// Rows of the table; of more epochs, as many are listed.
const MOST_ROWS: usize = 12;

/// Adds the learning curves and the table of losses, as far as there are such.
pub(crate) fn losses(
    document: &mut Document,
    words: Locale,
    material: &ReportContext,
    figures: &Figures,
) {
    let table = table(words, material.plan, material.results);
    let curves = figures.learning_curves();
    if table.is_none() && curves.is_empty() {
        return;
    }
    document.section(words.pick("Losses by epoch", "Pertes par époque"));
    document.paragraph(note(words, material.plan, table.is_some()));
    curves.into_iter().for_each(|curve| document.figure(curve));
    table.into_iter().for_each(|table| document.table(table));
}

/// The mean losses of each trial's finished runs after each epoch, and the gap of the final model;
/// nothing for a sweep of more than a few trials, or without a finished run.
fn table(words: Locale, plan: &Plan, results: &Results) -> Option<Table> {
    if plan.trials.len() > MOST_TRIALS {
        return None;
    }
    let trials = finished_runs(plan, results);
    let runs = || trials.iter().flat_map(|(_, runs)| runs);
    let epochs = runs().map(|run| run.epochs.len()).max()?;
    let mut columns = vec![(words.pick("epoch", "époque").to_owned(), Align::Right)];
    columns.extend(
        trials
            .iter()
            .map(|(name, _)| ((*name).to_owned(), Align::Right)),
    );
    let mut table = Table::new(columns);
    for epoch in listed(epochs) {
        let mut cells = vec![epoch.to_string()];
        cells.extend(trials.iter().map(|(_, runs)| cell(words, runs, epoch)));
        table.row(cells);
    }
    if runs().any(|run| gap(run).is_some()) {
        let mut cells = vec![words.pick("gap", "écart").to_owned()];
        cells.extend(trials.iter().map(|(_, runs)| {
            let gaps = runs.iter().map(|run| gap(run));
            words.difference(mean(gaps))
        }));
        table.row(cells);
    }
    Some(table)
}

/// `<training loss> / <validation loss>`, over the runs that trained in this epoch.
fn cell(words: Locale, runs: &[&RunResult], epoch: usize) -> String {
    let there = || runs.iter().filter_map(|run| run.epochs.get(epoch - 1));
    let of = |loss: fn(&EpochMetrics) -> Option<f64>| mean(there().map(loss));
    match (
        of(|epoch| Some(epoch.train_loss)),
        of(|epoch| epoch.val_loss),
    ) {
        (None, _) => missing(),
        (train, None) => words.four_decimals(train),
        (train, val) => {
            let [train, val] = [train, val].map(|loss| words.four_decimals(loss));
            format!("{train} / {val}")
        }
    }
}

/// The epochs that have a row: all of few; of many, [`MOST_ROWS`] spread evenly from the first to
/// the last.
fn listed(epochs: usize) -> Vec<usize> {
    let rows = epochs.min(MOST_ROWS);
    let spread = |row: usize| 1 + (row * (epochs - 1) + (rows - 1) / 2) / (rows - 1).max(1);
    (0..rows).map(spread).collect()
}

fn note(words: Locale, plan: &Plan, has_table: bool) -> String {
    let mut text = match plan.is_validated() {
        true => words.pick(
            "Training loss / validation loss after each epoch, means over the runs. Where the \
             training loss goes on falling and the validation loss no longer does, the model \
             over-fits.",
            "Perte d’entraînement / perte de validation après chaque époque, moyennes sur les \
             entraînements. Là où la perte d’entraînement baisse encore et la perte de validation \
             non, le modèle est en surapprentissage.",
        ),
        false => words.pick(
            "Training loss of each epoch, means over the runs.",
            "Perte d’entraînement de chaque époque, moyennes sur les entraînements.",
        ),
    }
    .to_owned();
    if has_table && plan.is_validated() {
        text.push_str(words.pick(
            " The last row is the gap of the final model, validation minus training.",
            " La dernière ligne est l’écart du modèle final, validation moins entraînement.",
        ));
    }
    if stops_early(plan) {
        text.push_str(words.pick(
            " Runs that stopped early are in the means of their own epochs alone.",
            " Les entraînements arrêtés tôt ne comptent que dans les moyennes de leurs époques.",
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
            let (least, most) = (steps.iter().min(), steps.iter().max());
            assert!(
                most.is_none_or(|most| most - least.unwrap() <= 1),
                "{rows:?}"
            );
        }
    }
}
