//! The comparison of each trial with the baseline that the sweep file names.

use crate::report::analysis::conclusions::{
    CONFIDENCE, comparable_scores, has_same_splits, is_different, test_to_train,
};
use crate::report::context::ReportContext;
use crate::report::document::blocks::Document;
use crate::report::document::table::{Align, Table};
use crate::report::locale::{Locale, missing};
use crate::report::results::trial_frame::{PROFILE_BYTES, PROFILE_SECONDS, trial_positions};
use crate::spec::Language;
use polars::prelude::*;
use statistics::{Direction, ReferenceComparison};
use std::collections::HashMap;

/// Maximum number of listed trials.
const MAX_LISTED_TRIALS: usize = 50;

/// A trial compared with the baseline.
struct Row {
    trial: usize,
    /// The mean difference of its score from the baseline's, with the bounds of its interval.
    difference: [f64; 3],
    /// The p value with Holm's correction.
    p: f64,
}

/// Adds the comparison, if the sweep file names a baseline.
///
/// # Errors
/// A column of the frame is missing.
pub(crate) fn add_baseline_comparison(
    document: &mut Document,
    locale: Locale,
    context: &ReportContext,
) -> PolarsResult<()> {
    if context.sweep.baseline.is_none() {
        return Ok(());
    }
    document.section(locale.tr(
        "Comparison with the baseline",
        "Comparaison avec la référence",
    ));
    let Some(baseline) = context.analysis.baseline else {
        document.paragraph(locale.tr(
            "`report.baseline` matches no trial of the sweep.",
            "`report.baseline` ne correspond à aucun essai du balayage.",
        ));
        return Ok(());
    };
    let name = &context.plan.trials[baseline].name;
    let rows = rows(context, baseline)?;
    if rows.is_empty() {
        document.paragraph(match locale.language {
            Language::English => format!(
                "Cannot compare with the baseline `{name}`: it and another trial must finish on at \
                 least two common splits."
            ),
            Language::French => format!(
                "Impossible de comparer avec la référence `{name}` : elle et un autre essai \
                 doivent être terminés sur au moins deux partages communs."
            ),
        });
        return Ok(());
    }
    let comparisons = locale.counted(
        rows.len(),
        ["comparison", "comparisons"],
        ["comparaison", "comparaisons"],
    );
    document.paragraph(match locale.language {
        Language::English => format!(
            "Differences from `{name}` on the same splits, with 95 % intervals. Variances are \
             estimated from all trials together; p is corrected by Holm's method for \
             {comparisons}. Time and memory are multiples of the baseline's."
        ),
        Language::French => format!(
            "Différences avec `{name}` sur les mêmes partages, avec intervalles à 95 %. Les \
             variances sont estimées à partir de tous les essais ; p est corrigé par la méthode de \
             Holm pour {comparisons}. Le temps et la mémoire sont des multiples de ceux de la référence."
        ),
    });
    document.table(table(locale, context, baseline, &rows)?);
    if rows.len() > MAX_LISTED_TRIALS {
        let rest = rows.len() - MAX_LISTED_TRIALS;
        document.paragraph(match (locale.language, rest) {
            (Language::English, 1) => "1 more trial is not listed.".to_owned(),
            (Language::English, _) => format!("{rest} more trials are not listed."),
            (Language::French, 1) => "1 autre essai n’est pas listé.".to_owned(),
            (Language::French, _) => format!("{rest} autres essais ne sont pas listés."),
        });
    }
    Ok(())
}

/// The trials that are comparable with the baseline, in the order of the ranking.
fn rows(context: &ReportContext, baseline: usize) -> PolarsResult<Vec<Row>> {
    let analysis = context.analysis;
    let trials = &context.plan.trials;
    let ratio = test_to_train(&trials[baseline].config.validation);
    // The baseline is the first.
    let (comparable, scores): (Vec<usize>, Vec<&[f64]>) = std::iter::once(baseline)
        .chain(trial_positions(context.frame)?)
        .filter(|&trial| has_same_splits(&trials[trial], &trials[baseline]))
        .filter_map(|trial| Some((trial, comparable_scores(&analysis.scores[trial])?)))
        .enumerate()
        .filter(|&(index, (trial, _))| index == 0 || trial != baseline)
        .map(|(_, trial)| trial)
        .unzip();
    if comparable.first() != Some(&baseline) {
        return Ok(Vec::new());
    }
    let found = statistics::against_reference(&scores, 0, ratio, CONFIDENCE).unwrap_or_default();
    let row = |(trial, comparison): (usize, ReferenceComparison)| Row {
        trial,
        difference: [comparison.difference, comparison.low, comparison.high],
        p: comparison.adjusted_p_value,
    };
    let others = comparable.into_iter().zip(found).skip(1);
    Ok(others.map(row).collect())
}

fn table(
    locale: Locale,
    context: &ReportContext,
    baseline: usize,
    rows: &[Row],
) -> PolarsResult<Table> {
    let rank_by = context.sweep.options.report.rank_by;
    let difference = locale.difference_header(rank_by);
    let headers = [
        (locale.tr("trial", "essai"), Align::Left),
        (&difference, Align::Right),
        (locale.tr("95 % interval", "intervalle 95 %"), Align::Right),
        ("p", Align::Right),
        (locale.tr("verdict", "verdict"), Align::Left),
        (locale.tr("time", "temps"), Align::Right),
        (locale.tr("memory", "mémoire"), Align::Right),
    ];
    let mut table = Table::new(headers.map(|(header, align)| (header.to_owned(), align)));
    let seconds = by_trial(context.frame, PROFILE_SECONDS)?;
    let bytes = by_trial(context.frame, PROFILE_BYTES)?;
    let times = |values: &HashMap<usize, f64>, trial: usize| {
        Some(values.get(&trial)? / values.get(&baseline)?)
    };
    let shown = |value: f64| locale.score_difference(rank_by, Some(value));
    for row in rows.iter().take(MAX_LISTED_TRIALS) {
        let p = row.p;
        let [mean, low, high] = row.difference;
        let is_better = (mean > 0.0) == (rank_by.direction == Direction::Maximise);
        let verdict = match (is_different(p), is_better) {
            (false, _) => missing(),
            (true, true) => locale.tr("better", "meilleur").to_owned(),
            (true, false) => locale.tr("worse", "moins bon").to_owned(),
        };
        table.row(vec![
            context.plan.trials[row.trial].name.clone(),
            shown(mean),
            locale.interval(shown(low), shown(high)),
            locale.p_value(Some(p)),
            verdict,
            locale.ratio(times(&seconds, row.trial)),
            locale.ratio(times(&bytes, row.trial)),
        ]);
    }
    Ok(table)
}

/// The numbers of a column of the frame, by trial.
fn by_trial(frame: &DataFrame, name: &str) -> PolarsResult<HashMap<usize, f64>> {
    let values = frame.column(name)?.f64()?;
    let trials = trial_positions(frame)?.into_iter();
    Ok(trials
        .zip(values.iter())
        .filter_map(|(trial, value)| Some((trial, value?)))
        .collect())
}
