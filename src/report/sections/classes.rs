//! The scores of each class in one trial.

use crate::metrics::ClassificationCounts;
use crate::plan::Plan;
use crate::report::document::blocks::Document;
use crate::report::document::table::{Align, Table};
use crate::report::locale::Locale;
use crate::report::results::trial_classes::TrialClasses;
use crate::spec::Language;

/// Maximum number of classes in the table of the confusion matrix.
const MAX_CONFUSION_CLASSES: usize = 20;

/// Maximum number of listed classes.
const MAX_LISTED_CLASSES: usize = 200;

/// A table of the accuracy on each class, of the first [`MAX_LISTED_CLASSES`] classes.
fn accuracies(classes: &TrialClasses, locale: Locale) -> Table {
    let validation = classes.scores.validation.as_ref();
    let mut columns = vec![(locale.tr("class", "classe").to_owned(), Align::Left)];
    let headers = [
        (
            locale.tr("val acc %", "exact. val. %"),
            validation.is_some(),
        ),
        (locale.tr("test acc %", "exact. test %"), true),
    ];
    let shown = headers.iter().filter(|(_, shown)| *shown);
    columns.extend(shown.map(|(header, _)| ((*header).to_owned(), Align::Right)));
    let mut table = Table::new(columns);
    let subsets = validation.into_iter().chain([&classes.scores.test]);
    let accuracies: Vec<Vec<Option<f64>>> = subsets.map(ClassificationCounts::accuracies).collect();
    let listed = classes.names.iter().enumerate().take(MAX_LISTED_CLASSES);
    for (class, name) in listed {
        let mut cells = vec![name.clone()];
        cells.extend(
            accuracies
                .iter()
                .map(|subset| locale.percent(subset[class])),
        );
        table.row(cells);
    }
    table
}

/// The confusion matrix of the validation samples, or of the test set if nothing is held out.
/// `None` for more than [`MAX_CONFUSION_CLASSES`] classes.
fn confusion_matrix(classes: &TrialClasses, locale: Locale) -> Option<Table> {
    if classes.names.len() > MAX_CONFUSION_CLASSES {
        return None;
    }
    let scores = &classes.scores;
    let scores = scores.validation.as_ref().unwrap_or(&scores.test);
    let mut columns = vec![(
        locale
            .tr("true \\ predicted", "vraie \\ prédite")
            .to_owned(),
        Align::Left,
    )];
    columns.extend(
        classes
            .names
            .iter()
            .map(|name| (name.clone(), Align::Right)),
    );
    let mut table = Table::new(columns);
    for (name, row) in classes.names.iter().zip(&scores.confusion) {
        let mut cells = vec![name.clone()];
        cells.extend(row.iter().map(u64::to_string));
        table.row(cells);
    }
    Some(table)
}

/// Adds the scores of each class of the trial that is shown in detail.
pub(crate) fn add_class_scores(
    document: &mut Document,
    locale: Locale,
    plan: &Plan,
    trial: usize,
    classes: &TrialClasses,
) {
    let validated = classes.scores.validation.is_some();
    document.section(match plan.trials.len() {
        1 => locale.tr("Classes", "Classes"),
        _ => locale.tr("Classes of the best trial", "Classes du meilleur essai"),
    });
    let name = &plan.trials[trial].name;
    document.paragraph(match (locale.language, validated) {
        (Language::English, true) => format!(
            "The accuracy of `{name}` on each class of the validation samples and the test set, \
             over all of its runs."
        ),
        (Language::English, false) => {
            format!("The accuracy of `{name}` on each class of the test set, over all of its runs.")
        }
        (Language::French, true) => format!(
            "L’exactitude de `{name}` sur chaque classe des exemples de validation et de \
             l’ensemble de test, sur tous ses entraînements."
        ),
        (Language::French, false) => format!(
            "L’exactitude de `{name}` sur chaque classe de l’ensemble de test, sur tous ses \
             entraînements."
        ),
    });
    document.table(accuracies(classes, locale));
    let count = classes.names.len().saturating_sub(MAX_LISTED_CLASSES);
    if count > 0 {
        document.paragraph(match (locale.language, count) {
            (Language::English, 1) => "1 more class is not listed.".to_owned(),
            (Language::English, _) => format!("{count} more classes are not listed."),
            (Language::French, 1) => "1 autre classe n’est pas listée.".to_owned(),
            (Language::French, _) => format!("{count} autres classes ne sont pas listées."),
        });
    }
    if let Some(confusion) = confusion_matrix(classes, locale) {
        document.paragraph(if validated {
            locale.tr(
                "Confusion matrix of the validation samples, over all runs: true classes in rows, \
                 predicted classes in columns.",
                "Matrice de confusion des exemples de validation, sur tous les entraînements : \
                 vraies classes en lignes, classes prédites en colonnes.",
            )
        } else {
            locale.tr(
                "Confusion matrix of the test samples, over all runs: true classes in rows, \
                 predicted classes in columns.",
                "Matrice de confusion des exemples de test, sur tous les entraînements : vraies \
                 classes en lignes, classes prédites en colonnes.",
            )
        });
        document.table(confusion);
    }
}
