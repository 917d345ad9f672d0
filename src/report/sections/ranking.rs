//! The notes around the ranking.

use crate::escape::code;
use crate::metrics::Part;
use crate::plan::Plan;
use crate::report::analysis::conclusions::ComparisonSummary;
use crate::report::context::ReportContext;
use crate::report::locale::Locale;
use crate::report::results::trial_frame::mean_column;
use crate::report::results::trial_state::TrialState;
use crate::spec::{Language, Split, Sweep};
use polars::prelude::*;
use statistics::Direction;

/// The score that trials are ranked by, and the splits that it is averaged over.
pub(crate) fn ranking_note(sweep: &Sweep, plan: &Plan) -> String {
    let locale = Locale::of(sweep);
    let validation = &plan.trials[0].config.validation;
    if !plan.is_validated() {
        return locale
            .tr(
                "No samples are held out for validation, so trials are listed in the order of the \
                 plan and none is chosen: the test set must not be used to choose.",
                "Aucun exemple n’est réservé à la validation : les essais sont donc dans l’ordre \
                 du plan et aucun n’est choisi, car l’ensemble de test ne doit pas servir à \
                 choisir.",
            )
            .to_owned();
    }
    let rank_by = sweep.options.report.rank_by;
    let name = locale.validation_score_name(rank_by);
    let order = match rank_by.direction {
        Direction::Maximise => locale.tr("highest first", "du plus haut score au plus bas"),
        Direction::Minimise => locale.tr("lowest first", "du plus bas score au plus haut"),
    };
    let configs = plan.trials.iter().map(|trial| &trial.config.validation);
    let same = configs
        .clone()
        .all(|v| (v.split(), v.repeats) == (validation.split(), validation.repeats));
    let over = match (
        locale.language,
        validation.split(),
        validation.repeats.get(),
    ) {
        (Language::English, ..) if !same => {
            "over each trial's own validation splits, which differ".to_owned()
        }
        (Language::French, ..) if !same => {
            "sur les partages de validation propres à chaque essai, qui diffèrent".to_owned()
        }
        (Language::English, Split::Folds(folds), 1) => format!("over {folds} folds"),
        (Language::French, Split::Folds(folds), 1) => format!("sur {folds} plis"),
        (Language::English, Split::Folds(folds), repeats) => {
            format!("over {repeats} repeats of {folds} folds")
        }
        (Language::French, Split::Folds(folds), repeats) => {
            format!("sur {repeats} répétitions de {folds} plis")
        }
        (_, Split::Holdout(_), 1) => one_split(locale).to_owned(),
        (Language::English, Split::Holdout(_), repeats) => {
            format!("over {repeats} hold-out splits")
        }
        (Language::French, Split::Holdout(_), repeats) => format!("sur {repeats} partages"),
    };
    if over == one_split(locale) {
        return match locale.language {
            Language::English => format!(
                "Ranked by {name}, {order}, {over}. The test set is not used for the ranking. See the \
                 end of this report for how each number is measured."
            ),
            Language::French => format!(
                "Classés par {name} {over}, {order}. L’ensemble de test n’intervient pas dans \
                 le classement. La fin de ce rapport décrit comment chaque nombre est mesuré."
            ),
        };
    }
    match locale.language {
        Language::English => format!(
            "Ranked by mean {name}, {order}, {over}; ± is the sample standard deviation across them. \
             The test set is not used for the ranking. See the end of this report for how each \
             number is measured."
        ),
        Language::French => format!(
            "Classés par {name}, en moyenne {over}, {order} ; ± est l’écart-type d’échantillon entre eux. \
             L’ensemble de test n’intervient pas dans le classement. La fin de ce rapport décrit \
             comment chaque nombre est mesuré."
        ),
    }
}

/// The meaning of the marks.
pub(crate) fn marks_note(locale: Locale, context: &ReportContext) -> String {
    match context.analysis.comparison {
        ComparisonSummary::Nothing | ComparisonSummary::SingleSplit => String::new(),
        ComparisonSummary::Compared { .. } => locale
            .tr(
                "≈: not distinguishable from the best, but perhaps worse. ◆: on the Pareto front \
                 of score, time and memory.",
                "≈ : indiscernable du meilleur, mais peut-être moins bon. ◆ : sur le front de \
                 Pareto du score, du temps et de la mémoire.",
            )
            .to_owned(),
    }
}

/// The scores that finished trials lack, why, and how to get them.
///
/// # Errors
/// A column of the frame is missing.
pub(crate) fn unmeasured_note(locale: Locale, context: &ReportContext) -> PolarsResult<String> {
    let frame = context.frame;
    let statuses = frame.column("status")?.str()?;
    let is_finished = |status: Option<&str>| status == Some(TrialState::Finished.name());
    let finished: Vec<bool> = statuses.iter().map(is_finished).collect();
    let total = finished.iter().filter(|finished| **finished).count();
    if !context.plan.is_validated() {
        return Ok(String::new());
    }
    let mut missing = Vec::new();
    for score in context.sweep.options.report.scores() {
        let column = frame.column(&mean_column(Part::Validation.score(score)))?;
        let values = column.f64()?.iter().zip(&finished);
        let lacking = values.filter(|(value, is_finished)| **is_finished && value.is_none());
        let count = lacking.count();
        if count > 0 {
            let (name, of) = (locale.validation_score_name(score), locale.tr("of", "sur"));
            missing.push(format!("{name} ({count} {of} {total})"));
        }
    }
    if missing.is_empty() {
        return Ok(String::new());
    }
    let missing = missing.join(", ");
    Ok(match locale.language {
        Language::English => format!(
            "Finished trials without a value: {missing}. A score has no value if it is undefined for the \
             validation samples of a run, or if the version of tp-sweep that trained the run did not \
             measure it. In the second case, delete the folder of the run and run the sweep again."
        ),
        Language::French => format!(
            "Essais terminés sans valeur : {missing}. Un score n’a pas de valeur s’il n’est pas défini pour \
             les exemples de validation d’un entraînement, ou si la version de tp-sweep qui l’a entraîné ne \
             le mesurait pas. Dans le second cas, supprimez le dossier de l’entraînement et relancez le \
             balayage."
        ),
    })
}

/// The column that the list is sorted by, if it is not the rank.
pub(crate) fn order_note(locale: Locale, column: Option<&str>) -> String {
    column
        .map(code)
        .map_or_else(String::new, |column| match locale.language {
            Language::English => {
                format!("The list is sorted by {column}; ranks are by score.")
            }
            Language::French => {
                format!("La liste est triée par {column} ; les rangs suivent le score.")
            }
        })
}

/// The phrase for a single split, which has no mean.
fn one_split(locale: Locale) -> &'static str {
    locale.tr("on one hold-out split", "sur un seul partage")
}
