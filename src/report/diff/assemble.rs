//! The document about two trials: the answer first, then settings, metrics, classes and samples.

use super::classes::add_classes;
use super::metrics::metrics_table;
use super::missing::missing_notes;
use super::pairing::Pairing;
use super::recorded_trial::RecordedTrial;
use super::samples::add_samples;
use super::score_test::ScoreTest;
use super::settings::differing_settings;
use super::verdict::{luck_note, verdict};
use crate::escape::code;
use crate::plan::Plan;
use crate::record::Results;
use crate::report::analysis::conclusions::{Analysis, has_same_splits};
use crate::report::document::blocks::Document;
use crate::report::error::ReportError;
use crate::report::locale::Locale;
use crate::report::results::class_names::ClassNames;
use crate::report::results::trial_frame::{trial_frame, trial_positions};
use crate::spec::{Language, Sweep};
use polars::prelude::{DataFrame, PolarsResult};

/// Compares two different trials of a sweep, of which the first is A and the second is B.
///
/// # Errors
/// Polars refuses an operation; no result can cause this.
pub fn diff_trials(
    sweep: &Sweep,
    plan: &Plan,
    results: &Results,
    recorded: [&RecordedTrial; 2],
) -> Result<Document, ReportError> {
    let locale = Locale::of(sweep);
    let trials = recorded.map(|recorded| recorded.trial);
    let frame = trial_frame(sweep, plan, results)?;
    let analysis = Analysis::new(sweep, plan, results, &frame)?;
    let [a, b] = trials.map(|trial| &plan.trials[trial]);
    let same_samples = has_same_splits(a, b);
    let test = ScoreTest::new(plan, results, &analysis, trials);
    let mut document = Document {
        title: match locale.language {
            Language::English => format!("{}: two trials", plan.name),
            Language::French => format!("{} : deux essais", plan.name),
        },
        ..Document::default()
    };
    for (name, trial) in ["A", "B"].into_iter().zip(trials) {
        let line = identification(locale, plan, &analysis, &frame, (name, trial))?;
        document.summary.push(line);
    }
    let summary = &mut document.summary;
    summary.push(verdict(locale, sweep.options.report.rank_by, &test));
    summary.push(luck_note(locale, &analysis, &test, trials));
    summary.extend(missing_notes(locale, plan, results, recorded, same_samples));
    summary.retain(|line| !line.is_empty());
    document.section(locale.tr("Settings that differ", "Réglages qui diffèrent"));
    match differing_settings(locale, [&a.config, &b.config]) {
        Some(table) => document.table(table),
        None => document.paragraph(locale.tr(
            "No setting that applies to the trials differs.",
            "Aucun réglage qui s’applique aux essais ne diffère.",
        )),
    }
    document.section(locale.tr("Metrics", "Métriques"));
    let scores = sweep.options.report.scores();
    document.table(metrics_table(
        locale, plan, results, &frame, &scores, trials,
    )?);
    document.paragraph(locale.tr(
        "Scores are means over the runs, ± their standard deviation; differences of percentages are \
         in points. × is B as a multiple of A; times that differ by less than their measurement \
         error are equal.",
        "Les scores sont des moyennes sur les entraînements, ± leur écart-type ; les différences de \
         pourcentages sont en points. × est B en multiple de A ; des temps qui diffèrent de moins \
         que leur erreur de mesure sont égaux.",
    ));
    add_classes(&mut document, locale, recorded, same_samples);
    if let Some(pairing) = Pairing::new(recorded).filter(|_| same_samples) {
        let runs = plan.runs_of(trials[0]).count();
        let names = ClassNames(&recorded[0].class_names);
        add_samples(&mut document, locale, &pairing, names, runs);
    }
    Ok(document)
}

/// The name of a trial and its rank.
fn identification(
    locale: Locale,
    plan: &Plan,
    analysis: &Analysis,
    frame: &DataFrame,
    (name, trial): (&str, usize),
) -> PolarsResult<String> {
    let row = trial_positions(frame)?
        .into_iter()
        .position(|position| position == trial);
    let ranks = frame.column("rank")?.u32()?;
    let colon = locale.tr(":", " :");
    let mut line = format!("{name}{colon} {}", code(&plan.trials[trial].name));
    if let Some(rank) = row.and_then(|row| ranks.get(row)) {
        let rank = locale.rank(Some(rank), analysis.tied_ranks);
        let count = plan.trials.len();
        line.push_str(&match locale.language {
            Language::English => format!(", rank {rank} of {count}"),
            Language::French => format!(", rang {rank} sur {count}"),
        });
    }
    Ok(line + ".")
}
