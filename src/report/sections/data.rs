//! The data set of a sweep.

use crate::escape::code;
use crate::plan::Plan;
use crate::report::locale::Locale;
use crate::spec::{ColumnNote, Language};

/// The data set in one sentence; `None` if it differs between trials.
pub(crate) fn sentence(locale: Locale, plan: &Plan) -> Option<String> {
    let config = &plan.trials.first()?.config;
    let is_same = |trial: &crate::plan::Trial| {
        trial.config.dataset_info == config.dataset_info
            && trial.config.data.source() == config.data.source()
    };
    if !plan.trials.iter().all(is_same) {
        return None;
    }
    let facts = &config.dataset_info;
    let name = match &config.data.path {
        Some(path) => format!("{} {}", config.data.set, code(path.as_str())),
        None => config.data.set.to_string(),
    };
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let count = |count| locale.grouped(count);
    let (train, test) = (count(facts.training_samples), count(facts.test_samples));
    let (features, classes) = (count(facts.features), facts.classes);
    Some(match locale.language {
        Language::English => format!(
            "Data: {name}; {train} training and {test} test samples, {features} feature{}, {classes} classes.",
            plural(facts.features)
        ),
        Language::French => format!(
            "Données : {name} ; {train} exemples d’entraînement et {test} de test, {features} \
             variable{}, {classes} classes.",
            plural(facts.features)
        ),
    })
}

/// How the columns are encoded, one item for each note.
pub(crate) fn notes(locale: Locale, notes: &[ColumnNote]) -> Vec<String> {
    let note = |note: &ColumnNote| match locale.language {
        Language::English => note.in_english(),
        Language::French => note.in_french(),
    };
    notes.iter().map(note).collect()
}
