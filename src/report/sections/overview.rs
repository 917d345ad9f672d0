//! How much of a sweep there is, and what failed.

use crate::plan::Plan;
use crate::record::Results;
use crate::report::locale::Locale;
use crate::report::results::status::TrialState;
use crate::spec::Language;
use std::fmt::Write;

/// The numbers of trials and runs, in a sentence.
pub(crate) fn overview(words: Locale, plan: &Plan, results: &Results) -> String {
    let runs = plan.runs().count();
    let results = results.runs.values();
    let (all, failed) = results.fold((0, 0), |(all, failed), run| {
        (all + 1, failed + usize::from(run.failure.is_some()))
    });
    let done = all - failed;
    let of = |count: usize, english: &str, french: [&str; 2]| match words.language {
        Language::English => format!("{count} {english}"),
        Language::French => words.counted(count, ["", ""], french),
    };
    let mut text = format!(
        "{}, {}{} {}",
        words.trials(plan.trials.len()),
        words.runs(runs),
        words.pick(":", " :"),
        of(done, "finished", ["terminé", "terminés"])
    );
    if failed > 0 {
        let _ = write!(text, ", {}", of(failed, "failed", ["échoué", "échoués"]));
    }
    if all < runs {
        let left = of(runs - all, "not done yet", ["à faire", "à faire"]);
        let _ = write!(text, ", {left}");
    }
    if plan.excluded > 0 {
        let combinations = words.counted(
            plan.excluded,
            ["combination", "combinations"],
            ["combinaison", "combinaisons"],
        );
        let _ = match words.language {
            Language::English => write!(text, "; {combinations} of the grid left out by `exclude`"),
            Language::French => write!(
                text,
                " ; {combinations} de la grille omise(s) par `exclude`"
            ),
        };
    }
    text.push('.');
    text
}

/// A line for each trial that failed, with the first reason.
pub(crate) fn failures(words: Locale, plan: &Plan, results: &Results) -> Vec<String> {
    let line = |trial: usize| {
        let status = TrialState::of(plan, results, trial);
        let reason = status.reason.as_ref()?;
        let (name, failed) = (&plan.trials[trial].name, status.failed);
        let of = words.pick("of", "sur");
        let runs = words.runs(status.runs);
        let colon = words.pick(":", " :");
        Some(format!("`{name}`{colon} {failed} {of} {runs} {reason}"))
    };
    (0..plan.trials.len()).filter_map(line).collect()
}
