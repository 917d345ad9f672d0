//! The plan as text.

use super::sweep_plan::Plan;
use super::trial::Trial;
use super::work::WorkEstimate;
use crate::spec::{ColumnNote, Split, Sweep};
use crate::wording::{duration, grouped, plural};
use std::fmt::Write;

/// The training speed assumed for the estimate, in operations per second: what one CPU core of 2020 or
/// later reaches on models of this size (40 GFLOP/s with AVX2, 160 with AVX-512).
const ASSUMED_FLOPS: f64 = 60e9;

/// The maximum number of trials that a summary lists.
const MAX_LISTED_TRIALS: usize = 12;

/// The plan of a sweep as text: its size, its factors, its first trials. `notes` describe the columns of a
/// table.
pub fn summary(sweep: &Sweep, plan: &Plan, notes: &[ColumnNote]) -> String {
    let work = plan.work();
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "{name:<9} {value}");
    };
    line("sweep", plan.name.clone());
    if !sweep.description.is_empty() {
        line("", sweep.description.clone());
    }
    line("data", data_line(plan));
    notes.iter().for_each(|note| line("", note.to_string()));
    line("trials", trials_line(plan));
    line("folds", folds_line(plan));
    line("runs", runs_line(plan));
    line("work", work_line(&work));
    text.push_str("\nfactors, the first varies slowest:\n");
    for factor in &sweep.factors {
        let levels: Vec<&str> = factor.levels.iter().map(|l| l.label.as_str()).collect();
        let shown = match levels.len() {
            0..=12 => levels.join(", "),
            count => format!("{}, … ({count} levels)", levels[..10].join(", ")),
        };
        let condition = if factor.when.is_some() {
            " (conditional)"
        } else {
            ""
        };
        let _ = writeln!(text, "  {}: {shown}{condition}", factor.name);
    }
    if sweep.factors.is_empty() {
        text.push_str("  none\n");
    }
    text.push_str("\ntrials:\n");
    for trial in plan.trials.iter().take(MAX_LISTED_TRIALS) {
        let _ = writeln!(text, "  {}", trial.name);
    }
    if let Some(more) = plan
        .trials
        .len()
        .checked_sub(MAX_LISTED_TRIALS)
        .filter(|&more| more > 0)
    {
        let _ = writeln!(text, "  … and {} more", grouped(more as u64));
    }
    text
}

/// The data set: samples, features, classes.
fn data_line(plan: &Plan) -> String {
    let describe = |trial: &Trial| {
        let (data, info) = (&trial.config.data, &trial.config.dataset_info);
        let name = match &data.path {
            Some(path) => format!("{} {path}", data.set),
            None => data.set.to_string(),
        };
        let shape = match info.image {
            Some([height, width, channels]) => format!("{height} × {width} × {channels} pixels"),
            None => format!(
                "{} {}",
                grouped(info.features as u64),
                plural(info.features, "feature")
            ),
        };
        format!(
            "{name}: {} training + {} test samples, {shape}, {} classes",
            grouped(info.training_samples as u64),
            grouped(info.test_samples as u64),
            info.classes,
        )
    };
    let first = describe(&plan.trials[0]);
    let config = &plan.trials[0].config;
    let is_same = plan.trials.iter().all(|trial| {
        trial.config.dataset_info == config.dataset_info
            && trial.config.data.source() == config.data.source()
    });
    if is_same {
        first
    } else {
        "differs between trials".to_owned()
    }
}

fn trials_line(plan: &Plan) -> String {
    let included = plan.trials.iter().filter(|t| t.included.is_some()).count();
    let mut line = grouped(plan.trials.len() as u64);
    let mut notes = Vec::new();
    if plan.excluded > 0 {
        let noun = plural(plan.excluded, "combination");
        notes.push(format!("{} {noun} excluded", grouped(plan.excluded as u64)));
    }
    if included > 0 {
        notes.push(format!("{included} from include"));
    }
    if !notes.is_empty() {
        let _ = write!(line, " ({})", notes.join(", "));
    }
    line
}

fn folds_line(plan: &Plan) -> String {
    let describe = |trial: &Trial| {
        let validation = &trial.config.validation;
        let split = match validation.split() {
            Split::Folds(folds) => format!("{folds}"),
            Split::Holdout(0.0) => "none (no validation)".to_owned(),
            Split::Holdout(fraction) => format!("1 (hold-out of {} %)", fraction * 100.0),
        };
        match validation.repeats.get() {
            1 => split,
            repeats => format!("{split}, {repeats} repeats"),
        }
    };
    let first = describe(&plan.trials[0]);
    if plan.trials.iter().all(|trial| describe(trial) == first) {
        first
    } else {
        "differ between trials".to_owned()
    }
}

/// The number of runs, and how many of them can be trained together.
fn runs_line(plan: &Plan) -> String {
    let runs = plan.runs().count();
    let groups = plan.stack_groups(plan.runs(), false).len();
    let count = grouped(runs as u64);
    match groups {
        _ if runs == 1 => count,
        1 => format!("{count} with the same model shape, which can be trained together"),
        _ if groups == runs => format!("{count}, each with a different model shape"),
        _ => format!(
            "{count} with {} model shapes; runs with the same shape can be trained together",
            grouped(groups as u64)
        ),
    }
}

fn work_line(work: &WorkEstimate) -> String {
    format!(
        "{} {}, {} {}, {} TFLOP: {} on one core at {} GFLOP/s",
        grouped(work.epochs),
        plural(work.epochs as usize, "epoch"),
        grouped(work.steps),
        plural(work.steps as usize, "step"),
        rounded(work.flop / 1e12),
        duration(work.flop / ASSUMED_FLOPS),
        ASSUMED_FLOPS / 1e9,
    )
}

fn rounded(value: f64) -> String {
    match value {
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 1.0 => format!("{v:.1}"),
        v => format!("{v:.2}"),
    }
}
