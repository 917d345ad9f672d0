//! The trials on the Pareto front of score, time and memory.

use crate::metrics::{Part, PartScore, Score};
use crate::report::context::ReportContext;
use crate::report::document::blocks::Document;
use crate::report::document::table::{Align, Table};
use crate::report::figures::{Plotter, score_vs_time};
use crate::report::locale::Locale;
use crate::report::results::trial_frame::{
    PROFILE_BYTES, PROFILE_SECONDS, mean_column, number_at, trial_positions,
};
use polars::prelude::*;
use std::collections::BTreeSet;

/// Maximum number of listed trials.
const MAX_LISTED_TRIALS: usize = 50;

/// Adds the front, if at least two trials are ranked and measured.
///
/// # Errors
/// A column of the frame is missing.
pub(crate) fn add_pareto_front(
    document: &mut Document,
    locale: Locale,
    context: &ReportContext,
    plotter: &Plotter,
) -> PolarsResult<()> {
    let front = &context.analysis.on_pareto_front;
    let compared = front.iter().flatten().count();
    let on_front = front.iter().filter(|is_on| **is_on == Some(true)).count();
    if compared < 2 {
        return Ok(());
    }
    document.section(locale.tr("Score, speed and memory", "Score, vitesse et mémoire"));
    document.paragraph(locale.tr(
        "The Pareto front: the trials that no other trial beats in score, seconds per epoch and \
         peak memory at once. Times within the noise of their measurements count as equal. Choose \
         among these trials by what matters to you.",
        "Le front de Pareto : les essais qu’aucun autre ne bat à la fois en score, en secondes par \
         époque et en pic de mémoire. Des durées égales au bruit de mesure près comptent comme \
         égales. Choisissez parmi ces essais selon vos priorités.",
    ));
    document.figure(score_vs_time(plotter));
    let headers = [
        (locale.tr("trial", "essai"), Align::Left),
        (locale.tr("s/epoch", "s/époque"), Align::Right),
        (locale.tr("peak MiB", "pic Mio"), Align::Right),
        (locale.tr("parameters", "paramètres"), Align::Right),
    ];
    let mut headers: Vec<(String, Align)> = headers
        .map(|(header, align)| (header.to_owned(), align))
        .into();
    // Accuracy and loss, and the score of the front.
    let scores = [
        Score::ACCURACY,
        Score::LOSS,
        context.sweep.options.report.rank_by,
    ];
    let scores = scores.into_iter().collect::<BTreeSet<_>>().into_iter();
    let scores: Vec<PartScore> = scores.map(|score| Part::Validation.score(score)).collect();
    let score_headers = scores
        .iter()
        .map(|&score| (locale.score_header(score), Align::Right));
    headers.splice(1..1, score_headers);
    let mut table = Table::new(headers);
    let frame = context.frame;
    let positions = trial_positions(frame)?;
    let rows = positions.iter().enumerate();
    for (row, &trial) in rows
        .filter(|(_, trial)| front[**trial] == Some(true))
        .take(MAX_LISTED_TRIALS)
    {
        let number = |name: &str| number_at(frame, name, row);
        let trial = &context.plan.trials[trial];
        let mut cells = vec![trial.name.clone()];
        for &score in &scores {
            cells.push(locale.score(score.score, number(&mean_column(score))?));
        }
        cells.extend([
            locale.seconds(number(PROFILE_SECONDS)?),
            locale.mebibytes(number(PROFILE_BYTES)?),
            trial.config.parameters().to_string(),
        ]);
        table.row(cells);
    }
    document.table(table);
    if on_front > MAX_LISTED_TRIALS {
        document.paragraph(locale.tr(
            "The CSV file marks the others (`pareto`).",
            "Le fichier CSV marque les autres (`pareto`).",
        ));
    }
    Ok(())
}
