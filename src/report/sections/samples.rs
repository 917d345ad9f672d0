//! What the predictions for single validation samples show: agreement, majority vote, difficult
//! samples.

use crate::report::analysis::sample_outcomes::{DifficultSample, SampleOutcomes};
use crate::report::context::ReportContext;
use crate::report::document::blocks::Document;
use crate::report::document::table::{Align, Table};
use crate::report::figures::{Plotter, difficult_samples};
use crate::report::locale::Locale;
use crate::report::results::class_names::ClassNames;
use crate::spec::Language;
use statistics::mcnemar;

/// Number of samples in the table.
const LISTED_SAMPLES: usize = 12;

/// Number of samples in the figure.
const SHOWN_SAMPLES: usize = 24;

/// Adds the section, if predictions were recorded.
pub(crate) fn add_samples(
    document: &mut Document,
    locale: Locale,
    context: &ReportContext,
    plotter: &Plotter,
) {
    let Some(outcomes) = context.samples else {
        return;
    };
    document.section(locale.tr("Validation samples", "Exemples de validation"));
    let trials = outcomes.trials.len();
    let samples = locale.grouped(outcomes.samples());
    document.paragraph(match locale.language {
        Language::English => format!(
            "How {} classified {samples} validation samples, each with a model that was not trained \
             on it.",
            locale.trials(trials),
        ),
        Language::French => format!(
            "Comment {} {} {samples} exemples de validation, chacun par un modèle qui ne l’a pas vu \
             à l’entraînement.",
            locale.trials(trials),
            if trials == 1 { "classe" } else { "classent" },
        ),
    });
    document.list(ties(locale, &context.analysis.ties(), outcomes));
    let found = outcomes.difficult_samples(SHOWN_SAMPLES);
    if found.is_empty() {
        return;
    }
    document.subsection(locale.tr("Most difficult samples", "Exemples les plus difficiles"));
    document.paragraph(locale.tr(
        "More than half of the predictions for these samples are wrong. `sample` is the position in \
         the training part of the data set, counted from 0. If nearly all trials predict the same \
         other class, the label may be wrong.",
        "Plus de la moitié des prédictions de ces exemples sont fausses. `exemple` est la position \
         dans la partie d’entraînement du jeu de données, comptée à partir de 0. Si presque tous les \
         essais prédisent la même autre classe, l’étiquette est peut-être fausse.",
    ));
    let classes = context
        .detailed
        .and_then(|detailed| detailed.classes.as_ref());
    let names = ClassNames(classes.map_or(&[], |classes| &classes.names));
    document.table(table(locale, names, &found));
    document.figure(difficult_samples(
        plotter,
        outcomes.trials[0],
        names,
        &found,
    ));
}

/// What the best trial and its ties have in common; empty if the best trial has no ties with known
/// predictions.
fn ties(locale: Locale, ties: &[usize], outcomes: &SampleOutcomes) -> Vec<String> {
    let best = outcomes.trials[0];
    let indices = outcomes.indices(&[ties, &[best]].concat());
    let Some(agreement) = outcomes.agreement(&indices) else {
        return Vec::new();
    };
    // Of many ties, only the predictions of the first are read.
    let (count, all) = (indices.len() - 1, ties.len());
    let shown = match (locale.language, count) {
        (Language::English, 1) if all == 1 => "the tie with it".to_owned(),
        (Language::English, _) if count == all => format!("its {all} ties"),
        (Language::English, _) => format!("{count} of its {all} ties"),
        (Language::French, 1) if all == 1 => "son ex æquo".to_owned(),
        (Language::French, _) if count == all => format!("ses {all} ex æquo"),
        (Language::French, _) => format!("{count} de ses {all} ex æquo"),
    };
    let (right, wrong) = outcomes.unanimous(&indices);
    let [agreement, right, wrong] = [agreement, right, wrong].map(|s| locale.share(Some(s)));
    let mut items = vec![match (locale.language, count) {
        (Language::English, 1) => format!(
            "The best trial and {shown} predict the same class for {agreement} % of the \
             samples; both are right on {right} % and both wrong on {wrong} %."
        ),
        (Language::English, _) => format!(
            "On average, two trials among the best and {shown} predict the same class for \
             {agreement} % of the samples. All are right on {right} %, and all are wrong on {wrong} %."
        ),
        (Language::French, 1) => format!(
            "Le meilleur essai et {shown} prédisent la même classe pour {agreement} % des \
             exemples ; les deux ont raison sur {right} % et tort sur {wrong} %."
        ),
        (Language::French, _) => format!(
            "En moyenne, deux essais parmi le meilleur et {shown} prédisent la même classe \
             pour {agreement} % des exemples. Tous ont raison sur {right} %, et tous ont tort sur \
             {wrong} %."
        ),
    }];
    // The vote of two is that of the better one.
    if count > 1 {
        let vote = outcomes.vote_accuracy(&indices);
        let difference = locale.points(Some(vote - outcomes.trial_accuracy(0)));
        let vote = locale.percent(Some(vote));
        let counts = outcomes.vote_against_best(&indices);
        let test = test_note(locale, counts.map(|[vote, best]| mcnemar(vote, best)));
        items.push(match locale.language {
            Language::English => format!(
                "Their majority vote has a validation accuracy of {vote} %, {difference} points from \
                 the best trial alone ({test})."
            ),
            Language::French => format!(
                "Leur vote majoritaire a une exactitude de validation de {vote} %, soit {difference} \
                 points par rapport au meilleur essai seul ({test})."
            ),
        });
    }
    items
}

