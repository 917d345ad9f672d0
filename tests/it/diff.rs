//! `tp-sweep diff`: how two trials of a sweep differ, and what it shows if results are missing.

use crate::support::executor::FakeExecutor;
use crate::support::made_up::{markdown, planned, reported, run, store};
use crate::support::{Done, Project, repository};
use tp_sweep::metrics::SamplePredictions;
use tp_sweep::plan::RunId;
use tp_sweep::record::read_predictions;
use tp_sweep::report::{Document, RecordedTrial, diff_trials};

const SWEEP: &str = "
data: { limit: 900 }
training: { epochs: 2, batch_size: 30 }
model: { width: 16 }
validation: { folds: 3, seed: 5 }
grid:
  training.learning_rate: [0.2, 0.1, 0.01]
";

fn diff(project: &Project, arguments: &[&str]) -> Done {
    let data = repository().join("data");
    let fixed = ["diff", "sweep.yaml", "--data", data.to_str().unwrap()];
    project.run(&[&fixed, arguments].concat())
}

/// The numbers of samples that both trials, one of them or neither classifies correctly.
fn outcomes(project: &Project, trials: [&str; 2], folds: &[u32]) -> [usize; 4] {
    let mut counts = [0; 4];
    for fold in folds {
        let [a, b] = trials.map(|trial| {
            let folder = project.path(&format!("runs/sweep/{trial}/fold-{fold}"));
            read_predictions(&folder).unwrap()
        });
        assert_eq!(a.samples, b.samples);
        for (a, b) in a.correct().zip(b.correct()) {
            counts[match (a, b) {
                (true, true) => 0,
                (true, false) => 1,
                (false, true) => 2,
                (false, false) => 3,
            }] += 1;
        }
    }
    counts
}

#[test]
fn two_trials_of_a_real_sweep_are_compared_sample_by_sample() {
    let project = Project::new(SWEEP);
    assert_eq!(project.train(&["--quiet"]).code, 0);
    let done = diff(&project, &["lr0.2", "lr0.01"]);
    assert_eq!((done.code, done.error.as_str()), (0, ""));
    let text = done.output;
    assert!(text.starts_with("A: lr0.2, rank "), "{text}");
    assert!(
        text.contains("\ntraining.learning_rate  0.2  0.01\n"),
        "{text}"
    );
    let [both, only_a, only_b, neither] = outcomes(&project, ["lr0.2", "lr0.01"], &[0, 1, 2]);
    let row = |name: &str, cells: [usize; 2]| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap();
        let shown: Vec<&str> = line.split_whitespace().skip(2).collect();
        assert_eq!(shown, cells.map(|cell| cell.to_string()), "{text}");
    };
    row("A correct", [both, only_a]);
    row("A wrong", [only_b, neither]);
    assert!(
        only_a > 20,
        "a rate of 0.01 is too low for two epochs: {text}"
    );
    assert!(
        text.contains(&format!("The first 20 of {only_a} samples.")),
        "{text}"
    );
    assert!(text.contains("McNemar’s exact test: p < 0.001"), "{text}");
    // In the other order, A and B change places.
    let other = diff(&project, &["lr0.01", "lr0.2"]).output;
    assert!(
        other.contains("Classified correctly by B only:\n\nThe first 20"),
        "{other}"
    );
    // As Markdown in a file, in French.
    let french = ["--set", "report.language=fr", "--output", "deux.md"];
    let done = diff(&project, &[&["lr0.2", "lr0.01"][..], &french].concat());
    assert_eq!((done.code, done.output.as_str()), (0, "deux.md\n"));
    let file = project.read("deux.md");
    assert!(
        file.starts_with("# sweep : deux essais\n\n- A : `lr0.2`, rang "),
        "{file}"
    );
    assert!(
        file.contains(&format!("| A juste     | {both:>7} | {only_a:>6} |")),
        "{file}"
    );
    // The sweep file is not overwritten.
    let done = diff(&project, &["lr0.2", "lr0.01", "--output", "sweep.yaml"]);
    assert_eq!(done.code, 2);
    assert!(
        done.error.contains("would be overwritten"),
        "{}",
        done.error
    );
    assert_eq!(project.read("sweep.yaml"), SWEEP);
}

