//! `predictions.bin`: the predicted class of each validation sample, in the folder of a run.

use crate::support::made_up::reported;
use crate::support::{Project, files};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;
use tp_sweep::metrics::SamplePredictions;
use tp_sweep::plan::RunId;
use tp_sweep::record::{RunClassification, read_predictions};
use tp_sweep::report::{Listing, Report, TrialClasses, TrialDetails, TrialPredictions};
use tp_sweep::spec::DataRemarks;

const SWEEP: &str = "
data: { limit: 900 }
training: { epochs: 2, batch_size: 30 }
model: { width: 16 }
validation: { folds: 3, seed: 5 }
grid:
  training.learning_rate: [0.2, 0.01]
";

fn read(project: &Project, run: &str) -> SamplePredictions {
    let folder = project.path("runs/sweep").join(run);
    read_predictions(&folder).unwrap_or_else(|| panic!("{run} has no predictions"))
}

/// The counts of each label and predicted class.
fn confusion(predictions: &SamplePredictions) -> Vec<Vec<u64>> {
    let mut counts = vec![vec![0; predictions.classes]; predictions.classes];
    for (&label, &predicted) in predictions.labels.iter().zip(&predictions.predicted) {
        counts[usize::from(label)][usize::from(predicted)] += 1;
    }
    counts
}

#[test]
fn each_validation_sample_of_a_run_has_a_prediction() {
    let project = Project::new(SWEEP);
    assert_eq!(project.train(&["--quiet"]).code, 0);
    let mut labels = Vec::new();
    for trial in ["lr0.2", "lr0.01"] {
        let mut samples = BTreeSet::new();
        let mut labelled = Vec::new();
        for fold in 0..3 {
            let run = format!("{trial}/fold-{fold}");
            let predictions = read(&project, &run);
            assert_eq!(predictions.samples.len(), 300, "{run}");
            let classes = RunClassification::read(&project.path("runs/sweep").join(&run)).unwrap();
            let counted = classes.validation.unwrap().confusion;
            assert_eq!(confusion(&predictions), counted, "{run}");
            samples.extend(predictions.samples.iter().copied());
            labelled.extend(predictions.samples.into_iter().zip(predictions.labels));
        }
        assert_eq!(samples.len(), 900, "each sample is in one fold: {trial}");
        labels.push(labelled);
    }
    assert_eq!(labels[0], labels[1], "both trials have the same folds");
}

#[test]
fn predictions_do_not_depend_on_workers_or_cohorts() {
    let alone = Project::new(SWEEP);
    assert_eq!(
        alone
            .train(&["--quiet", "--workers", "1", "--cohort", "1"])
            .code,
        0
    );
    let stacked = Project::new(SWEEP);
    assert_eq!(
        stacked
            .train(&["--quiet", "--workers", "2", "--cohort", "3"])
            .code,
        0
    );
    for trial in ["lr0.2", "lr0.01"] {
        for fold in 0..3 {
            let run = format!("{trial}/fold-{fold}");
            assert_eq!(read(&alone, &run), read(&stacked, &run), "{run}");
        }
    }
}

#[test]
fn predictions_can_be_disabled() {
    let project = Project::new(&format!("{SWEEP}record: {{ predictions: false }}\n"));
    assert_eq!(project.train(&["--quiet"]).code, 0);
    let is_predictions = |path: &Path| path.ends_with("predictions.bin");
    let written = files(&project.path("runs"));
    assert!(!written.iter().any(|path| is_predictions(path)));
    assert!(written.iter().any(|path| path.ends_with("classes.json")));
}

/// The lines of a section of the Markdown report.
fn section(project: &Project, title: &str) -> String {
    let text = project.read("reports/sweep.md");
    let (_, after) = text
        .split_once(&format!("## {title}\n"))
        .unwrap_or_else(|| panic!("no section {title} in\n{text}"));
    after.split("\n## ").next().unwrap().to_owned()
}

#[test]
fn the_report_has_a_section_on_the_validation_samples() {
    let project = Project::new(&format!("{SWEEP}  model.width: [16, 24]\n"));
    assert_eq!(project.train(&["--quiet"]).code, 0);
    let samples = section(&project, "Validation samples");
    assert!(
        samples.contains("How 4 trials classified 900 validation samples"),
        "{samples}"
    );
    // Every listed sample has more wrong predictions than right ones.
    let rows: Vec<Vec<&str>> = samples
        .lines()
        .filter(|line| line.starts_with("| ") && !line.contains("sample") && !line.contains("---"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    assert!(!rows.is_empty(), "{samples}");
    for row in &rows {
        let [wrong, all] = [row[4], row[5]].map(|cell| cell.parse::<u32>().unwrap());
        assert_eq!(all, 4, "{samples}");
        assert!(2 * wrong > all, "{samples}");
    }
    let figure = project.read("reports/sweep/difficult-samples.svg");
    assert_eq!(figure.matches("<image").count(), 24, "one for each sample");

    // Without the data, and without predictions, the rest of the report remains.
    let report = |project: &Project| {
        let done = project.run(&["report", "sweep.yaml", "--data", "nowhere"]);
        assert_eq!(done.code, 0, "{}", done.error);
    };
    report(&project);
    let texts = |section: &str| -> Vec<String> {
        let lines = section.lines().map(str::trim).map(str::to_owned);
        lines
            .filter(|line| !line.is_empty() && !line.starts_with("!["))
            .collect()
    };
    let without_data = section(&project, "Validation samples");
    assert!(!without_data.contains("!["), "{without_data}");
    assert_eq!(texts(&without_data), texts(&samples));
    assert!(!project.path("reports/sweep/difficult-samples.svg").exists());
    for file in files(&project.path("runs")) {
        if file.ends_with("predictions.bin") {
            std::fs::write(file, "damaged").unwrap();
        }
    }
    report(&project);
    let text = project.read("reports/sweep.md");
    assert!(!text.contains("## Validation samples"), "{text}");
}

/// Details that list the trials whose predictions are read.
#[derive(Default)]
struct ReadTrials(RefCell<Vec<usize>>);

impl TrialDetails for ReadTrials {
    fn classes(&self, _trial: usize) -> Option<TrialClasses> {
        None
    }

    fn predictions(&self, trial: usize) -> Option<TrialPredictions> {
        self.0.borrow_mut().push(trial);
        let run = SamplePredictions {
            classes: 10,
            samples: vec![7],
            labels: vec![3],
            predicted: vec![3],
        };
        Some(TrialPredictions::new(vec![run]))
    }
}

#[test]
fn only_the_predictions_on_the_splits_of_the_best_trial_are_read() {
    let text = "validation: { folds: 2 }\n\
                grid: { data.limit: [200, 300], training.learning_rate: [0.1, 0.2, 0.3] }";
    // Trial 4 is the best, then 5, 1, 3, 2, 0.
    let accuracy = |run: RunId| [0.1, 0.4, 0.2, 0.3, 0.6, 0.5][run.trial];
    let (sweep, plan, _, results) = reported(text, accuracy);
    let details = ReadTrials::default();
    let (remarks, listing) = (DataRemarks::default(), Listing::default());
    Report::new(&sweep, &plan, &results, &remarks, &listing, &details).unwrap();
    assert_eq!(*details.0.borrow(), [4, 5, 3]);
}
