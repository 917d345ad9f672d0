//! Scheduler, records and report together, with an executor that trains nothing: what is ranked
//! how, what failed, what is tried again.

mod support;

use std::path::Path;
use std::sync::Mutex;
use tp_sweep::event::{EpochMetrics, Failure, Outcome, TestMetrics};
use tp_sweep::plan::{Plan, RunId};
use tp_sweep::record::Store;
use tp_sweep::report::Report;
use tp_sweep::run::{Executed, Executor, Interrupt, Ran, Schedule, Silent};
use tp_sweep::spec::{Source, Sweep};
use tp_sweep::train::{Interrupted, Observer};

const SWEEP: &str = "
name: made-up
description: A sweep with an executor that makes its numbers up.
validation: { folds: 2 }
training: { epochs: 2 }
grid:
  training.optimizer: [sgd, adam]
  training.momentum: { values: [0, 0.9], when: { training.optimizer: sgd } }
  model.width: [16, 32]
exclude: [{ training.momentum: 0.9, model.width: 16 }]
include: [{ model.layers: 3 }]
";

/// Makes the validation accuracy of each trial and fold up, and remembers what it was asked.
struct MadeUp {
    accuracy: fn(RunId) -> f64,
    asked: Mutex<Vec<RunId>>,
}

impl MadeUp {
    fn new(accuracy: fn(RunId) -> f64) -> Self {
        Self {
            accuracy,
            asked: Mutex::default(),
        }
    }
}

impl Executor for MadeUp {
    /// A negative accuracy is a panic, one that is no number a divergence.
    fn execute(
        &self,
        plan: &Plan,
        cohort: &[RunId],
        observer: &mut dyn Observer,
    ) -> Result<Executed, Interrupted> {
        let mut outcomes = Vec::new();
        for (member, &run) in cohort.iter().enumerate() {
            self.asked.lock().unwrap().push(run);
            let accuracy = (self.accuracy)(run);
            assert!(
                accuracy >= 0.0 || accuracy.is_nan(),
                "the executor fell over"
            );
            if accuracy.is_nan() {
                outcomes.push(Outcome::Failed(Failure::Diverged { epoch: 1 }));
                continue;
            }
            for epoch in 1..=plan.trials[run.trial].config.training.epochs.get() {
                let metrics = EpochMetrics {
                    epoch,
                    train_loss: 2.0 - accuracy,
                    train_accuracy: accuracy,
                    val_loss: Some(1.0 - accuracy),
                    val_accuracy: Some(accuracy),
                    learning_rate: 0.01,
                    seconds: 0.25,
                };
                observer.epoch_finished(member, &metrics);
            }
            outcomes.push(Outcome::Finished(TestMetrics {
                loss: 1.5 - accuracy,
                accuracy: accuracy / 2.0,
            }));
        }
        Ok(Executed {
            outcomes,
            peak_bytes: Some(3 << 20),
        })
    }
}

fn planned(text: &str) -> (Sweep, Plan) {
    let source = Source {
        name: "made-up.yaml".into(),
        text: text.into(),
    };
    let sweep = Sweep::parse(source, "made-up", &[]).unwrap();
    let plan = Plan::new(&sweep).unwrap();
    (sweep, plan)
}

fn run(folder: &Path, sweep: &Sweep, plan: &Plan, executor: &dyn Executor) -> Ran {
    let schedule = Schedule {
        sweep,
        plan,
        store: &Store::new(folder, plan, |_| "data".to_owned()),
        executor,
        progress: &Silent,
        interrupt: &Interrupt::default(),
        workers: 1,
        device: "cpu".into(),
        hardware: String::new(),
    };
    schedule.run().unwrap()
}

#[test]
fn a_report_reads_well_whatever_became_of_its_trials() {
    let (sweep, plan) = planned(SWEEP);
    let folder = tempfile::tempdir().unwrap();
    let executor = MadeUp::new(|run| match (run.trial, run.fold) {
        (0, fold) => 0.5 + 0.1 * f64::from(fold),
        (1, fold) => 0.9 + 0.02 * f64::from(fold),
        (2, 1) => f64::NAN,
        (3, _) => 0.55,
        (4, 0) => -1.0,
        (trial, _) => 0.6 + 0.01 * trial as f64,
    });
    let ran = run(folder.path(), &sweep, &plan, &executor);
    assert!(!ran.interrupted);
    let report = Report::new(&sweep, &plan, &ran.results).unwrap();
    insta::assert_snapshot!("markdown", report.markdown);
    insta::assert_snapshot!("csv", String::from_utf8(report.csv).unwrap());
}

#[test]
fn crashed_runs_are_tried_again_diverged_and_finished_ones_are_not() {
    let (sweep, plan) = planned(SWEEP);
    let folder = tempfile::tempdir().unwrap();
    let first = MadeUp::new(|run| match (run.trial, run.fold) {
        (1, 1) => f64::NAN,
        (2, 0) => -1.0,
        _ => 0.5,
    });
    run(folder.path(), &sweep, &plan, &first);
    assert_eq!(first.asked.lock().unwrap().len(), plan.runs().count());
    let second = MadeUp::new(|_| 0.5);
    let ran = run(folder.path(), &sweep, &plan, &second);
    let again = RunId {
        trial: 2,
        repeat: 0,
        fold: 0,
    };
    assert_eq!(*second.asked.lock().unwrap(), [again]);
    let failed = ran.results.values().filter(|r| r.failure.is_some()).count();
    assert_eq!(failed, 1, "the diverged one");
}

#[test]
fn runs_are_executed_in_the_order_of_the_plan() {
    let (sweep, plan) = planned(SWEEP);
    let folder = tempfile::tempdir().unwrap();
    let executor = MadeUp::new(|_| 0.5);
    run(folder.path(), &sweep, &plan, &executor);
    assert_eq!(
        *executor.asked.lock().unwrap(),
        plan.runs().collect::<Vec<_>>()
    );
}

#[test]
fn the_lower_loss_is_first_where_trials_are_ranked_by_loss() {
    let ranking = |rank_by: &str| {
        let (sweep, plan) = planned(&format!(
            "report: {{ rank_by: {rank_by} }}\ngrid: {{ model.width: [1, 2, 3, 4] }}"
        ));
        let folder = tempfile::tempdir().unwrap();
        // Trials 1 and 2 are equal: the order of the plan decides.
        let executor = MadeUp::new(|run| [0.1, 0.7, 0.7, 0.9][run.trial]);
        let ran = run(folder.path(), &sweep, &plan, &executor);
        let report = Report::new(&sweep, &plan, &ran.results).unwrap();
        let csv = String::from_utf8(report.csv).unwrap();
        let names = csv
            .lines()
            .skip(1)
            .map(|line| line.split(',').nth(1).unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    let best_first = ["width4", "width2", "width3", "width1"];
    assert_eq!(ranking("accuracy"), best_first);
    assert_eq!(ranking("loss"), best_first);
}

#[test]
fn scores_of_folds_are_removed_with_the_runs_they_are_of() {
    let (sweep, plan) = planned("validation: { folds: 2 }");
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &sweep, &plan, &MadeUp::new(|_| 0.5));
    let scores = folder.path().join("made-up/base/cv");
    assert_eq!(support::files(&scores).len(), 1);
    let (sweep, plan) = planned("validation: { folds: 2 }\ntraining: { epochs: 3 }");
    run(folder.path(), &sweep, &plan, &MadeUp::new(|_| f64::NAN));
    assert!(!scores.exists(), "scores of runs that are no longer there");
}
