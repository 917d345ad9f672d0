//! How each class fares in one trial.

use crate::metrics::ClassificationCounts;
use crate::plan::Plan;
use crate::report::document::blocks::Document;
use crate::report::document::table::{Align, Table};
use crate::report::locale::Locale;
use crate::report::results::trial_classes::TrialClasses;
use crate::spec::Language;

/// Classes whose confusions fit into a table.
const MAX_CONFUSION_CLASSES: usize = 20;

/// Classes that are listed.
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

/// Adds how each class fares in the trial that is shown more closely.
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
            "The share of each class that `{name}` classifies rightly on the validation samples \
             and on the test set, over all of its runs."
        ),
        (Language::English, false) => format!(
            "The share of each class that `{name}` classifies rightly on the test set, over all \
             of its runs."
        ),
        (Language::French, true) => format!(
            "La part de chaque classe que `{name}` classe bien sur les exemples de validation et \
             sur l’ensemble de test, sur tous ses entraînements."
        ),
        (Language::French, false) => format!(
            "La part de chaque classe que `{name}` classe bien sur l’ensemble de test, sur tous \
             ses entraînements."
        ),
    });
    document.table(accuracies(classes, locale));
    let count = classes.names.len().saturating_sub(MAX_LISTED_CLASSES);
    if count > 0 {
        document.paragraph(match (locale.language, count) {
            (Language::English, 1) => "1 more class is left out.".to_owned(),
            (Language::English, _) => format!("{count} more classes are left out."),
            (Language::French, 1) => "1 autre classe est omise.".to_owned(),
            (Language::French, _) => format!("{count} autres classes sont omises."),
        });
    }
    if let Some(confusion) = confusion_matrix(classes, locale) {
        document.paragraph(if validated {
            locale.tr(
                "Confusion matrix: validation samples by their true class (row) and the predicted \
                 one (column), over all runs.",
                "Matrice de confusion : exemples de validation selon leur vraie classe (ligne) et \
                 la classe prédite (colonne), sur tous les entraînements.",
            )
        } else {
            locale.tr(
                "Confusion matrix: test samples by their true class (row) and the predicted one \
                 (column), over all runs.",
                "Matrice de confusion : exemples de test selon leur vraie classe (ligne) et la \
                 classe prédite (colonne), sur tous les entraînements.",
            )
        });
        document.table(confusion);
    }
}
