//! The notes around the ranking.

use crate::escape::code;
use crate::plan::Plan;
use crate::report::analysis::conclusions::ComparisonSummary;
use crate::report::context::ReportContext;
use crate::report::locale::Locale;
use crate::spec::{Language, RankBy, Split, Sweep};

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
    let by = match sweep.options.report.rank_by {
        RankBy::Accuracy => locale.tr(
            "validation accuracy, highest",
            "exactitude de validation moyenne, la plus haute",
        ),
        RankBy::Loss => locale.tr(
            "validation loss, lowest",
            "perte de validation moyenne, la plus basse",
        ),
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
                "Ranked by {by} first, {over}. The test set is not used for the ranking. See the \
                 end of this report for how each number is measured."
            ),
            Language::French => format!(
                "Classés par {} d’abord, {over}. L’ensemble de test n’intervient pas dans le \
                 classement. La fin de ce rapport décrit comment chaque nombre est mesuré.",
                by.replace(" moyenne", "")
            ),
        };
    }
    match locale.language {
        Language::English => format!(
            "Ranked by mean {by} first, {over}; ± is the sample standard deviation across them. \
             The test set is not used for the ranking. See the end of this report for how each \
             number is measured."
        ),
        Language::French => format!(
            "Classés par {by} d’abord, {over} ; ± est l’écart-type d’échantillon entre eux. \
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
