//! The norms of the layers' gradients, from the first epoch to the last: where vanishing and
//! exploding gradients are seen.

use super::metric::{finished_runs, mean};
use super::table::{Align, Table};
use super::wording::{Wording, missing};
use crate::plan::Plan;
use crate::record::{Results, RunResult};

/// Trials below each other that can still be read.
const MOST_TRIALS: usize = 12;

/// Layers beside each other that can still be read.
const MOST_LAYERS: usize = 20;

/// The mean norms over each trial's finished runs; nothing for a sweep of more than a few trials,
/// of very deep networks, or without a finished run.
pub(super) fn gradients(words: Wording, plan: &Plan, results: &Results) -> Option<Table> {
    if plan.trials.len() > MOST_TRIALS {
        return None;
    }
    let trials = finished_runs(plan, results);
    let epochs = trials
        .iter()
        .flat_map(|(_, runs)| runs)
        .flat_map(|run| &run.epochs);
    let layers = epochs.map(|epoch| epoch.gradient_norms.len()).max()?;
    if !(1..=MOST_LAYERS).contains(&layers) {
        return None;
    }
    let mut columns = vec![(words.pick("trial", "essai").to_owned(), Align::Left)];
    let layer = words.pick("layer", "couche");
    columns.extend((1..=layers).map(|number| (format!("{layer}{number}"), Align::Right)));
    let mut table = Table::new(columns);
    for (name, runs) in trials {
        let mut cells = vec![name.to_owned()];
        cells.extend((0..layers).map(|layer| cell(words, &runs, layer)));
        table.row(cells);
    }
    Some(table)
}

/// `<first epoch> → <last epoch>`.
fn cell(words: Wording, runs: &[&RunResult], layer: usize) -> String {
    let norm = |run: &RunResult, is_first: bool| {
        let epoch = match is_first {
            true => run.epochs.first(),
            false => run.epochs.last(),
        };
        epoch?.gradient_norms.get(layer).copied()
    };
    let first = mean(runs.iter().map(|run| norm(run, true)));
    let last = mean(runs.iter().map(|run| norm(run, false)));
    match first.is_none() && last.is_none() {
        true => missing(),
        false => {
            let [first, last] = [first, last].map(|norm| words.three_digits(norm));
            format!("{first} → {last}")
        }
    }
}
