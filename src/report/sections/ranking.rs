//! What is to be said of the ranking.

use crate::escape::code;
use crate::plan::Plan;
use crate::report::analysis::conclusions::ComparisonSummary;
use crate::report::context::ReportContext;
use crate::report::locale::Locale;
use crate::spec::{Language, RankBy, SelectionCost, SelectionRule, Split, Sweep};

/// By what trials are ranked, and over what.
pub(crate) fn ranking_note(sweep: &Sweep, plan: &Plan) -> String {
    let locale = Locale::of(sweep);
    let validation = &plan.trials[0].config.validation;
    if !plan.is_validated() {
        return locale
            .tr(
                "Nothing is held out for validation, so trials are listed in the order of the \
                 plan and none is chosen: the test set is not for choosing.",
                "Rien n’est réservé à la validation : les essais sont donc dans l’ordre du plan et \
                 aucun n’est choisi, car l’ensemble de test ne sert pas à choisir.",
            )
            .to_owned();
    }
    let by = match sweep.report.rank_by {
        RankBy::Accuracy => locale.tr(
            "validation accuracy, the highest",
            "exactitude de validation moyenne, la plus haute",
        ),
        RankBy::Loss => locale.tr(
            "validation loss, the lowest",
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
                "By {by} first, {over}. The test set has no part in the ranking. What is measured \
                 how stands at the end."
            ),
            Language::French => format!(
                "Par {} d’abord, {over}. L’ensemble de test n’intervient pas dans le classement. \
                 La fin du rapport dit comment chaque nombre est mesuré.",
                by.replace(" moyenne", "")
            ),
        };
    }
    match locale.language {
        Language::English => format!(
            "By mean {by} first, {over}; ± is the sample standard deviation between them. The \
             test set has no part in the ranking. What is measured how stands at the end."
        ),
        Language::French => format!(
            "Par {by} d’abord, {over} ; ± est l’écart-type d’échantillon entre eux. L’ensemble de \
             test n’intervient pas dans le classement. La fin du rapport dit comment chaque \
             nombre est mesuré."
        ),
    }
}

/// What the marks and intervals mean, and what they can tell with so many splits.
pub(crate) fn marks_note(locale: Locale, context: &ReportContext) -> String {
    let analysis = context.analysis;
    match &analysis.comparison {
        ComparisonSummary::Nothing => String::new(),
        ComparisonSummary::SingleSplit => locale
            .tr(
                "With a single split there is no telling how much of a difference is chance: no \
                 interval, and no trial is marked. More `validation.folds` or \
                 `validation.repeats` would tell.",
                "Avec un seul partage, rien ne dit quelle part d’une différence est due au hasard : \
                 pas d’intervalle, et aucun essai n’est marqué. Davantage de `validation.folds` ou \
                 de `validation.repeats` le diraient.",
            )
            .to_owned(),
        ComparisonSummary::Compared { splits, indistinguishable, compared } => {
            let worse = compared - indistinguishable;
            let more = if worse == 0 && *splits < MIN_INFORMATIVE_SPLITS { locale.tr(
                    " With so few splits hardly any difference can show: more \
                     `validation.repeats` would tell more.",
                    " Avec si peu de partages, presque aucune différence ne peut apparaître : \
                     davantage de `validation.repeats` en dirait plus.",
                ) } else { "" };
            let text = match locale.language {
                Language::English => format!(
                    "≈ marks the {indistinguishable} of {compared} other trials that cannot be told from the \
                     best: their difference on the same {splits} splits is within what chance \
                     gives (corrected resampled t-test of Nadeau and Bengio; Holm's correction, and \
                     one for the best being picked by the same data; 5 % level); {worse} can be. \
                     It does not say that they are equal. Intervals are 95 % intervals of the mean by the \
                     same correction; two that overlap may still differ. P: no other trial is \
                     better in score, seconds and memory at once."
                ),
                Language::French => format!(
                    "≈ marque les essais qu’on ne peut distinguer du meilleur ({indistinguishable} sur \
                     {compared}) : sur les mêmes {splits} partages, leur différence reste dans ce que \
                     donne le hasard (test t rééchantillonné et corrigé de Nadeau et Bengio, \
                     correction de Holm, et une autre parce que le meilleur est choisi sur les mêmes \
                     données, seuil de 5 %) ; {worse} s’en distinguent. Cela ne dit pas qu’ils \
                     sont égaux. Les \
                     intervalles à 95 % de la moyenne suivent la même correction ; deux qui se \
                     chevauchent peuvent différer. P : aucun autre essai n’est meilleur à la fois \
                     en score, en temps et en mémoire."
                ),
            };
            format!("{text}{more}")
        }
    }
}

/// By what trials are listed, where that is not the ranking.
pub(crate) fn order_note(locale: Locale, column: Option<&str>) -> String {
    column
        .map(code)
        .map_or_else(String::new, |column| match locale.language {
            Language::English => {
                format!("The list is sorted by {column}; ranks are those of the ranking.")
            }
            Language::French => {
                format!("La liste est triée par {column} ; les rangs sont ceux du classement.")
            }
        })
}

/// Where there is nothing to take a mean over.
fn one_split(locale: Locale) -> &'static str {
    locale.tr("on one hold-out split", "sur un seul partage")
}

/// Fewer splits than this have t distributions with such long tails that little can be told.
const MIN_INFORMATIVE_SPLITS: usize = 6;

/// Which trial is chosen, where that is not simply the first.
pub(crate) fn choice_note(locale: Locale, context: &ReportContext) -> String {
    let SelectionRule::OneStandardError(cost) = context.sweep.report.select else {
        return String::new();
    };
    let Some(chosen) = context.analysis.chosen else {
        return locale
            .tr(
                "No trial is chosen by the rule of one standard error: it needs a ranking over \
                 two splits or more.",
                "Aucun essai n’est choisi par la règle d’une erreur standard : il faut un \
                 classement sur au moins deux partages.",
            )
            .to_owned();
    };
    let name = &context.plan.trials[chosen].name;
    let cheapest = match cost {
        SelectionCost::Parameters => locale.tr(
            "the simplest (fewest parameters)",
            "le plus simple (le moins de paramètres)",
        ),
        SelectionCost::Seconds => locale.tr("the fastest", "le plus rapide"),
    };
    match locale.language {
        Language::English => format!(
            "★ Chosen: `{name}`, {cheapest} of the trials within one standard error of the best."
        ),
        Language::French => format!(
            "★ Choisi : `{name}`, {cheapest} des essais à moins d’une erreur standard du meilleur."
        ),
    }
}
