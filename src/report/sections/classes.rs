//! How each class fares in one trial.

use crate::metrics::ClassificationCounts;
use crate::plan::Plan;
use crate::record::RunClasses;
use crate::report::document::blocks::Document;
use crate::report::document::table::{Align, Table};
use crate::report::locale::Locale;
use crate::spec::Language;

/// Classes whose confusions fit into a table.
const MOST_CONFUSED: usize = 20;

/// Classes that are listed.
const LISTED: usize = 200;

/// How each class fares in a trial, over all of its runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialClasses {
    /// The name of each class.
    pub names: Vec<String>,
    /// The scores, of all runs together.
    pub scores: RunClasses,
}

impl TrialClasses {
    /// The scores with the classes' names; where there is not one for each class, they are
    /// numbered from 0.
    pub fn new(names: Vec<String>, scores: RunClasses) -> Self {
        let classes = scores.test.confusion.len();
        let names = match names.len() == classes {
            true => names,
            false => (0..classes).map(|class| class.to_string()).collect(),
        };
        Self { names, scores }
    }

    /// The share of each class's samples that are classified rightly.
    pub(crate) fn accuracies(&self, words: Locale) -> Table {
        let validation = self.scores.validation.as_ref();
        let mut columns = vec![(words.pick("class", "classe").to_owned(), Align::Left)];
        let headers = [
            (
                words.pick("val acc %", "exact. val. %"),
                validation.is_some(),
            ),
            (words.pick("test acc %", "exact. test %"), true),
        ];
        let shown = headers.iter().filter(|(_, shown)| *shown);
        columns.extend(shown.map(|(header, _)| ((*header).to_owned(), Align::Right)));
        let mut table = Table::new(columns);
        let kinds = validation.into_iter().chain([&self.scores.test]);
        let accuracies: Vec<Vec<Option<f64>>> =
            kinds.map(ClassificationCounts::accuracies).collect();
        for (class, name) in self.names.iter().enumerate().take(LISTED) {
            let mut cells = vec![name.clone()];
            cells.extend(accuracies.iter().map(|kind| words.percent(kind[class])));
            table.row(cells);
        }
        table
    }

    /// Classes that the table of accuracies leaves out.
    pub(crate) fn unlisted(&self) -> usize {
        self.names.len().saturating_sub(LISTED)
    }

    /// The confusion matrix, of the validation samples where there are any; nothing for more
    /// classes than a table can show.
    pub(crate) fn confusion(&self, words: Locale) -> Option<Table> {
        if self.names.len() > MOST_CONFUSED {
            return None;
        }
        let scores = self.scores.validation.as_ref().unwrap_or(&self.scores.test);
        let mut columns = vec![(
            words
                .pick("true \\ predicted", "vraie \\ prédite")
                .to_owned(),
            Align::Left,
        )];
        columns.extend(self.names.iter().map(|name| (name.clone(), Align::Right)));
        let mut table = Table::new(columns);
        for (name, row) in self.names.iter().zip(&scores.confusion) {
            let mut cells = vec![name.clone()];
            cells.extend(row.iter().map(u64::to_string));
            table.row(cells);
        }
        Some(table)
    }
}

/// Adds how each class fares in the trial that is shown more closely.
pub(crate) fn classes_of_best(
    document: &mut Document,
    words: Locale,
    plan: &Plan,
    trial: usize,
    classes: &TrialClasses,
) {
    let validated = classes.scores.validation.is_some();
    document.section(match plan.trials.len() {
        1 => words.pick("Classes", "Classes"),
        _ => words.pick("Classes of the best trial", "Classes du meilleur essai"),
    });
    let name = &plan.trials[trial].name;
    document.paragraph(match (words.language, validated) {
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
    document.table(classes.accuracies(words));
    if classes.unlisted() > 0 {
        let count = classes.unlisted();
        document.paragraph(match (words.language, count) {
            (Language::English, 1) => "1 more class is left out.".to_owned(),
            (Language::English, _) => format!("{count} more classes are left out."),
            (Language::French, 1) => "1 autre classe est omise.".to_owned(),
            (Language::French, _) => format!("{count} autres classes sont omises."),
        });
    }
    if let Some(confusion) = classes.confusion(words) {
        document.paragraph(match validated {
            true => words.pick(
                "Confusion matrix: validation samples by their true class (row) and the predicted \
                 one (column), over all runs.",
                "Matrice de confusion : exemples de validation selon leur vraie classe (ligne) et \
                 la classe prédite (colonne), sur tous les entraînements.",
            ),
            false => words.pick(
                "Confusion matrix: test samples by their true class (row) and the predicted one \
                 (column), over all runs.",
                "Matrice de confusion : exemples de test selon leur vraie classe (ligne) et la \
                 classe prédite (colonne), sur tous les entraînements.",
            ),
        });
        document.table(confusion);
    }
}
