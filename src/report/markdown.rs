//! The report as Markdown.

use super::best::as_sweep;
use super::folds::folds;
use super::frame::Status;
use super::leaderboard::{Detail, leaderboard, rest_note};
use super::marginal::marginal;
use crate::plan::{Plan, plural};
use crate::record::Results;
use crate::spec::{RankBy, Split, Sweep};
use polars::prelude::*;
use std::fmt::Write;

/// The whole report; `frame` is that of [`super::frame::trials`].
///
/// # Errors
/// A frame without the columns of that function.
pub(super) fn markdown(
    sweep: &Sweep,
    plan: &Plan,
    results: &Results,
    frame: &DataFrame,
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
    paragraph(&best(sweep, plan, frame)?);
    paragraph(&measures(results));
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
         The test set is measured after the last epoch and has no part in the ranking."
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

fn best(sweep: &Sweep, plan: &Plan, frame: &DataFrame) -> PolarsResult<String> {
    let ranked = frame.column("rank")?.u32()?.get(0).is_some();
    let position = frame.column("position")?.u32()?.get(0);
    let Some(position) = position.filter(|_| ranked) else {
        return Ok(String::new());
    };
    let trial = &plan.trials[position as usize];
    let yaml = as_sweep(&best_name(&sweep.name), &trial.config, sweep.report.rank_by);
    Ok(format!(
        "## Best configuration\n\n`{}`, as a sweep file of its own:\n\n```yaml\n{}\n```",
        trial.name,
        yaml.trim_end()
    ))
}

/// The sweep's name with `-best` behind it, within the length that a name may have.
fn best_name(name: &str) -> String {
    let kept: String = name.chars().take(59).collect();
    format!("{kept}-best")
}

fn measures(results: &Results) -> String {
    let mut devices: Vec<(String, usize)> = results
        .runs
        .values()
        .map(|result| (result.device.clone(), result.workers))
        .collect();
    devices.sort();
    devices.dedup();
    let where_trained: Vec<String> = devices
        .iter()
        .map(|(device, workers)| match workers {
            1 => format!("`{device}`, one run at a time"),
            _ => format!("`{device}`, {workers} runs beside each other"),
        })
        .collect();
    if where_trained.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "## How it was measured\n\nTrained on {}. `s/epoch` is the mean time of an epoch's \
         training steps, without validation; runs beside each other share the machine's caches \
         and memory, so it is not what a run alone would take. ",
        where_trained.join("; ")
    );
    text.push_str(
        match results
            .profiles
            .values()
            .any(|(profile, _)| profile.peak_bytes.is_some())
        {
            true => {
                "`peak MiB` is the most memory that a run took at one time: weights, gradients, \
             optimizer state, activations and batches, the logits of an epoch, and the batches of \
             512 samples in which it is evaluated; without the data set, which all runs share."
            }
            false => "Memory is not measured on this device.",
        },
    );
    text
}
