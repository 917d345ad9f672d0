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
    document.list(ties(locale, context, outcomes));
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

/// What the best trial and its ties have in common; empty if the best trial has no ties.
fn ties(locale: Locale, context: &ReportContext, outcomes: &SampleOutcomes) -> Vec<String> {
    let analysis = context.analysis;
    let mut group = analysis.ties();
    group.extend(analysis.best);
    let indices = outcomes.indices(&group);
    let Some(agreement) = outcomes.agreement(&indices) else {
        return Vec::new();
    };
    let count = indices.len() - 1;
    let (right, wrong) = outcomes.unanimous(&indices);
    let [agreement, right, wrong] = [agreement, right, wrong].map(|s| locale.share(Some(s)));
    let mut items = vec![match (locale.language, count) {
        (Language::English, 1) => format!(
            "The best trial and the tie with it predict the same class for {agreement} % of the \
             samples; both are right on {right} % and both wrong on {wrong} %."
        ),
        (Language::English, _) => format!(
            "On average, two trials among the best and its {count} ties predict the same class for \
             {agreement} % of the samples. All are right on {right} %, and all are wrong on {wrong} %."
        ),
        (Language::French, 1) => format!(
            "Le meilleur essai et son ex æquo prédisent la même classe pour {agreement} % des \
             exemples ; les deux ont raison sur {right} % et tort sur {wrong} %."
        ),
        (Language::French, _) => format!(
            "En moyenne, deux essais parmi le meilleur et ses {count} ex æquo prédisent la même classe \
             pour {agreement} % des exemples. Tous ont raison sur {right} %, et tous ont tort sur \
             {wrong} %."
        ),
    }];
    // The vote of two is that of the better one.
    if count > 1 {
        let vote = outcomes.vote_accuracy(&indices);
        let difference = locale.points(Some(vote - outcomes.trial_accuracy(0)));
        let vote = locale.percent(Some(vote));
        items.push(match locale.language {
            Language::English => format!(
                "Their majority vote has a validation accuracy of {vote} %, {difference} points from \
                 the best trial alone."
            ),
            Language::French => format!(
                "Leur vote majoritaire a une exactitude de validation de {vote} %, soit {difference} \
                 points par rapport au meilleur essai seul."
            ),
        });
    }
    items
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
