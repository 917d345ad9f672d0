//! Which trial the sweep file's rule chooses, and why.

use crate::escape::code;
use crate::report::context::ReportContext;
use crate::report::locale::Locale;
use crate::selection::Selection;
use crate::spec::{Comparison, Language, Limit, LimitMetric, SelectionCost};

/// The choice of the rule, unless it always chooses the first of the ranking.
pub(crate) fn choice_note(locale: Locale, context: &ReportContext) -> String {
    let options = &context.sweep.options.report;
    let selection = &context.analysis.selection;
    let has_limits = !options.select.limits.is_empty();
    // If no trial is ranked by the same score, the line about the best trial says why.
    let is_told = has_limits && options.best_by() == options.rank_by;
    if options.chooses_first_ranked() || (selection.ranked == 0 && is_told) {
        return String::new();
    }
    let mut sentences = match selection.chosen {
        Some(chosen) => chosen_trial(locale, context, chosen),
        None => vec![no_trial(locale, context)],
    };
    if selection.within_limits == 0 {
        sentences.extend(strictest(locale, context));
    }
    sentences.extend(unmeasured(locale, context));
    sentences.extend(without_score(locale, context));
    sentences.join(" ")
}

/// The chosen trial, and of which trials it was chosen.
fn chosen_trial(locale: Locale, context: &ReportContext, chosen: usize) -> Vec<String> {
    let options = &context.sweep.options.report;
    let selection = &context.analysis.selection;
    let name = code(&context.plan.trials[chosen].name);
    let by_metric = match locale.language {
        _ if options.best_by() == options.rank_by => String::new(),
        Language::English => format!(" by {}", locale.validation_score_name(options.best_by())),
        Language::French => format!(" par {}", locale.validation_score_name(options.best_by())),
    };
    let which = match (options.select.one_standard_error, locale.language) {
        (None, _) => format!("{}{by_metric}", locale.tr("the best", "le meilleur")),
        (Some(cost), Language::English) => format!(
            "{} of the trials within one standard error of the best{by_metric}",
            cheapest(locale, cost)
        ),
        (Some(cost), Language::French) => format!(
            "{} des essais à moins d’une erreur-type du meilleur{by_metric}",
            cheapest(locale, cost)
        ),
    };
    let (within, ranked) = (selection.within_limits, selection.ranked);
    let lacks_measurements = selection.unmeasured > 0;
    let limits = list_limits(locale, &options.select.limits);
    let choice = match (locale.language, within) {
        _ if options.select.limits.is_empty() => which,
        (Language::English, 1) if lacks_measurements => {
            format!("the only one of {ranked} ranked trials known to satisfy {limits}")
        }
        (Language::English, 1) => {
            format!("the only one of {ranked} ranked trials that satisfies {limits}")
        }
        (Language::English, _) => {
            format!("{which} of the {within} of {ranked} ranked trials that satisfy {limits}")
        }
        (Language::French, 1) if lacks_measurements => {
            format!("le seul essai classé, sur {ranked}, dont on sait qu’il respecte {limits}")
        }
        (Language::French, 1) => {
            format!("le seul essai classé, sur {ranked}, qui respecte {limits}")
        }
        (Language::French, _) => {
            format!("{which} des {within} essais classés, sur {ranked}, qui respectent {limits}")
        }
    };
    let is_plain = options.select.limits.is_empty() && by_metric.is_empty();
    let score = match selection.chosen_score.filter(|_| !is_plain) {
        Some(score) => {
            let score = locale.score_with_unit(options.best_by(), score);
            let colon = locale.tr(":", " :");
            format!(
                "{colon} {} {score}",
                locale.validation_score_name(options.best_by())
            )
        }
        None => String::new(),
    };
    let mut sentences = vec![match locale.language {
        Language::English => format!("★ Chosen: {name}, {choice}{score}."),
        Language::French => format!("★ Choisi : {name}, {choice}{score}."),
    }];
    if !is_plain && context.analysis.best == Some(chosen) {
        let text = locale.tr(
            "It is also the first of the ranking.",
            "Il est aussi le premier du classement.",
        );
        sentences.push(text.to_owned());
    }
    sentences
}

