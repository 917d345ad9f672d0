//! The tables of a comparison.

use super::compared_sweep::ComparedSweep;
use super::paired::{Member, PairedTest, SharedBaseline};
use crate::metrics::{Part, PartScore, Score};
use crate::report::analysis::conclusions::is_different;
use crate::report::document::table::{Align, Table};
use crate::report::locale::{Locale, missing};
use crate::report::results::trial_frame::{
    PROFILE_BYTES, PROFILE_SECONDS, deviation_column, mean_column, number_at, trial_positions,
};
use polars::prelude::PolarsResult;
use statistics::Direction;

fn table(headers: &[(&str, Align)]) -> Table {
    let headers = headers.iter();
    Table::new(headers.map(|(header, align)| ((*header).to_owned(), *align)))
}

/// The best trial of each sweep, in the order in which the sweeps were named.
///
/// # Errors
/// A column of a frame is missing.
pub(super) fn best_of_each(locale: Locale, entries: &[ComparedSweep]) -> PolarsResult<Table> {
    let accuracies = [Part::Validation, Part::Test].map(|part| part.score(Score::ACCURACY));
    let [validation_header, test_header] = accuracies.map(|score| locale.score_header(score));
    let headers = [
        (locale.tr("sweep", "balayage"), Align::Left),
        (locale.tr("trials", "essais"), Align::Right),
        (locale.tr("best trial", "meilleur essai"), Align::Left),
        (&validation_header, Align::Right),
        (&test_header, Align::Right),
        (locale.tr("s/epoch", "s/époque"), Align::Right),
        (locale.tr("peak MiB", "pic Mio"), Align::Right),
        (locale.tr("parameters", "paramètres"), Align::Right),
    ];
    let mut table = table(&headers);
    for entry in entries {
        let frame = &entry.report.frame;
        let trials = entry.plan.trials.len();
        let shown = entry.shown_trial();
        let is_shown = |&trial: &usize| Some(trial) == shown;
        let (Some(trial), Some(row)) = (shown, trial_positions(frame)?.iter().position(is_shown))
        else {
            let mut cells = vec![entry.name().to_owned(), trials.to_string()];
            cells.resize(headers.len(), missing());
            table.row(cells);
            continue;
        };
        let number = |name: &str| number_at(frame, name, row);
        let with_deviation = |score: PartScore| -> PolarsResult<String> {
            let mean = number(&mean_column(score))?;
            let deviation = number(&deviation_column(score))?;
            Ok(locale.score_with_deviation(score.score, mean, deviation))
        };
        let trial = &entry.plan.trials[trial];
        table.row(vec![
            entry.name().to_owned(),
            trials.to_string(),
            trial.name.clone(),
            with_deviation(accuracies[0])?,
            with_deviation(accuracies[1])?,
            locale.seconds(number(PROFILE_SECONDS)?),
            locale.mebibytes(number(PROFILE_BYTES)?),
            trial.config.parameters().to_string(),
        ]);
    }
    Ok(table)
}

/// The sweeps of a paired test, the one with the best trial first.
pub(super) fn paired(locale: Locale, entries: &[ComparedSweep], test: &PairedTest) -> Table {
    let rank_by = entries[test.members[0].entry].rank_by();
    let score = locale.score_header(Part::Validation.score(rank_by));
    let difference = locale.difference_header(rank_by);
    let mut table = table(&[
        (locale.tr("rank", "rang"), Align::Right),
        (locale.tr("sweep", "balayage"), Align::Left),
        (locale.tr("best trial", "meilleur essai"), Align::Left),
        (&score, Align::Right),
        (locale.tr("95 % interval", "intervalle 95 %"), Align::Right),
        (locale.tr("mark", "marque"), Align::Right),
        (&difference, Align::Right),
        ("p", Align::Right),
        (locale.tr("ties", "ex æquo"), Align::Right),
    ]);
    for member in &test.members {
        let entry = &entries[member.entry];
        let is_first = member.p_value.is_none();
        let mark = if member.is_tie() { "≈" } else { "" };
        table.row(vec![
            locale.rank(Some(member.rank), test.tied_ranks),
            entry.name().to_owned(),
            entry.plan.trials[member.trial].name.clone(),
            entry.score_text(locale, entry.analysis().mean_score(member.trial)),
            member
                .interval
                .map_or_else(missing, |interval| entry.interval_text(locale, interval)),
            mark.to_owned(),
            if is_first {
                missing()
            } else {
                entry.difference_text(locale, member.difference)
            },
            locale.p_value(member.p_value),
            format!(
                "{} {} {}",
                member.ties,
                locale.tr("of", "sur"),
                member.compared
            ),
        ]);
    }
    table
}

/// The differences of the sweeps' best trials from the baseline; `None` without a baseline.
pub(super) fn from_baseline(
    locale: Locale,
    entries: &[ComparedSweep],
    test: &PairedTest,
) -> Option<Table> {
    let SharedBaseline::Trial { .. } = test.baseline else {
        return None;
    };
    let rank_by = entries[test.members[0].entry].rank_by();
    let difference = locale.difference_header(rank_by);
    let mut table = table(&[
        (locale.tr("sweep", "balayage"), Align::Left),
        (locale.tr("best trial", "meilleur essai"), Align::Left),
        (&difference, Align::Right),
        (locale.tr("95 % interval", "intervalle 95 %"), Align::Right),
        ("p", Align::Right),
        (locale.tr("verdict", "verdict"), Align::Left),
    ]);
    for member in &test.members {
        table.row(baseline_row(locale, entries, member)?);
    }
    Some(table)
}

fn baseline_row(locale: Locale, entries: &[ComparedSweep], member: &Member) -> Option<Vec<String>> {
    let entry = &entries[member.entry];
    let found = member.from_baseline?;
    let shown = |value: f64| entry.difference_text(locale, value);
    let is_better = (found.difference > 0.0) == (entry.rank_by().direction == Direction::Maximise);
    let verdict = match (is_different(found.adjusted_p_value), is_better) {
        (false, _) => missing(),
        (true, true) => locale.tr("better", "meilleur").to_owned(),
        (true, false) => locale.tr("worse", "moins bon").to_owned(),
    };
    Some(vec![
        entry.name().to_owned(),
        entry.plan.trials[member.trial].name.clone(),
        shown(found.difference),
        locale.interval(shown(found.low), shown(found.high)),
        locale.p_value(Some(found.adjusted_p_value)),
        verdict,
    ])
}
