//! Which of two trials is better, in one sentence.

use super::score_test::ScoreTest;
use crate::metrics::Score;
use crate::report::analysis::conclusions::{Analysis, is_different};
use crate::report::locale::Locale;
use crate::spec::Language;
use statistics::{Direction, ReferenceComparison};

/// The result of the test in one sentence: which trial is better, that the splits do not show it, or why
/// the scores are not tested.
pub(crate) fn verdict(locale: Locale, rank_by: Score, test: &ScoreTest) -> String {
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
            "The scores are not tested, because a single split cannot show which differences are due to \
             chance: set `validation.folds`, or `validation.repeats` to 3 or more.",
            "Les scores ne sont pas testés, car un seul partage ne permet pas de savoir quelles \
             différences sont dues au hasard : réglez `validation.folds`, ou `validation.repeats` à 3 ou plus.",
        ),
        ScoreTest::Incomplete => locale.tr(
            "The scores are not tested, because not all runs of both trials have finished.",
            "Les scores ne sont pas testés, car les entraînements des deux essais ne sont pas tous \
             terminés.",
        ),
        ScoreTest::WithoutScore => {
            let name = locale.validation_score_name(rank_by);
            return match locale.language {
                Language::English => {
                    format!("The scores are not tested, because a run has no value for {name}.")
                }
                Language::French => format!(
                    "Les scores ne sont pas testés, car un entraînement n’a pas de valeur pour « {name} »."
                ),
            };
        }
        ScoreTest::NotFinite => locale.tr(
            "The scores are not tested, because a validation loss is infinite.",
            "Les scores ne sont pas testés, car une perte de validation est infinie.",
        ),
    };
    text.to_owned()
}

/// The sentence for scores that were tested. If one trial is better, it is the subject.
fn tested(
    locale: Locale,
    rank_by: Score,
    comparison: &ReferenceComparison,
    splits: usize,
) -> String {
    let p = locale.p_equality(comparison.p_value);
    if !is_different(comparison.p_value) {
        let shown = |value: f64| locale.score_difference(rank_by, Some(value));
        let difference = locale.score_difference_with_unit(rank_by, comparison.difference);
        let interval = locale.interval(shown(comparison.low), shown(comparison.high));
        let metric = locale.validation_score_name(rank_by);
        return match locale.language {
            Language::English => format!(
                "These {splits} splits cannot distinguish the trials: their {metric} differs by \
                 {difference} (B − A; 95 % interval {interval}, {p})."
            ),
            Language::French => format!(
                "Ces {splits} partages ne permettent pas de distinguer les essais : leur {metric} \
                 diffère de {difference} (B − A ; intervalle à 95 % {interval}, {p})."
            ),
        };
    }
    // The interval does not contain 0, so both ends have the sign of the difference.
    let shown = |value: f64| locale.score(rank_by, Some(value.abs()));
    let difference = locale.score_distance(rank_by, comparison.difference);
    let (near, far) = if comparison.difference < 0.0 {
        (comparison.high, comparison.low)
    } else {
        (comparison.low, comparison.high)
    };
    let interval = locale.interval(shown(near), shown(far));
    let is_b_better = (comparison.difference > 0.0) == (rank_by.direction == Direction::Maximise);
    let better = if is_b_better { "B" } else { "A" };
    let metric = locale.validation_score_name(rank_by);
    match locale.language {
        Language::English => {
            let side = match rank_by.direction {
                Direction::Maximise => "higher",
                Direction::Minimise => "lower",
            };
            format!(
                "{better} is better: its {metric} is {difference} {side} (95 % interval {interval}, \
                 {p})."
            )
        }
        Language::French => {
            let side = match rank_by.direction {
                Direction::Maximise => "de plus",
                Direction::Minimise => "de moins",
            };
            format!(
                "{better} est meilleur ({metric} : {difference} {side} ; intervalle à 95 % \
                 {interval}, {p})."
            )
        }
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
                "{name} is ranked first of {ranked} trials, partly by luck. If that is why you \
                 compare it, use the mark in the report, which allows for that: {other} is {mark}."
            )
        }
        Language::French => {
            let mark = if differs {
                "nettement moins bon"
            } else {
                "ex æquo (≈)"
            };
            format!(
                "{name} est classé premier de {ranked} essais, en partie par chance. Si c’est la \
                 raison de cette comparaison, utilisez la marque du rapport, qui en tient compte : \
                 {other} est {mark}."
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(language: Language, rank_by: Score, difference: f64, reach: f64, p: f64) -> String {
        let comparison = ReferenceComparison {
            difference,
            low: difference - reach,
            high: difference + reach,
            p_value: p,
            // That of one comparison counts.
            adjusted_p_value: 1.0,
        };
        let test = ScoreTest::Tested {
            comparison,
            splits: 3,
        };
        verdict(Locale { language }, rank_by, &test)
    }

    #[test]
    fn the_better_trial_is_named_with_a_positive_difference() {
        let accuracy =
            |difference| shown(Language::English, Score::ACCURACY, difference, 0.01, 0.0004);
        let text = "is better: its validation accuracy is 2.00 points higher (95 % interval 1.00 to \
                    3.00, p < 0.001).";
        assert_eq!(accuracy(0.02), format!("B {text}"));
        assert_eq!(accuracy(-0.02), format!("A {text}"));
        assert_eq!(
            shown(Language::French, Score::LOSS, -0.02, 0.01, 0.0304),
            "B est meilleur (perte de validation : 0,0200 de moins ; intervalle à 95 % 0,0100 à 0,0300, \
             p = 0,030)."
        );
        assert!(shown(Language::English, Score::LOSS, 0.02, 0.01, 0.01).starts_with("A is better"));
    }

    #[test]
    fn no_trial_is_better_if_chance_explains_the_difference() {
        assert_eq!(
            shown(Language::English, Score::ACCURACY, -0.02, 0.03, 0.2),
            "These 3 splits cannot distinguish the trials: their validation accuracy differs by -2.00 \
             points (B − A; 95 % interval -5.00 to +1.00, p = 0.200)."
        );
        assert_eq!(
            shown(Language::French, Score::LOSS, 0.02, 0.03, 0.2),
            "Ces 3 partages ne permettent pas de distinguer les essais : leur perte de validation \
             diffère de +0,0200 (B − A ; intervalle à 95 % -0,0100 à +0,0500, p = 0,200)."
        );
    }
}
