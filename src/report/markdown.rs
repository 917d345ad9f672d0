//! The report as Markdown.

use super::Best;
use super::best::as_sweep;
use super::classes::TrialClasses;
use super::folds::folds;
use super::gradients::gradients;
use super::leaderboard::{Detail, leaderboard, rest_note};
use super::losses::losses;
use super::marginal::marginal;
use super::measured::measured;
use super::metric::stops_early;
use super::status::Status;
use crate::plan::{Plan, plural};
use crate::record::Results;
use crate::spec::{RankBy, Split, Sweep};
use polars::prelude::*;
use std::fmt::Write;

/// The whole report; `frame` is that of [`super::frame::trials`], `best` the trial that is shown
/// more closely.
///
/// # Errors
/// A frame without the columns of that function.
pub(super) fn markdown(
    sweep: &Sweep,
    plan: &Plan,
    results: &Results,
    frame: &DataFrame,
    best: Option<&Best>,
) -> PolarsResult<String> {
    let mut text = format!("# {}\n\n", plan.name);
    let mut paragraph = |lines: &str| {
        if !lines.is_empty() {
            text.push_str(lines.trim_end());
            text.push_str("\n\n");
        }
    };
    paragraph(&sweep.description);
    paragraph(&overview(plan, results));
    paragraph("## Ranking");
    paragraph(&ranking_note(sweep, plan));
    paragraph(&leaderboard(sweep, plan, results, frame, Detail::Full)?.to_markdown());
    paragraph(&rest_note(frame).unwrap_or_default());
    paragraph(&failures(plan, results));
    if let Some(folds) = folds(plan, frame)? {
        paragraph("## Scores of each fold");
        paragraph(
            "Validation accuracy in percent on each split of the best trials (with repeats: those \
             of the first repeat come first).",
        );
        paragraph(&folds.to_markdown());
    }
    if let Some(losses) = losses(plan, results) {
        paragraph("## Losses by epoch");
        paragraph(&losses_note(plan));
        paragraph(&losses.to_markdown());
    }
    if let Some(gradients) = gradients(plan, results) {
        paragraph("## Gradient norms");
        paragraph(GRADIENTS_NOTE);
        paragraph(&gradients.to_markdown());
    }
    let finished = |trial: usize| Status::of(plan, results, trial).word() == "finished";
    if !plan.columns.is_empty() && (0..plan.trials.len()).any(finished) {
        paragraph("## Effect of each factor");
        paragraph(
            "Each level's mean over the trials of the grid that have it, that is over all other \
             factors; ± is the sample standard deviation between those trials.",
        );
    }
    for factor in &plan.columns {
        if let Some(marginal) = marginal(sweep, plan, factor, frame)? {
            paragraph(&format!("### {}", factor.name));
            paragraph(&marginal.table.to_markdown());
            if marginal.uneven {
                paragraph(
                    "The levels stand in different numbers of trials, with different levels of \
                     the other factors: part of a difference between them can come from those.",
                );
            }
        }
    }
    if let Some(best) = best {
        if let Some(classes) = &best.classes {
            paragraph(&classes_section(plan, best.trial, classes));
        }
        if plan.is_validated() {
            paragraph(&best_configuration(sweep, plan, best.trial));
        }
    }
    paragraph(&measured(sweep, plan, results));
    Ok(format!("{}\n", text.trim_end()))
}

fn overview(plan: &Plan, results: &Results) -> String {
    let runs = plan.runs().count();
    let failed = results
        .runs
        .values()
        .filter(|r| r.failure.is_some())
        .count();
    let done = results.runs.len() - failed;
    let trials = plan.trials.len();
    let (trial, run) = (plural(trials, "trial"), plural(runs, "run"));
    let mut text = format!("{trials} {trial}, {runs} {run}: {done} finished");
    if failed > 0 {
        let _ = write!(text, ", {failed} failed");
    }
    if results.runs.len() < runs {
        let _ = write!(text, ", {} not done yet", runs - results.runs.len());
    }
    if plan.excluded > 0 {
        let noun = plural(plan.excluded, "combination");
        let _ = write!(
            text,
            "; {} {noun} of the grid left out by `exclude`",
            plan.excluded
        );
    }
    text.push('.');
    text
}

