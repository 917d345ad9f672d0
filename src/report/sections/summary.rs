//! The first lines of a report: the best trial and its ties, what matters, what failed, and what
//! would distinguish the ties.

use super::choice::choice_note;
use super::overview::{failed_trials, overview};
use crate::escape::code;
use crate::record::TrialProfile;
use crate::report::analysis::conclusions::ComparisonSummary;
use crate::report::analysis::outlook::Outlook;
use crate::report::analysis::variance::{main_effects, pair_interactions};
use crate::report::analysis::worse_levels::worse_levels;
use crate::report::context::ReportContext;
use crate::report::locale::{Locale, missing};
use crate::report::results::trial_frame::trial_positions;
use crate::spec::Language;
use polars::prelude::PolarsResult;
use statistics::{Anova, Measured};

/// Maximum number of lines of the summary.
const MAX_LINES: usize = 12;

/// Maximum number of names in a line.
const MAX_NAMES: usize = 3;

/// Smaller shares of variance do not matter.
const MIN_SHARE: f64 = 0.01;

/// The lines of the summary, at most [`MAX_LINES`].
///
/// # Errors
/// A column of the frame is missing.
pub(crate) fn summary(locale: Locale, context: &ReportContext) -> PolarsResult<Vec<String>> {
    let mut lines = vec![best(locale, context), choice_note(locale, context)];
    lines.push(comparison(locale, context));
    lines.extend(cheapest(locale, context)?);
    lines.extend(importance(locale, context));
    lines.extend(clearly_worse_levels(locale, context));
    lines.extend(without_rank(locale, context));
    lines.push(overview(locale, context.plan, context.results));
    lines.extend(failed(locale, context));
    lines.extend(outlook(locale, context));
    lines.extend(data_warnings(locale, context));
    lines.retain(|line| !line.is_empty());
    lines.truncate(MAX_LINES);
    Ok(lines)
}

/// The best trial with its score and interval.
fn best(locale: Locale, context: &ReportContext) -> String {
    let (plan, analysis) = (context.plan, context.analysis);
    let Some(best) = analysis.best else {
        return if !plan.is_validated() {
            String::new()
        } else if unranked_finished_trials(context) > 0 {
            let rank_by = locale.validation_score_name(context.sweep.options.report.rank_by);
            match locale.language {
                Language::English => {
                    format!("No trial is ranked: no finished trial has a value for {rank_by}.")
                }
                Language::French => format!(
                    "Aucun essai n’est classé : aucun essai terminé n’a de valeur pour « {rank_by} »."
                ),
            }
        } else {
            let text = locale.tr(
                "No trial is ranked yet: each has a failed or missing run.",
                "Aucun essai n’est encore classé : chacun a un entraînement échoué ou manquant.",
            );
            text.to_owned()
        };
    };
    let name = code(&plan.trials[best].name);
    let score = score(locale, context, best);
    let metric = locale.validation_score_name(context.sweep.options.report.rank_by);
    let interval = analysis.intervals[best].as_ref().map(|interval| {
        let [low, high] = [interval.low, interval.high]
            .map(|bound| locale.score(context.sweep.options.report.rank_by, Some(bound)));
        let label = locale.tr("95 % interval", "intervalle à 95 % :");
        format!(" ({label} {})", locale.interval(low, high))
    });
    let interval = interval.unwrap_or_default();
    match locale.language {
        Language::English => format!("Best: {name}, {metric} {score}{interval}."),
        Language::French => format!("Meilleur : {name}, {metric} {score}{interval}."),
    }
}

/// The number of finished trials that have no rank, because a run has no value for the ranking score.
pub(super) fn unranked_finished_trials(context: &ReportContext) -> usize {
    if !context.plan.is_validated() {
        return 0;
    }
    let is_finished = |trial: usize| {
        let mut runs = context.plan.runs_of(trial);
        runs.all(|run| context.results.finished(run).is_some())
    };
    let trials = context.analysis.scores.iter().enumerate();
    let unranked = trials.filter(|(_, scores)| scores.is_none());
    unranked.filter(|(trial, _)| is_finished(*trial)).count()
}

