//! Which of two trials is better, in one sentence.

use super::score_test::ScoreTest;
use crate::report::analysis::conclusions::{Analysis, direction, is_different};
use crate::report::locale::Locale;
use crate::spec::{Language, RankBy};
use statistics::{Direction, ReferenceComparison};

/// The result of the test in one sentence: which trial is better, that the splits do not show it, or why
/// the scores are not tested.
pub(crate) fn verdict(locale: Locale, rank_by: RankBy, test: &ScoreTest) -> String {
    let text = match test {
        ScoreTest::Tested { comparison, splits } => {
            return tested(locale, rank_by, comparison, *splits);
        }
        ScoreTest::NotValidated => locale.tr(
            "The scores are not compared, because no samples are held out for validation: set \
             `validation.folds` or `validation.holdout`.",
            "Les scores ne sont pas comparés, car aucun exemple n’est réservé à la validation : \
             réglez `validation.folds` ou `validation.holdout`.",
        ),
        ScoreTest::DifferentSplits => locale.tr(
            "The scores are not tested, because the trials are validated on different samples, \
             which cannot be paired: give both trials the same `validation` settings and data.",
            "Les scores ne sont pas testés, car les essais sont validés sur des exemples \
             différents, qui ne s’apparient pas : donnez aux deux essais les mêmes réglages \
             `validation` et les mêmes données.",
        ),
        ScoreTest::SingleSplit => locale.tr(
            "The scores are not tested, because a single split does not show chance: set \
             `validation.folds`, or `validation.repeats` to 3 or more.",
            "Les scores ne sont pas testés, car un seul partage ne montre pas le hasard : réglez \
             `validation.folds`, ou `validation.repeats` à 3 ou plus.",
        ),
        ScoreTest::Incomplete => locale.tr(
            "The scores are not tested, because not all runs of both trials have finished.",
            "Les scores ne sont pas testés, car les entraînements des deux essais ne sont pas tous \
             terminés.",
        ),
        ScoreTest::NotFinite => locale.tr(
            "The scores are not tested, because a validation loss is infinite.",
            "Les scores ne sont pas testés, car une perte de validation est infinie.",
        ),
    };
    text.to_owned()
}

/// The sentence for scores that were tested. The better trial is its subject.
fn tested(
    locale: Locale,
    rank_by: RankBy,
    comparison: &ReferenceComparison,
    splits: usize,
) -> String {
    let is_b_better = (comparison.difference > 0.0) == (direction(rank_by) == Direction::Maximise);
    let differs = is_different(comparison.p_value);
    // From the point of view of the better trial; B minus A if neither is.
    let sign = if differs && !is_b_better { -1.0 } else { 1.0 };
    let [low, high] = if sign < 0.0 {
        [-comparison.high, -comparison.low]
    } else {
        [comparison.low, comparison.high]
    };
    let shown = |value: f64| match rank_by {
        RankBy::Accuracy => locale.points(Some(value)),
        RankBy::Loss => locale.difference(Some(value)),
    };
    let difference = shown(sign * comparison.difference);
    let difference = match rank_by {
        RankBy::Accuracy => format!("{difference} {}", locale.tr("points", "points")),
        RankBy::Loss => difference,
    };
    let interval = locale.interval(shown(low), shown(high));
    let p = match locale.p_value(Some(comparison.p_value)) {
        p if p.starts_with('<') => format!("p {p}"),
        p => format!("p = {p}"),
    };
    let metric = match rank_by {
        RankBy::Accuracy => locale.tr("validation accuracy", "exactitude de validation"),
        RankBy::Loss => locale.tr("validation loss", "perte de validation"),
    };
    let better = if is_b_better { "B" } else { "A" };
    let worse = if is_b_better { "A" } else { "B" };
    match (locale.language, differs) {
        (Language::English, true) => format!(
            "{better} is better: {metric} {difference} from {worse} (95 % interval {interval}, {p})."
        ),
        (Language::English, false) => format!(
            "These {splits} splits cannot distinguish the trials: {metric} of B {difference} from A \
             (95 % interval {interval}, {p})."
        ),
        (Language::French, true) => format!(
            "{better} est meilleur : {metric} {difference} par rapport à {worse} (intervalle à 95 % \
             {interval}, {p})."
        ),
        (Language::French, false) => format!(
            "Ces {splits} partages ne permettent pas de distinguer les essais : {metric} de B \
             {difference} par rapport à A (intervalle à 95 % {interval}, {p})."
        ),
    }
}

/// A note if one of the trials is the best of three or more: whoever compares it because of its rank
/// must allow for its luck, as the marks of the report do. Empty if the scores were not tested.
pub(crate) fn luck_note(
    locale: Locale,
    analysis: &Analysis,
    test: &ScoreTest,
    trials: [usize; 2],
) -> String {
    let ranked = analysis.scores.iter().flatten().count();
    let best = trials
        .iter()
        .position(|&trial| analysis.best == Some(trial));
    let (Some(best), ScoreTest::Tested { .. }, 3..) = (best, test, ranked) else {
        return String::new();
    };
    let Some(differs) = analysis.differs_from_best(trials[1 - best]) else {
        return String::new();
    };
    let (name, other) = (["A", "B"][best], ["B", "A"][best]);
    match locale.language {
        Language::English => {
            let mark = if differs {
                "clearly worse"
            } else {
                "a tie (≈)"
            };
            format!(
                "{name} is the best of {ranked} trials, partly by luck: if you compare it because of \
                 its rank, use the mark in the report, which allows for that: {other} is {mark}."
            )
        }
        Language::French => {
            let mark = if differs {
                "nettement moins bon"
            } else {
                "ex æquo (≈)"
            };
            format!(
                "{name} est le meilleur de {ranked} essais, en partie par chance : si vous le \
                 comparez à cause de son rang, utilisez la marque du rapport, qui en tient \
                 compte : {other} est {mark}."
            )
        }
    }
}