#[test]
fn missing_results_and_predictions_are_stated_and_the_rest_is_shown() {
    let project = Project::new(SWEEP);
    assert_eq!(project.train(&["--quiet"]).code, 0);
    let run = |name: &str| project.path("runs/sweep/lr0.1").join(name);
    std::fs::remove_file(run("fold-1/result.json")).unwrap();
    let done = diff(&project, &["lr0.2", "lr0.1"]);
    assert_eq!(done.code, 3, "{}", done.error);
    let text = done.output;
    assert!(
        text.contains("B: 1 of 3 runs has no result yet; tp-sweep run trains the rest.\n"),
        "{text}"
    );
    assert!(
        text.contains("not all runs of both trials have finished"),
        "{text}"
    );
    assert!(
        text.contains("Only 2 of 3 runs have predictions of both trials."),
        "{text}"
    );
    let [both, only_a, ..] = outcomes(&project, ["lr0.2", "lr0.1"], &[0, 2]);
    assert!(
        text.contains(&format!("\nA correct    {both:>9}  {only_a:>7}\n")),
        "{text}"
    );
    // The other pair is complete.
    assert_eq!(diff(&project, &["lr0.2", "lr0.01"]).code, 0);
    // As results of an earlier version.
    for fold in 0..3 {
        std::fs::remove_file(run(&format!("fold-{fold}/predictions.bin"))).unwrap();
    }
    let text = diff(&project, &["lr0.2", "lr0.1"]).output;
    assert!(
        text.contains("The predictions of B for single samples were not recorded"),
        "{text}"
    );
    assert!(text.contains("\nRecall: "), "from classes.json: {text}");
    assert!(!text.contains("\nValidation samples\n"), "{text}");
    // A sweep without any result.
    std::fs::remove_dir_all(project.path("runs")).unwrap();
    let done = diff(&project, &["lr0.2", "lr0.1"]);
    assert_eq!((done.code, done.output.as_str()), (3, ""));
    assert!(
        done.error.contains("no results of this sweep"),
        "{}",
        done.error
    );
}

#[test]
fn an_unknown_trial_is_refused_with_the_nearest_name_and_a_trial_has_no_difference_from_itself() {
    let project = Project::new(SWEEP);
    let done = diff(&project, &["lr0.2", "lr0.02"]);
    assert_eq!(done.code, 2);
    let message = "no such trial: lr0.02; did you mean lr0.2?";
    assert!(done.error.contains(message), "{}", done.error);
    let done = diff(&project, &["lr0.2", "lr0.2"]);
    assert_eq!(done.code, 2);
    assert!(
        done.error.contains("lr0.2 is given twice"),
        "{}",
        done.error
    );
    assert_eq!(diff(&project, &["lr0.2"]).code, 2);
}

/// The predictions of a run for six samples: trial 0 classifies the first `accuracy · 6` of them
/// correctly, the others the last.
fn predictions(run: RunId, accuracy: f64) -> SamplePredictions {
    let right = (accuracy * 6.0).round() as u16;
    let labels: Vec<u16> = (0..6).collect();
    let predicted = labels.iter().map(|&label| {
        let place = if run.trial == 0 { label } else { 5 - label };
        if place < right { label } else { 9 }
    });
    SamplePredictions {
        classes: 10,
        samples: (0..6).map(|sample| 10 * run.fold + sample).collect(),
        predicted: predicted.collect(),
        labels,
    }
}

/// The document about the first two trials of a sweep whose runs have these accuracies.
fn made_up(text: &str, accuracy: fn(RunId) -> f64) -> Document {
    let (sweep, plan) = planned(text);
    let folder = tempfile::tempdir().unwrap();
    let executor = FakeExecutor::with_accuracies(accuracy);
    let results = run(folder.path(), &sweep, &plan, &executor).results;
    let store = store(folder.path(), &plan);
    let recorded = [0, 1].map(|trial| {
        let predicted = |run: RunId| {
            let validation = results.finished(run)?.validation.as_ref()?;
            Some(predictions(run, validation.accuracy()?))
        };
        let counted = |run: RunId| {
            results.finished(run)?;
            store.classification(&plan, run)
        };
        RecordedTrial {
            trial,
            class_names: (0..10).map(|class| format!("kind{class}")).collect(),
            classes: plan.runs_of(trial).map(counted).collect(),
            predictions: plan.runs_of(trial).map(predicted).collect(),
        }
    });
    let [a, b] = &recorded;
    diff_trials(&sweep, &plan, &results, [a, b]).unwrap()
}

