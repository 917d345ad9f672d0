//! Every trial beside the baseline that the sweep file names.

use super::contents::ReportContext;
use crate::report::analysis::conclusions::{
    LEVEL, direction, is_different, shares_splits, test_to_train,
};
use crate::report::document::blocks::Document;
use crate::report::document::table::{Align, Table};
use crate::report::locale::{Locale, missing};
use crate::report::results::frame::trial_positions;
use crate::spec::{Language, RankBy};
use polars::prelude::*;
use statistics::Direction;
use std::collections::HashMap;

/// Trials that the table lists.
const LISTED: usize = 50;

/// A trial beside the baseline.
struct Row {
    trial: usize,
    /// Mean difference of the score to the baseline's, with its interval.
    difference: [f64; 3],
    /// Of the corrected resampled t-test, before Holm's correction.
    p: f64,
}

/// Adds the comparison, where the sweep file asks for one.
///
/// # Errors
/// A frame without the columns of [`crate::report::results::frame::trials`].
pub(crate) fn baseline(
    document: &mut Document,
    words: Locale,
    material: &ReportContext,
) -> PolarsResult<()> {
    if material.sweep.report.baseline.is_none() {
        return Ok(());
    }
    document.section(words.pick("Beside the baseline", "Face à la référence"));
    let Some(baseline) = material.analysis.baseline else {
        document.paragraph(words.pick(
            "`report.baseline` matches no trial of the sweep.",
            "`report.baseline` ne correspond à aucun essai du balayage.",
        ));
        return Ok(());
    };
    let name = &material.plan.trials[baseline].name;
    let rows = rows(material, baseline)?;
    if rows.is_empty() {
        document.paragraph(match words.language {
            Language::English => format!(
                "The baseline `{name}` cannot be compared: it and another trial must have finished \
                 on the same two splits or more."
            ),
            Language::French => format!(
                "La référence `{name}` ne peut être comparée : elle et un autre essai doivent être \
                 terminés sur au moins deux partages communs."
            ),
        });
        return Ok(());
    }
    document.paragraph(match words.language {
        Language::English => format!(
            "Differences to `{name}` on the same splits, with 95 % intervals; p by the corrected \
             resampled t-test (Nadeau and Bengio 2003), with Holm's correction over the {} \
             comparisons. Seconds and memory are how many times the baseline's.",
            rows.len()
        ),
        Language::French => format!(
            "Différences à `{name}` sur les mêmes partages, avec intervalles à 95 % ; p du test t \
             rééchantillonné et corrigé (Nadeau et Bengio 2003), avec correction de Holm sur les \
             {} comparaisons. Temps et mémoire sont des multiples de ceux de la référence.",
            rows.len()
        ),
    });
    document.table(table(words, material, baseline, &rows)?);
    if rows.len() > LISTED {
        let rest = rows.len() - LISTED;
        document.paragraph(match (words.language, rest) {
            (Language::English, 1) => "1 more trial is left out.".to_owned(),
            (Language::English, _) => format!("{rest} more trials are left out."),
            (Language::French, 1) => "1 autre essai est omis.".to_owned(),
            (Language::French, _) => format!("{rest} autres essais sont omis."),
        });
    }
    Ok(())
}

/// The trials that can be compared with the baseline, in the order of the ranking.
fn rows(material: &ReportContext, baseline: usize) -> PolarsResult<Vec<Row>> {
    let analysis = material.analysis;
    let trials = &material.plan.trials;
    let Some(reference) = &analysis.scores[baseline] else {
        return Ok(Vec::new());
    };
    let ratio = test_to_train(&trials[baseline].config.validation);
    let row = |trial: usize| {
        let comparable = trial != baseline && shares_splits(&trials[trial], &trials[baseline]);
        let scores = analysis.scores[trial].as_ref().filter(|_| comparable)?;
        let pairs = scores.iter().zip(reference);
        let differences: Vec<f64> = pairs.map(|(score, reference)| score - reference).collect();
        let interval = statistics::interval(&differences, ratio, LEVEL)?;
        let test = statistics::corrected_t_test(scores, reference, ratio).ok()?;
        Some(Row {
            trial,
            difference: [interval.mean, interval.low, interval.high],
            p: test.p_value,
        })
    };
    let positions = trial_positions(material.frame)?;
    Ok(positions.into_iter().filter_map(row).collect())
}

fn table(
    words: Locale,
    material: &ReportContext,
    baseline: usize,
    rows: &[Row],
) -> PolarsResult<Table> {
    let rank_by = material.sweep.report.rank_by;
    let difference = match rank_by {
        RankBy::Accuracy => words.pick("difference, points", "différence, points"),
        RankBy::Loss => words.pick("difference of loss", "différence de perte"),
    };
    let headers = [
        (words.pick("trial", "essai"), Align::Left),
        (difference, Align::Right),
        (words.pick("95 % interval", "intervalle 95 %"), Align::Right),
        ("p", Align::Right),
        (words.pick("verdict", "verdict"), Align::Left),
        (words.pick("seconds", "temps"), Align::Right),
        (words.pick("memory", "mémoire"), Align::Right),
    ];
    let mut table = Table::new(headers.map(|(header, align)| (header.to_owned(), align)));
    let p_values: Vec<f64> = rows.iter().map(|row| row.p).collect();
    let corrected = statistics::holm(&p_values);
    let seconds = by_trial(material.frame, "profile_seconds_per_epoch")?;
    let bytes = by_trial(material.frame, "profile_peak_bytes")?;
    let times = |values: &HashMap<usize, f64>, trial: usize| {
        Some(values.get(&trial)? / values.get(&baseline)?)
    };
    let shown = |value: f64| match rank_by {
        RankBy::Accuracy => words.points(Some(value)),
        RankBy::Loss => words.difference(Some(value)),
    };
    for (row, p) in rows.iter().zip(corrected).take(LISTED) {
        let [mean, low, high] = row.difference;
        let is_better = (mean > 0.0) == (direction(rank_by) == Direction::Maximise);
        let verdict = match (is_different(p), is_better) {
            (false, _) => missing(),
            (true, true) => words.pick("better", "meilleur").to_owned(),
            (true, false) => words.pick("worse", "moins bon").to_owned(),
        };
        table.row(vec![
            material.plan.trials[row.trial].name.clone(),
            shown(mean),
            words.interval(shown(low), shown(high)),
            words.p_value(Some(p)),
            verdict,
            words.ratio(times(&seconds, row.trial)),
            words.ratio(times(&bytes, row.trial)),
        ]);
    }
    Ok(table)
}

/// A column of the frame by trial, where it has a number.
fn by_trial(frame: &DataFrame, name: &str) -> PolarsResult<HashMap<usize, f64>> {
    let values = frame.column(name)?.f64()?;
    let trials = trial_positions(frame)?.into_iter();
    Ok(trials
        .zip(values.iter())
        .filter_map(|(trial, value)| Some((trial, value?)))
        .collect())
}