/// The p value of the comparison of the vote with the best trial, if it was tested.
fn test_note(locale: Locale, p: Option<f64>) -> String {
    let Some(p) = p else {
        return locale.tr("not tested", "non testé").to_owned();
    };
    let p = locale.p_equality(p);
    match locale.language {
        Language::English => format!("McNemar’s exact test: {p}"),
        Language::French => format!("test exact de McNemar : {p}"),
    }
}

fn table(locale: Locale, names: ClassNames, found: &[DifficultSample]) -> Table {
    let columns = [
        (locale.tr("sample", "exemple"), Align::Right),
        (locale.tr("label", "étiquette"), Align::Left),
        (
            locale.tr("predicted most often", "prédite le plus souvent"),
            Align::Left,
        ),
        (locale.tr("times", "fois"), Align::Right),
        (locale.tr("wrong", "fausses"), Align::Right),
        (locale.tr("predictions", "prédictions"), Align::Right),
    ];
    let columns = columns.map(|(name, align)| (name.to_owned(), align));
    let mut table = Table::new(columns.to_vec());
    for sample in found.iter().take(LISTED_SAMPLES) {
        table.row(vec![
            sample.sample.to_string(),
            names.of(sample.label),
            names.of(sample.most_predicted),
            sample.most_predicted_count.to_string(),
            sample.wrong.to_string(),
            sample.predictions.to_string(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::SamplePredictions;
    use crate::report::results::trial_predictions::TrialPredictions;

    const ENGLISH: Locale = Locale {
        language: Language::English,
    };
    const FRENCH: Locale = Locale {
        language: Language::French,
    };

    /// Five trials that predict 12 samples of class 0 in each of these repeats. The best one, trial 4,
    /// is wrong on the first ten, each of the others on the last two.
    fn outcomes(repeats: usize) -> SampleOutcomes {
        let read = |trial: usize| {
            let is_right = |sample: u32| (sample < 10) == (trial != 4);
            let samples: Vec<u32> = (0..12).collect();
            let run = SamplePredictions {
                classes: 2,
                labels: vec![0; 12],
                predicted: samples.iter().map(|&s| u16::from(!is_right(s))).collect(),
                samples,
            };
            Some(TrialPredictions::new(vec![run; repeats]))
        };
        SampleOutcomes::read(&[4, 0, 1, 2, 3], read).unwrap()
    }

    #[test]
    fn ties_without_known_predictions_are_not_counted_as_compared() {
        let outcomes = outcomes(1);
        let first = |locale, found: &[usize]| ties(locale, found, &outcomes).swap_remove(0);
        for (found, english, french) in [
            (&[0][..], "and the tie with it predict", "et son ex æquo"),
            (
                &[0, 7, 8],
                "and 1 of its 3 ties predict",
                "et 1 de ses 3 ex æquo",
            ),
            (&[0, 1, 2], "and its 3 ties predict", "et ses 3 ex æquo"),
            (
                &[0, 1, 7, 8],
                "and 2 of its 4 ties predict",
                "et 2 de ses 4 ex æquo",
            ),
        ] {
            let (text, texte) = (first(ENGLISH, found), first(FRENCH, found));
            assert!(text.contains(english), "{text}");
            assert!(texte.contains(french), "{texte}");
        }
        assert!(ties(ENGLISH, &[7, 8], &outcomes).is_empty());
        assert!(ties(ENGLISH, &[], &outcomes).is_empty());
    }

    #[test]
    fn the_vote_is_tested_unless_samples_are_repeated() {
        let vote = |locale, repeats| ties(locale, &[0, 1], &outcomes(repeats)).swap_remove(1);
        // Of 12 samples, 10 in favour of the vote: 2 · (1 + 12 + 66) / 4096.
        assert_eq!(
            vote(ENGLISH, 1),
            "Their majority vote has a validation accuracy of 83.33 %, +66.67 points from the best \
             trial alone (McNemar’s exact test: p = 0.039)."
        );
        assert!(vote(FRENCH, 1).ends_with(" (test exact de McNemar : p = 0,039)."));
        assert!(vote(ENGLISH, 2).ends_with(" from the best trial alone (not tested)."));
        assert!(vote(FRENCH, 2).ends_with(" meilleur essai seul (non testé)."));
    }
}