/// Why no trial is chosen.
fn no_trial(locale: Locale, context: &ReportContext) -> String {
    let rule = &context.sweep.options.report.select;
    let selection = &context.analysis.selection;
    if selection.ranked > 0 && selection.within_limits == 0 && !rule.limits.is_empty() {
        let (ranked, limits) = (selection.ranked, list_limits(locale, &rule.limits));
        return match (locale.language, selection.unmeasured) {
            (Language::English, 0) => {
                format!("No trial is chosen: of {ranked} ranked, none satisfies {limits}.")
            }
            (Language::English, _) => format!(
                "No trial is chosen: of {ranked} ranked, none is known to satisfy {limits}."
            ),
            (Language::French, 0) => format!(
                "Aucun essai n’est choisi : sur {ranked} classés, aucun ne respecte {limits}."
            ),
            (Language::French, _) => format!(
                "Aucun essai n’est choisi : sur {ranked} classés, aucun ne respecte {limits} d’après les \
                 mesures disponibles."
            ),
        };
    }
    if selection.ranked == 0 {
        let name = locale.validation_score_name(context.sweep.options.report.best_by());
        return match locale.language {
            Language::English => {
                format!("No trial is chosen: no trial has a value for the {name}.")
            }
            Language::French => {
                format!("Aucun essai n’est choisi : aucun n’a de valeur pour « {name} ».")
            }
        };
    }
    let text = if selection.lacks_cost {
        locale.tr(
            "The one-standard-error rule chooses no trial: the times are not measured.",
            "La règle d’une erreur-type ne choisit aucun essai : les durées ne sont pas mesurées.",
        )
    } else {
        locale.tr(
            "The one-standard-error rule chooses no trial: it needs a ranking over at least two \
             splits.",
            "La règle d’une erreur-type ne choisit aucun essai : il lui faut un classement sur au \
             moins deux partages.",
        )
    };
    text.to_owned()
}

/// The limits that exclude the most trials, if there are several limits.
fn strictest(locale: Locale, context: &ReportContext) -> Option<String> {
    let limits = &context.sweep.options.report.select.limits;
    let excluded = &context.analysis.selection.excluded;
    let &count = excluded.iter().max().filter(|count| **count > 0)?;
    let strictest = limits.iter().zip(excluded);
    let strictest = strictest.filter(|(_, excluded)| **excluded == count);
    let strictest: Vec<String> = strictest
        .map(|(limit, _)| show_limit(locale, limit))
        .collect();
    if limits.len() < 2 {
        return None;
    }
    let names = join(locale, strictest.iter().map(String::as_str).collect());
    let trials = locale.trials(count);
    Some(match (locale.language, strictest.len()) {
        (Language::English, 1) => format!("The limit {names} excludes the most: {trials}."),
        (Language::English, _) => {
            format!("The limits {names} exclude the most: {trials} each.")
        }
        (Language::French, 1) => format!("La limite {names} en exclut le plus : {trials}."),
        (Language::French, _) => {
            format!("Les limites {names} en excluent le plus : {trials} chacune.")
        }
    })
}

/// The trials that cannot be chosen for lack of a measurement.
fn unmeasured(locale: Locale, context: &ReportContext) -> Option<String> {
    let limits = &context.sweep.options.report.select.limits;
    let Selection {
        unmeasured: count,
        ref missing,
        ..
    } = context.analysis.selection;
    if count == 0 {
        return None;
    }
    let missing = limits.iter().zip(missing).filter(|(_, count)| **count > 0);
    let mut metrics: Vec<&str> = missing
        .map(|(limit, _)| measurement(locale, limit.metric))
        .collect();
    metrics.dedup();
    let metrics = join(locale, metrics);
    Some(match (locale.language, count) {
        (Language::English, 1) => format!("1 trial lacks a measurement of {metrics}."),
        (Language::English, _) => format!("{count} trials lack a measurement of {metrics}."),
        (Language::French, 1) => format!("1 essai n’a pas de mesure {metrics}."),
        (Language::French, _) => format!("{count} essais n’ont pas de mesure {metrics}."),
    })
}

