//! Scores in the report's language: names, values and differences.

use super::locale::Locale;
use crate::metrics::{Part, PartScore, Score, ScoreUnit};
use crate::spec::Language;

impl Locale {
    /// The English or French text, by the report's language.
    fn of_label(self, [english, french]: [&'static str; 2]) -> &'static str {
        match self.language {
            Language::English => english,
            Language::French => french,
        }
    }

    /// The name of a score: `accuracy`.
    pub(super) fn score_name(self, score: Score) -> &'static str {
        self.of_label(score.label)
    }

    /// The name of a score on a part of the data: `validation accuracy`.
    pub(super) fn part_score_name(self, PartScore { part, score }: PartScore) -> String {
        let name = self.score_name(score);
        match (self.language, part) {
            (Language::English, Part::Training) => format!("training {name}"),
            (Language::English, Part::Validation) => format!("validation {name}"),
            (Language::English, Part::Test) => format!("test {name}"),
            (Language::French, Part::Training) => format!("{name} d’entraînement"),
            (Language::French, Part::Validation) => format!("{name} de validation"),
            (Language::French, Part::Test) => format!("{name} de test"),
        }
    }

    /// The name of a score on the validation samples.
    pub(super) fn validation_score_name(self, score: Score) -> String {
        self.part_score_name(Part::Validation.score(score))
    }

    /// A score on a part of the data without its unit, for a column of the page: `val accuracy`.
    pub(super) fn column_label(self, PartScore { part, score }: PartScore) -> String {
        self.with_part(part, self.score_name(score))
    }

    /// The header of a column of a table, with the unit of its values: `val acc %`.
    pub(super) fn score_header(self, PartScore { part, score }: PartScore) -> String {
        let header = self.with_part(part, self.of_label(score.short_label));
        match score.unit {
            ScoreUnit::Percent => header + " %",
            ScoreUnit::Number => header,
        }
    }

    fn with_part(self, part: Part, name: &str) -> String {
        match self.language {
            Language::English => format!("{} {name}", part.id()),
            Language::French => {
                let part = match part {
                    Part::Training => "entr.",
                    Part::Validation => "val.",
                    Part::Test => "test",
                };
                format!("{name} {part}")
            }
        }
    }

    /// The header of a column of differences: `difference, points`.
    pub(super) fn difference_header(self, score: Score) -> String {
        let name = self.score_name(score);
        match (score.unit, self.language) {
            (ScoreUnit::Percent, _) => self
                .tr("difference, points", "différence, points")
                .to_owned(),
            (ScoreUnit::Number, Language::English) => format!("difference in {name}"),
            (ScoreUnit::Number, Language::French) => format!("différence {}", of(name)),
        }
    }

    /// A value of a score without its unit: `94.65`, `0.1963`.
    pub(super) fn score(self, score: Score, value: Option<f64>) -> String {
        match score.unit {
            ScoreUnit::Percent => self.percent(value),
            ScoreUnit::Number => self.four_decimals(value),
        }
    }

    /// A value with its unit: `94.65 %`, `0.1963`.
    pub(super) fn score_with_unit(self, score: Score, value: f64) -> String {
        let text = self.score(score, Some(value));
        match score.unit {
            ScoreUnit::Percent => text + " %",
            ScoreUnit::Number => text,
        }
    }

    /// A mean with its standard deviation, if there is one, without the unit: `94.65 ± 0.10`.
    pub(super) fn score_with_deviation(
        self,
        score: Score,
        mean: Option<f64>,
        deviation: Option<f64>,
    ) -> String {
        let shown = self.score(score, mean);
        match deviation.filter(|_| mean.is_some()) {
            Some(_) => format!("{shown} ± {}", self.score(score, deviation)),
            None => shown,
        }
    }

    /// A difference of two values with its sign, without the unit: `+0.35`.
    pub(super) fn score_difference(self, score: Score, value: Option<f64>) -> String {
        match score.unit {
            ScoreUnit::Percent => self.points(value),
            ScoreUnit::Number => self.difference(value),
        }
    }

    /// A difference with its unit: `+0.35 points`, `+0.0153`.
    pub(super) fn score_difference_with_unit(self, score: Score, value: f64) -> String {
        with_points(score, self.score_difference(score, Some(value)))
    }

    /// The size of a difference with its unit: `0.35 points`, `0.0153`.
    pub(super) fn score_distance(self, score: Score, value: f64) -> String {
        with_points(score, self.score(score, Some(value.abs())))
    }
}

/// A difference with its unit, which is the same in both languages.
fn with_points(score: Score, difference: String) -> String {
    match score.unit {
        ScoreUnit::Percent => difference + " points",
        ScoreUnit::Number => difference,
    }
}

/// A French noun after "de".
fn of(noun: &str) -> String {
    let is_vowel = |first: char| "aeiouéèê".contains(first);
    if noun.starts_with(is_vowel) {
        format!("d’{noun}")
    } else {
        format!("de {noun}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_in_the_language_of_the_report() {
        let [english, french] =
            [Language::English, Language::French].map(|language| Locale { language });
        let accuracy = Part::Validation.score(Score::ACCURACY);
        assert_eq!(english.part_score_name(accuracy), "validation accuracy");
        assert_eq!(french.part_score_name(accuracy), "exactitude de validation");
        assert_eq!(english.score_header(accuracy), "val acc %");
        assert_eq!(french.score_header(accuracy), "exact. val. %");
        assert_eq!(
            french.column_label(Part::Test.score(Score::LOSS)),
            "perte test"
        );
        assert_eq!(french.difference_header(Score::LOSS), "différence de perte");
        assert_eq!(of("erreur"), "d’erreur");
        assert_eq!(french.score_with_unit(Score::ACCURACY, 0.9465), "94,65 %");
        assert_eq!(english.score_distance(Score::LOSS, -0.02), "0.0200");
        let shown = english.score_with_deviation(Score::MACRO_F1, Some(0.5), Some(0.01));
        assert_eq!(shown, "50.00 ± 1.00");
        assert_eq!(
            english.score_with_deviation(Score::LOSS, Some(0.5), None),
            "0.5000"
        );
    }
}
