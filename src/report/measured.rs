//! How the numbers of a report were measured.

use super::metric::stops_early;
use super::number::target;
use crate::plan::Plan;
use crate::record::Results;
use crate::spec::Sweep;
use std::collections::BTreeMap;

/// A paragraph for each kind of number; nothing without results.
pub(super) fn measured(sweep: &Sweep, plan: &Plan, results: &Results) -> String {
    if results.runs.is_empty() {
        return String::new();
    }
    let mut items = vec![
        trained(results),
        precision(results),
        scores(plan),
        losses(plan),
    ];
    if let Some(accuracy) = sweep.report.target_accuracy {
        items.push(format!(
            "Epochs to {} (`mean_epochs_to_target` in the CSV): the first epoch after which the \
             validation accuracy was at least that, mean over the runs; empty unless every run of \
             the trial reached it.",
            target(accuracy.get())
        ));
    }
    items.extend(speed(results));
    items.push(memory(results));
    items.push(
        "`flop_per_sample` in the CSV: the operations of the matrix products in one sample's \
         forward and backward pass."
            .to_owned(),
    );
    let items: Vec<String> = items.iter().map(|item| format!("- {item}")).collect();
    format!("## How it was measured\n\n{}", items.join("\n"))
}

/// On which devices, and how many runs at a time.
fn trained(results: &Results) -> String {
    let mut largest: BTreeMap<(&str, usize), usize> = BTreeMap::new();
    for run in results.runs.values() {
        let largest = largest.entry((&run.device, run.workers)).or_default();
        *largest = run.cohort.max(*largest);
    }
    let places = largest.into_iter().map(|((device, workers), cohort)| {
        let how = match (workers, cohort) {
            (1, 0 | 1) => "one run at a time".to_owned(),
            (workers, 0 | 1) => format!("{workers} runs beside each other"),
            (1, cohort) => format!("up to {cohort} runs together, as one stacked program"),
            (workers, cohort) => format!(
                "up to {cohort} runs together, as one stacked program, and {workers} such programs \
                 beside each other"
            ),
        };
        format!("on `{device}`, {how}")
    });
    format!("Training: {}.", distinct(places).join("; "))
}

/// In which numbers.
fn precision(results: &Results) -> String {
    let runs = results.runs.values();
    let precisions = distinct(runs.map(|run| run.precision.clone()));
    let mut text = format!("Precision: {}.", precisions.join("; "));
    if text.contains("TF32") {
        text.push_str(
            " TF32 rounds the factors of a product to 10 bits behind the point (float32 has 23); \
             sums are in float32.",
        );
    }
    text
}

fn scores(plan: &Plan) -> String {
    let model = match stops_early(plan) {
        true => {
            "the final model, which is that of the last epoch or, where a run stops early and \
             `training.restore_best` holds, of the best"
        }
        false => "the model after the last epoch",
    };
    format!(
        "Accuracy, loss and macro F1 (the mean of the classes' F1 scores): of {model}. The test \
         set is measured once, at the end, and takes no part in any choice."
    )
}

fn losses(plan: &Plan) -> String {
    let mut text =
        "Losses are the cross-entropy alone, without penalties and label smoothing. The \
                    training loss is the mean over an epoch's batches, each before its step, with \
                    dropout and changes of the images where there are such."
            .to_owned();
    if plan.is_validated() {
        text.push_str(
            " The validation loss is taken after the epoch, of the whole model. `gap` is the \
             validation loss minus the training loss of the same epoch. It can be below 0 without \
             anything being wrong: the training loss is of a model that was still improving, and \
             that dropout hindered.",
        );
    }
    text
}

fn speed(results: &Results) -> Vec<String> {
    let mut items = Vec::new();
    let profiles = || results.profiles.values();
    let steps = || profiles().map(|(profile, _)| profile.steps);
    if let (Some(least), Some(most)) = (steps().min(), steps().max()) {
        let steps = match least == most {
            true => least.to_string(),
            false => format!("{least} to {most}"),
        };
        let devices = distinct(profiles().map(|(_, device)| format!("`{device}`")));
        items.push(format!(
            "`s/epoch` (`profile_seconds_per_epoch` in the CSV): each trial alone on {}, after all \
             runs: a fresh model is trained for a few steps to warm up, then {steps} steps are \
             timed; their median, times the steps of an epoch. Without validation. The fastest of \
             three rounds over all trials: other programs on the machine only slow down, so small \
             differences mean little.",
            devices.join(", "),
        ));
    } else {
        items.push("`s/epoch`: not measured yet.".to_owned());
    }
    items.push(
        "`mean_seconds_per_epoch` in the CSV: the training steps of an epoch as they took in the \
         runs themselves, amortised: the time of runs trained together is divided by their number \
         (`mean_cohort`), and runs beside each other share caches, memory and device. So it is not \
         what a run alone would take."
            .to_owned(),
    );
    items
}

fn memory(results: &Results) -> String {
    let mut profiles = results.profiles.values();
    match profiles.any(|(profile, _)| profile.peak_bytes.is_some()) {
        true => {
            "`peak MiB` (`profile_peak_bytes` in the CSV): in the same measurement, the most bytes \
             that its thread held at one time from the process's allocator, while the model was set \
             up and trained: parameters, optimizer state, activations, gradients and batches; \
             without the data set, which all runs share."
        }
        false => "`peak MiB`: memory was not measured.",
    }
    .to_owned()
}

fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<String> = texts.collect();
    texts.sort();
    texts.dedup();
    texts
}