fn ranking_note(sweep: &Sweep, plan: &Plan) -> String {
    let validation = &plan.trials[0].config.validation;
    if !plan.is_validated() {
        return "Nothing is held out for validation, so trials are listed in the order of the \
                plan and none is chosen: the test set is not for choosing."
            .to_owned();
    }
    let by = match sweep.report.rank_by {
        RankBy::Accuracy => "validation accuracy, the highest",
        RankBy::Loss => "validation loss, the lowest",
    };
    let configs = plan.trials.iter().map(|trial| &trial.config.validation);
    let same = configs
        .clone()
        .all(|v| (v.split(), v.repeats) == (validation.split(), validation.repeats));
    let over = match (validation.split(), validation.repeats.get()) {
        _ if !same => "over each trial's own validation splits, which differ".to_owned(),
        (Split::Folds(folds), 1) => format!("over {folds} folds"),
        (Split::Folds(folds), repeats) => format!("over {repeats} repeats of {folds} folds"),
        (Split::Holdout(_), 1) => "on one hold-out split".to_owned(),
        (Split::Holdout(_), repeats) => format!("over {repeats} hold-out splits"),
    };
    format!(
        "By mean {by} first, {over}; ± is the sample standard deviation between them. \
         The test set has no part in the ranking. What is measured how stands at the end."
    )
}

fn failures(plan: &Plan, results: &Results) -> String {
    let mut text = String::new();
    for trial in 0..plan.trials.len() {
        let status = Status::of(plan, results, trial);
        if let Some(reason) = status.reason {
            let name = &plan.trials[trial].name;
            let _ = writeln!(
                text,
                "- `{name}`: {} of {} {} {reason}",
                status.failed,
                status.runs,
                plural(status.runs, "run"),
            );
        }
    }
    match text.is_empty() {
        true => text,
        false => format!("### Failed trials\n\n{text}"),
    }
}

/// What to see in the gradients' norms.
const GRADIENTS_NOTE: &str = "The norm of the gradient of each layer's weights, in the last step of \
    the first epoch → of the last; layer1 is next to the input; means over the runs. Norms that \
    fall from the last layer toward layer1 are a vanishing gradient: the layers near the input \
    hardly learn. Norms that rise that way are an exploding one. A layer with a norm of 0, or next \
    to it, does not learn, as where all weights start at 0.";

fn losses_note(plan: &Plan) -> String {
    let mut text = match plan.is_validated() {
        true => {
            "Training loss / validation loss after each epoch, means over the runs. Where the \
             training loss goes on falling and the validation loss no longer does, the model \
             over-fits. The last row is the gap of the final model, validation minus training."
        }
        false => "Training loss of each epoch, means over the runs.",
    }
    .to_owned();
    if stops_early(plan) {
        text.push_str(" Runs that stopped early are in the means of their own epochs alone.");
    }
    text
}

fn classes_section(plan: &Plan, trial: usize, classes: &TrialClasses) -> String {
    let validated = classes.scores.validation.is_some();
    let title = match plan.trials.len() {
        1 => "## Classes".to_owned(),
        _ => "## Classes of the best trial".to_owned(),
    };
    let samples = match validated {
        true => "the validation samples and on the test set",
        false => "the test set",
    };
    let name = &plan.trials[trial].name;
    let mut text = format!(
        "{title}\n\nThe share of each class that `{name}` classifies rightly on {samples}, over \
         all of its runs.\n\n{}",
        classes.accuracies().to_markdown()
    );
    if classes.unlisted() > 0 {
        let _ = write!(
            text,
            "\n{} more classes are left out.\n",
            classes.unlisted()
        );
    }
    if let Some(confusion) = classes.confusion() {
        let kind = match validated {
            true => "validation",
            false => "test",
        };
        let _ = write!(
            text,
            "\nConfusion matrix: {kind} samples by their true class (row) and the predicted one \
             (column), over all runs.\n\n{}",
            confusion.to_markdown()
        );
    }
    text
}

fn best_configuration(sweep: &Sweep, plan: &Plan, trial: usize) -> String {
    let trial = &plan.trials[trial];
    let yaml = as_sweep(&best_name(&sweep.name), &trial.config, sweep.report.rank_by);
    format!(
        "## Best configuration\n\n`{}`, as a sweep file of its own:\n\n```yaml\n{}\n```",
        trial.name,
        yaml.trim_end()
    )
}

/// The sweep's name with `-best` behind it, within the length that a name may have.
fn best_name(name: &str) -> String {
    let kept: String = name.chars().take(59).collect();
    format!("{kept}-best")
}
