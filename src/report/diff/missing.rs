//! What the results of two trials lack, and how to get it.

use super::recorded_trial::RecordedTrial;
use crate::plan::Plan;
use crate::record::Results;
use crate::report::locale::Locale;
use crate::report::results::trial_state::TrialRuns;
use crate::spec::{Language, Split};

/// One sentence for each thing that is missing. `same_samples` states whether both trials are validated
/// on the same samples, so that their predictions can be compared.
pub(crate) fn missing_notes(
    locale: Locale,
    plan: &Plan,
    results: &Results,
    recorded: [&RecordedTrial; 2],
    same_samples: bool,
) -> Vec<String> {
    let named = || ["A", "B"].into_iter().zip(recorded);
    let runs = |trial: usize| TrialRuns::count(plan, results, trial);
    let mut notes = Vec::new();
    for (name, recorded) in named() {
        let runs = runs(recorded.trial);
        notes.extend(failed(locale, name, &runs));
        notes.extend(without_result(locale, name, &runs));
    }
    let lacking = |lacks: &dyn Fn(&RecordedTrial) -> bool| -> Vec<&str> {
        let lacking = named().filter(|(_, recorded)| lacks(recorded));
        lacking.map(|(name, _)| name).collect()
    };
    let is_validated =
        |trial: usize| plan.trials[trial].config.validation.split() != Split::Holdout(0.0);
    let lacks_predictions = |recorded: &RecordedTrial| {
        let predicted = recorded.predictions.iter().flatten().count();
        same_samples && is_validated(recorded.trial) && predicted < runs(recorded.trial).finished
    };
    let lacks_profile = |recorded: &RecordedTrial| {
        runs(recorded.trial).finished > 0 && !results.profiles.contains_key(&recorded.trial)
    };
    notes.extend(without_predictions(locale, &lacking(&lacks_predictions)));
    notes.extend(without_profile(locale, &lacking(&lacks_profile)));
    notes
}

fn failed(locale: Locale, name: &str, runs: &TrialRuns) -> Option<String> {
    let reason = runs.first_failure.as_ref()?;
    let (failed, of) = (runs.failed, locale.runs(runs.total));
    Some(match locale.language {
        Language::English => format!(
            "{name}: {failed} of {of} {reason}; `tp-sweep run --retry-failed` trains failed runs \
             again."
        ),
        Language::French => format!(
            "{name} : {failed} sur {of} {reason} ; `tp-sweep run --retry-failed` relance les \
             entraînements échoués."
        ),
    })
}

fn without_result(locale: Locale, name: &str, runs: &TrialRuns) -> Option<String> {
    let missing = runs.total - runs.finished - runs.failed;
    let of = locale.runs(runs.total);
    (missing > 0).then(|| match locale.language {
        Language::English => {
            let have = if missing == 1 { "has" } else { "have" };
            format!("{name}: {missing} of {of} {have} no result yet; `tp-sweep run` trains the rest.")
        }
        Language::French => format!(
            "{name} : {missing} sur {of} sans résultat pour l’instant ; `tp-sweep run` entraîne le reste."
        ),
    })
}

/// The names of the trials that lack something: `A`, `A and B`.
fn names(locale: Locale, trials: &[&str]) -> String {
    trials.join(locale.tr(" and ", " et "))
}

fn without_predictions(locale: Locale, trials: &[&str]) -> Option<String> {
    let names = (!trials.is_empty()).then(|| names(locale, trials))?;
    Some(match locale.language {
        Language::English => format!(
            "The predictions of {names} for single samples were not recorded (by an earlier version \
             of tp-sweep, or because of `record: {{ predictions: false }}`): to record them, delete \
             the folders of the runs and train these again."
        ),
        Language::French => format!(
            "Les prédictions de {names} pour chaque exemple n’ont pas été enregistrées (version \
             antérieure de tp-sweep, ou `record: {{ predictions: false }}`) : pour les enregistrer, \
             supprimez les dossiers des entraînements et relancez ceux-ci."
        ),
    })
}

fn without_profile(locale: Locale, trials: &[&str]) -> Option<String> {
    let names = (!trials.is_empty()).then(|| names(locale, trials))?;
    Some(match locale.language {
        Language::English => format!(
            "The time and memory of {names} are not measured yet; `tp-sweep run` measures them \
             after all runs."
        ),
        Language::French => format!(
            "Le temps et la mémoire de {names} ne sont pas encore mesurés ; `tp-sweep run` les \
             mesure après tous les entraînements."
        ),
    })
}
