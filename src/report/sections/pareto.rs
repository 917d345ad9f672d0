//! Trials that no other beats in score, seconds and memory at once.

use super::contents::ReportContext;
use crate::report::document::blocks::Document;
use crate::report::document::table::{Align, Table};
use crate::report::figures::Figures;
use crate::report::locale::Locale;
use crate::report::results::frame::trial_positions;
use polars::prelude::*;

/// Trials that the table lists.
const LISTED: usize = 50;

/// Adds the front, where there is one of several trials to see.
///
/// # Errors
/// A frame without the columns of [`crate::report::results::frame::trials`].
pub(crate) fn pareto(
    document: &mut Document,
    words: Locale,
    material: &ReportContext,
    figures: &Figures,
) -> PolarsResult<()> {
    let front = &material.analysis.pareto;
    let compared = front.iter().flatten().count();
    let on_front = front.iter().filter(|is_on| **is_on == Some(true)).count();
    if compared < 2 {
        return Ok(());
    }
    document.section(words.pick(
        "Accuracy, speed and memory",
        "Exactitude, vitesse et mémoire",
    ));
    document.paragraph(words.pick(
        "The Pareto front: trials that no other beats in score, seconds of an epoch and peak memory \
         at once. Whatever these three are worth to you, the best for you is among them.",
        "Le front de Pareto : les essais qu’aucun autre ne bat à la fois en score, en secondes par \
         époque et en pic de mémoire. Quel que soit le poids que vous donnez aux trois, le \
         meilleur pour vous est parmi eux.",
    ));
    document.figure(figures.trade_off());
    let headers = [
        (words.pick("trial", "essai"), Align::Left),
        (words.pick("val acc %", "exact. val. %"), Align::Right),
        (words.pick("val loss", "perte val."), Align::Right),
        (words.pick("s/epoch", "s/époque"), Align::Right),
        (words.pick("peak MiB", "pic Mio"), Align::Right),
        (words.pick("parameters", "paramètres"), Align::Right),
    ];
    let headers = headers.map(|(header, align)| (header.to_owned(), align));
    let mut table = Table::new(headers);
    let frame = material.frame;
    let positions = trial_positions(frame)?;
    let rows = positions.iter().enumerate();
    for (row, &trial) in rows
        .filter(|(_, trial)| front[**trial] == Some(true))
        .take(LISTED)
    {
        let number =
            |name: &str| -> PolarsResult<Option<f64>> { Ok(frame.column(name)?.f64()?.get(row)) };
        let trial = &material.plan.trials[trial];
        table.row(vec![
            trial.name.clone(),
            words.percent(number("mean_val_accuracy")?),
            words.four_decimals(number("mean_val_loss")?),
            words.seconds(number("profile_seconds_per_epoch")?),
            words.mebibytes(number("profile_peak_bytes")?),
            trial.config.parameters().to_string(),
        ]);
    }
    document.table(table);
    if on_front > LISTED {
        document.paragraph(words.pick(
            "The others are marked in the CSV file (`pareto`).",
            "Les autres sont marqués dans le fichier CSV (`pareto`).",
        ));
    }
    Ok(())
}