/// The finished trials without a rank, if others are ranked.
fn without_rank(locale: Locale, context: &ReportContext) -> Option<String> {
    context.analysis.best?;
    let count = unranked_finished_trials(context);
    let rank_by = locale.validation_score_name(context.sweep.options.report.rank_by);
    let trials = locale.trials(count);
    Some(match (locale.language, count) {
        (_, 0) => return None,
        (Language::English, 1) => {
            format!("Not ranked, because a run has no value for {rank_by}: {trials}.")
        }
        (Language::English, _) => {
            format!("Not ranked, because runs have no value for {rank_by}: {trials}.")
        }
        (Language::French, _) => format!("Sans rang, faute de valeur ({rank_by}) : {trials}."),
    })
}

/// How many trials are clearly worse, and how many are ties.
fn comparison(locale: Locale, context: &ReportContext) -> String {
    match context.analysis.comparison {
        ComparisonSummary::Nothing => String::new(),
        ComparisonSummary::SingleSplit => locale
            .tr(
                "A single split cannot show which differences are due to chance; increase \
                 `validation.folds` or `validation.repeats`.",
                "Un seul partage ne permet pas de savoir quelles différences sont dues au hasard ; \
                 augmentez `validation.folds` ou `validation.repeats`.",
            )
            .to_owned(),
        ComparisonSummary::Compared {
            splits,
            indistinguishable,
            compared,
        } => {
            let worse = compared - indistinguishable;
            match locale.language {
                Language::English => format!(
                    "Clearly worse than the best: {worse} of {}. Ties (≈), not \
                     distinguishable from it on these {splits} splits: {indistinguishable}.",
                    locale.trials(compared)
                ),
                Language::French => format!(
                    "Nettement moins {} que le meilleur : {} sur {compared}. Ex æquo (≈), \
                     indiscernables de lui sur ces {splits} partages : {indistinguishable}.",
                    if worse < 2 { "bon" } else { "bons" },
                    locale.trials(worse)
                ),
            }
        }
    }
}

/// The simplest and the fastest of the best trial and its ties.
fn cheapest(locale: Locale, context: &ReportContext) -> PolarsResult<Vec<String>> {
    let analysis = context.analysis;
    // In the order of the ranking, so that the best of equally cheap trials is named.
    let ties: Vec<usize> = trial_positions(context.frame)?
        .into_iter()
        .filter(|&trial| {
            analysis.best == Some(trial) || analysis.differs_from_best(trial) == Some(false)
        })
        .collect();
    if ties.len() < 2 {
        return Ok(Vec::new());
    }
    let parameters = |trial: usize| {
        let count = context.plan.trials[trial].config.parameters();
        Some(Measured::from(count as f64))
    };
    let seconds = |trial: usize| Some(measured_time(context.results.profiles.get(&trial)?));
    let name_of = |trial: usize| {
        let name = code(&context.plan.trials[trial].name);
        let score = score(locale, context, trial);
        if analysis.best == Some(trial) {
            format!(
                "{name}{}",
                locale.tr(", the best itself", ", le meilleur lui-même")
            )
        } else {
            format!("{name}, {score}")
        }
    };
    let mut lines = Vec::new();
    if let Some((trial, count)) = minimum(&ties, parameters) {
        let (name, count) = (name_of(trial), locale.grouped(count as usize));
        lines.push(match locale.language {
            Language::English => format!("Simplest of these: {name}, {count} parameters."),
            Language::French => format!("Le plus simple d’entre eux : {name}, {count} paramètres."),
        });
    }
    if let Some((trial, seconds)) = minimum(&ties, seconds) {
        let (name, seconds) = (name_of(trial), locale.seconds(Some(seconds)));
        lines.push(match locale.language {
            Language::English => format!("Fastest of these: {name}, {seconds} s/epoch."),
            Language::French => {
                format!("Le plus rapide d’entre eux : {name}, {seconds} s/époque.")
            }
        });
    }
    Ok(lines)
}

/// The time of an epoch with its standard error.
pub(crate) fn measured_time(profile: &TrialProfile) -> Measured {
    Measured {
        value: profile.profile.seconds_per_epoch,
        standard_error: profile.profile.standard_error(),
    }
}