/// The trials that satisfy no limit on a score because they have no value for it.
fn without_score(locale: Locale, context: &ReportContext) -> Option<String> {
    let limits = &context.sweep.options.report.select.limits;
    let lacking = &context.analysis.selection.lacking_score;
    let mut shown = Vec::new();
    for (limit, &count) in limits.iter().zip(lacking) {
        if let (LimitMetric::Score(score), 1..) = (limit.metric, count) {
            let (name, trials) = (locale.validation_score_name(score), locale.trials(count));
            shown.push(format!("{name} ({trials})"));
        }
    }
    shown.dedup();
    if shown.is_empty() {
        return None;
    }
    let shown = shown.join(", ");
    Some(match locale.language {
        Language::English => format!("Not satisfied for lack of a value: {shown}."),
        Language::French => format!("Non respecté, faute de valeur : {shown}."),
    })
}

/// `parameters ≤ 60000 and time per epoch ≤ 0.02 s`.
fn list_limits(locale: Locale, limits: &[Limit]) -> String {
    let shown = limits.iter().map(|limit| show_limit(locale, limit));
    let shown: Vec<String> = shown.collect();
    join(locale, shown.iter().map(String::as_str).collect())
}

fn join(locale: Locale, texts: Vec<&str>) -> String {
    match &texts[..] {
        [first @ .., last] if !first.is_empty() => {
            format!("{} {} {last}", first.join(", "), locale.tr("and", "et"))
        }
        _ => texts.concat(),
    }
}

fn show_limit(locale: Locale, limit: &Limit) -> String {
    let metric = match limit.metric {
        LimitMetric::Parameters => locale.tr("parameters", "paramètres").to_owned(),
        LimitMetric::SecondsPerEpoch => locale.tr("time per epoch", "durée par époque").to_owned(),
        LimitMetric::PeakMemory => locale.tr("peak memory", "pic de mémoire").to_owned(),
        LimitMetric::Score(score) => locale.validation_score_name(score),
    };
    let sign = match limit.comparison {
        Comparison::Less => "<",
        Comparison::AtMost => "≤",
        Comparison::Greater => ">",
        Comparison::AtLeast => "≥",
    };
    let unit = match (limit.metric, limit.unit) {
        (LimitMetric::SecondsPerEpoch, "") => "s".to_owned(),
        // Mio, ko, o: `octet` for byte.
        (LimitMetric::PeakMemory, unit) if locale.language == Language::French => {
            unit.replace('B', "o")
        }
        (_, unit) => unit.to_owned(),
    };
    let number = locale.localize(limit.number.clone());
    let text = format!("{metric} {sign} {number} {unit}");
    text.trim_end().to_owned()
}

/// What a measurement is of.
fn measurement(locale: Locale, metric: LimitMetric) -> &'static str {
    match metric {
        LimitMetric::PeakMemory => locale.tr("the peak memory", "du pic de mémoire"),
        // All others are known for each ranked trial.
        _ => locale.tr("the time per epoch", "de la durée par époque"),
    }
}

fn cheapest(locale: Locale, cost: SelectionCost) -> &'static str {
    match cost {
        SelectionCost::Parameters => locale.tr(
            "the simplest (fewest parameters)",
            "le plus simple (le moins de paramètres)",
        ),
        SelectionCost::Seconds => locale.tr("the fastest", "le plus rapide"),
    }
}