const GRID: &str = "
name: made-up
training: { epochs: 1 }
validation: { folds: 3, repeats: 2 }
grid:
  training.optimizer: [sgd, adam]
  model.width: [16, 32, 64]
";

/// The second trial is better; the fold and the repeat change the accuracy too.
fn second_is_better(run: RunId) -> f64 {
    let split = f64::from(run.fold) / 12.0 + f64::from(run.repeat) / 30.0;
    [0.5, 0.68, 0.6, 0.4, 0.3, 0.2][run.trial]
        + split
        + 0.01 * f64::from(run.fold * run.trial as u32 % 2)
}

#[test]
fn the_difference_reads_well_in_both_languages() {
    let document = made_up(GRID, second_is_better);
    insta::assert_snapshot!("text", document.to_text());
    let french = format!("{GRID}report: {{ language: fr }}\n");
    let document = made_up(&french, second_is_better);
    insta::assert_snapshot!("french", document.to_markdown(""));
}

#[test]
fn the_test_of_the_scores_is_that_of_the_comparison_with_a_baseline() {
    // With separate variances, the interval would be wider.
    let baseline = "report: { baseline: { training.optimizer: sgd, model.width: 16 } }\n";
    let (.., report, _) = reported(&format!("{GRID}{baseline}"), second_is_better);
    let markdown = markdown(&report);
    let row = |line: &&str| line.starts_with("| optimizer-sgd_width32 ") && line.contains("better");
    let row = markdown.lines().find(row).unwrap();
    let bounds: Vec<&str> = row.split('|').nth(3).unwrap().split(" to ").collect();
    let [low, high] = [bounds[0], bounds[1]].map(|bound| bound.trim().trim_start_matches('+'));
    let verdict = &made_up(GRID, second_is_better).summary[2];
    let interval = format!("(95 % interval {low} to {high}, p < 0.001)");
    assert!(verdict.contains(&interval), "{verdict}, not {interval}");
}

#[test]
fn trials_that_cannot_be_tested_are_shown_with_the_reason() {
    let text = |sweep: &str, accuracy| {
        let text = made_up(&format!("training: {{ epochs: 1 }}\n{sweep}"), accuracy).to_text();
        assert!(!text.contains("95 % interval"), "{text}");
        assert!(
            text.contains("\nval acc %") || text.contains("\ntest acc %"),
            "{text}"
        );
        text
    };
    let equal = |_: RunId| 0.5;
    let shown = text("grid: { validation.seed: [1, 2] }", equal);
    assert!(shown.contains("validated on different samples"), "{shown}");
    assert!(
        shown.contains("\nRecall: ") && !shown.contains("\nValidation samples\n"),
        "{shown}"
    );
    let shown = text("grid: { model.width: [8, 16] }", equal);
    assert!(
        shown.contains("a single split cannot show which differences are due to chance"),
        "{shown}"
    );
    assert!(shown.contains("\nValidation samples\n"), "{shown}");
    let shown = text(
        "validation: { holdout: 0 }\ngrid: { model.width: [8, 16] }",
        equal,
    );
    assert!(
        shown.contains("no samples are held out for validation"),
        "{shown}"
    );
    assert!(!shown.contains("predictions"), "none are expected: {shown}");
    let shown = text(
        "validation: { folds: 2 }\ngrid: { model.width: [8, 16] }",
        |run| {
            if run
                == (RunId {
                    trial: 0,
                    repeat: 0,
                    fold: 1,
                })
            {
                f64::NAN
            } else {
                0.5
            }
        },
    );
    assert!(
        shown.contains("A: 1 of 2 runs diverged: the loss or its gradient is not finite"),
        "{shown}"
    );
    assert!(
        shown.contains("tp-sweep run --retry-failed trains failed runs again"),
        "{shown}"
    );
}