/// The first trial whose value is the smallest or, given their errors, does not differ from it; `None`
/// if a value is missing or none differs from the smallest.
pub(crate) fn minimum(
    trials: &[usize],
    value: impl Fn(usize) -> Option<Measured>,
) -> Option<(usize, f64)> {
    let valued = trials.iter().map(|&trial| Some((trial, value(trial)?)));
    let valued: Vec<(usize, Measured)> = valued.collect::<Option<_>>()?;
    // Of equal values, that with the smallest error.
    let (_, smallest) = valued.iter().copied().min_by(|(_, a), (_, b)| {
        let errors = a.standard_error.total_cmp(&b.standard_error);
        a.value.total_cmp(&b.value).then(errors)
    })?;
    let differs = |(_, value): &(usize, Measured)| value.differs_from(smallest);
    if !valued.iter().any(differs) {
        return None;
    }
    let (trial, measured) = valued.iter().find(|valued| !differs(valued))?;
    Some((*trial, measured.value))
}

/// The largest shares of variance, of factors and pairs of factors.
fn importance(locale: Locale, context: &ReportContext) -> Option<String> {
    let anova: &Anova = context.anova?;
    let names: Vec<String> = context
        .sweep
        .factors
        .iter()
        .map(|f| code(&f.name))
        .collect();
    if names.len() < 2 {
        return None;
    }
    let factors = main_effects(anova)
        .into_iter()
        .map(|(factor, effect)| (names[factor].clone(), effect.share));
    let pairs = pair_interactions(anova)
        .into_iter()
        .map(|([a, b], effect)| (format!("{} × {}", names[a], names[b]), effect.share));
    let mut shares: Vec<(String, f64)> = factors.chain(pairs).collect();
    shares.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    shares.retain(|(_, share)| *share >= MIN_SHARE);
    if shares.is_empty() {
        let text = locale.tr(
            "What matters: every factor explains less than 1 % of the variance.",
            "Ce qui compte : chaque facteur explique moins de 1 % de la variance.",
        );
        return Some(text.to_owned());
    }
    let listed: Vec<String> = shares
        .iter()
        .take(MAX_NAMES)
        .map(|(name, share)| format!("{name} {} %", locale.share(Some(*share))))
        .collect();
    let listed = listed.join(", ");
    Some(match locale.language {
        Language::English => format!("What matters (share of the variance): {listed}."),
        Language::French => format!("Ce qui compte (part de la variance) : {listed}."),
    })
}

/// The levels that are clearly worse than the best level of their factor.
fn clearly_worse_levels(locale: Locale, context: &ReportContext) -> Option<String> {
    let grid = context.grid.as_ref().ok()?;
    let rank_by = context.sweep.options.report.rank_by;
    let worse = worse_levels(grid, rank_by);
    if worse.is_empty() {
        return None;
    }
    let shown = worse.iter().map(|worse| {
        let factor = &context.sweep.factors[worse.factor];
        let label = |level: usize| code(&factor.levels[level].label);
        let difference = locale.score_difference_with_unit(rank_by, worse.difference);
        let (name, level, best) = (code(&factor.name), label(worse.level), label(worse.best));
        match locale.language {
            Language::English => format!("{name} {level} ({difference} from {best})"),
            Language::French => format!("{name} {level} ({difference} par rapport à {best})"),
        }
    });
    let listed = listed(locale, shown.collect());
    Some(match locale.language {
        Language::English => format!("Clearly worse levels: {listed}."),
        Language::French => format!("Niveaux nettement moins bons : {listed}."),
    })
}

/// The names of failed trials; their reasons follow the ranking.
fn failed(locale: Locale, context: &ReportContext) -> Option<String> {
    let failed = failed_trials(context.plan, context.results);
    if failed.is_empty() {
        return None;
    }
    let names = failed
        .into_iter()
        .map(|trial| code(&context.plan.trials[trial].name));
    let listed = listed(locale, names.collect());
    Some(match locale.language {
        Language::English => format!("Failed trials: {listed}."),
        Language::French => format!("Essais échoués : {listed}."),
    })
}

