//! The numbers of trials and runs, and the failures.

use crate::plan::Plan;
use crate::record::Results;
use crate::report::locale::Locale;
use crate::report::results::trial_state::TrialRuns;
use crate::spec::Language;
use std::fmt::Write;

/// The numbers of trials and runs in one sentence.
pub(crate) fn overview(locale: Locale, plan: &Plan, results: &Results) -> String {
    let runs = plan.runs().count();
    let results = results.runs.values();
    let (all, failed) = results.fold((0, 0), |(all, failed), run| {
        (all + 1, failed + usize::from(run.failure.is_some()))
    });
    let done = all - failed;
    let counted = |count: usize, english: &str, french: [&str; 2]| match locale.language {
        Language::English => format!("{count} {english}"),
        Language::French => locale.counted(count, ["", ""], french),
    };
    let mut text = format!(
        "{}, {}{} {}",
        locale.trials(plan.trials.len()),
        locale.runs(runs),
        locale.tr(":", " :"),
        counted(done, "finished", ["terminé", "terminés"])
    );
    if failed > 0 {
        let _ = write!(
            text,
            ", {}",
            counted(failed, "failed", ["échoué", "échoués"])
        );
    }
    if all < runs {
        let missing = counted(
            runs - all,
            "not finished yet",
            ["non terminé", "non terminés"],
        );
        let _ = write!(text, ", {missing}");
    }
    if plan.excluded > 0 {
        let combinations = locale.counted(
            plan.excluded,
            ["combination", "combinations"],
            ["combinaison", "combinaisons"],
        );
        let _ = match locale.language {
            Language::English => write!(text, "; `exclude` removes {combinations} of the grid"),
            Language::French => write!(text, " ; `exclude` retire {combinations} de la grille"),
        };
    }
    text.push('.');
    text
}

/// The trials with a failed run.
pub(crate) fn failed_trials(plan: &Plan, results: &Results) -> Vec<usize> {
    let has_failed = |&trial: &usize| TrialRuns::count(plan, results, trial).failed > 0;
    (0..plan.trials.len()).filter(has_failed).collect()
}

/// One line for each failed trial, with its first reason.
pub(crate) fn failures(locale: Locale, plan: &Plan, results: &Results) -> Vec<String> {
    let line = |trial: usize| {
        let counts = TrialRuns::count(plan, results, trial);
        let reason = counts.first_failure.as_ref()?;
        let (name, failed) = (&plan.trials[trial].name, counts.failed);
        let of = locale.tr("of", "sur");
        let runs = locale.runs(counts.total);
        let colon = locale.tr(":", " :");
        Some(format!("`{name}`{colon} {failed} {of} {runs} {reason}"))
    };
    (0..plan.trials.len()).filter_map(line).collect()
}