/// What would distinguish the ties.
fn outlook(locale: Locale, context: &ReportContext) -> Option<String> {
    let rank_by = context.sweep.options.report.rank_by;
    let outlook = Outlook::new(context.plan, context.results, context.analysis, rank_by)?;
    let ties = outlook.ties;
    let (Some(repeats), Some(seconds)) = (outlook.repeats, outlook.seconds) else {
        let text = locale.tr(
            "More repeats are not expected to distinguish any tie from the best: the differences are too \
             small.",
            "Plus de répétitions ne devraient distinguer aucun ex æquo du meilleur : les différences sont \
             trop petites.",
        );
        return Some(text.to_owned());
    };
    let more = locale.counted(
        repeats,
        ["more repeat", "more repeats"],
        ["répétition de plus", "répétitions de plus"],
    );
    let (distinguished, time) = (outlook.distinguished(), locale.duration(seconds));
    let similar = ties - outlook.separable;
    let trials = locale.trials(ties + 1);
    let rest = match (locale.language, similar) {
        (_, 0) => String::new(),
        (Language::English, 1) => "; 1 is too similar for any number of repeats".to_owned(),
        (Language::English, _) => format!("; {similar} are too similar for any number of repeats"),
        (Language::French, _) => {
            format!(" ; trop semblables quel que soit le nombre de répétitions : {similar}")
        }
    };
    let what = match (locale.language, ties) {
        (Language::English, 1) => "the tie".to_owned(),
        (Language::English, _) => format!("{distinguished} of the {ties} ties"),
        (Language::French, 1) => "l’ex æquo".to_owned(),
        (Language::French, _) => format!("{distinguished} des {ties} ex æquo"),
    };
    Some(match locale.language {
        Language::English => format!(
            "About {more} of these {trials} ({time} of training) would be expected to distinguish \
             {what}{rest}."
        ),
        Language::French => format!(
            "Avec environ {more} de ces {trials} ({time} d’entraînement), on devrait distinguer \
             {what}{rest}."
        ),
    })
}

fn data_warnings(locale: Locale, context: &ReportContext) -> Option<String> {
    let count = context.remarks.warnings.len();
    (count > 0).then(|| match locale.language {
        Language::English => format!("Warnings about the data, see the report: {count}."),
        Language::French => format!("Avertissements sur les données, voir le rapport : {count}."),
    })
}

fn listed(locale: Locale, names: Vec<String>) -> String {
    listed_up_to(MAX_NAMES, locale, names)
}

/// The first `max` names and the number of the others.
pub(crate) fn listed_up_to(max: usize, locale: Locale, names: Vec<String>) -> String {
    let shown = names[..names.len().min(max)].join(", ");
    match (locale.language, names.len().saturating_sub(max)) {
        (_, 0) => shown,
        (Language::English, rest) => format!("{shown} and {rest} more"),
        (Language::French, rest) => format!("{shown} et {rest} de plus"),
    }
}

/// A trial's mean score with its unit.
fn score(locale: Locale, context: &ReportContext, trial: usize) -> String {
    let rank_by = context.sweep.options.report.rank_by;
    let mean = context.analysis.mean_score(trial);
    mean.map_or_else(missing, |mean| locale.score_with_unit(rank_by, mean))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_better_of_values_that_differ_by_less_than_their_errors_is_named() {
        let minimum_of = |values: &[(f64, f64)]| {
            let trials: Vec<usize> = (0..values.len()).collect();
            minimum(&trials, |trial| {
                let (value, standard_error) = values[trial];
                Some(Measured {
                    value,
                    standard_error,
                })
            })
        };
        let exact = [(3.0, 0.0), (2.0, 0.0), (2.0, 0.0)];
        assert_eq!(minimum_of(&exact), Some((1, 2.0)));
        assert_eq!(minimum_of(&[(2.0, 0.0), (2.0, 0.0)]), None);
        // The difference of 0.2 is less than twice its standard error, 0.28.
        let measured = [(9.0, 0.1), (2.2, 0.1), (2.0, 0.1)];
        assert_eq!(minimum_of(&measured), Some((1, 2.2)));
        assert_eq!(minimum_of(&measured[1..]), None);
        let precise = [(9.0, 0.1), (2.2, 0.05), (2.0, 0.05)];
        assert_eq!(minimum_of(&precise), Some((2, 2.0)));
        assert_eq!(minimum(&[0, 1], |_| None), None);
    }
}
