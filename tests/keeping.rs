//! The weights of exactly the best trials stay, whatever happens on the way, and keeping them
//! changes nothing else.

mod support;

use proptest::prelude::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;
use support::made_up::planned;
use support::{Project, files, repository};
use tp_sweep::metrics::{ClassificationCounts, EpochMetrics, EvalMetrics};
use tp_sweep::outcome::{Failure, FinishedRun, Outcome};
use tp_sweep::plan::{Plan, RunId};
use tp_sweep::record::Store;
use tp_sweep::report::{Listing, Report};
use tp_sweep::run::{DeviceSlot, Executor, Interrupt, NoProgress, Scheduler};
use tp_sweep::spec::{DataRemarks, Sweep};
use tp_sweep::train::{Interrupted, TrainingHost};

/// Trains nothing: every run ends as it is told to, and has a network of zeros.
#[derive(Default)]
struct MadeUp {
    /// Of each run, in the order of the plan, the tenths of the accuracy that it has beyond a half;
    /// at 0 it diverges.
    tenths: Vec<u32>,
    folds: usize,
    /// Whether runs of 1 tenth fall over.
    falls_over: bool,
    /// The runs after which it is interrupted.
    interrupted_after: Option<usize>,
    interrupt: Interrupt,
    trained: Mutex<usize>,
}

impl Executor for MadeUp {
    fn execute(
        &self,
        plan: &Plan,
        cohort: &[RunId],
        observer: &mut dyn TrainingHost,
    ) -> Result<(), Interrupted> {
        for (member, &run) in cohort.iter().enumerate() {
            let tenths = self.tenths[run.trial * self.folds + run.fold as usize];
            assert!(!self.falls_over || tenths != 1, "the executor fell over");
            let mut trained = self.trained.lock().unwrap();
            *trained += 1;
            if self.interrupted_after == Some(*trained) {
                self.interrupt.ask();
            }
            drop(trained);
            if tenths == 0 {
                observer.ended(member, Outcome::Failed(Failure::Diverged { epoch: 1 }));
                continue;
            }
            let config = &plan.trials[run.trial].config;
            if observer.wants_networks() {
                let shapes = tp_sweep::model::state_shapes(&config.stages()).into_iter();
                let zeros = |[rows, columns]: [usize; 2]| vec![0.0; rows * columns];
                observer.network(member, shapes.map(zeros).collect());
            }
            let accuracy = 0.5 + f64::from(tenths) / 10.0;
            let evaluated = EvalMetrics {
                // Losses that tie where accuracies do, and then some.
                loss: f64::from(10 - tenths / 2) / 10.0,
                accuracy,
                macro_f1: accuracy,
            };
            let scores = || (evaluated, ClassificationCounts::new(config.classes()));
            let is_validated = plan.is_validated();
            let metrics = EpochMetrics {
                epoch: 1,
                train_loss: 0.5,
                train_accuracy: 0.5,
                val_loss: is_validated.then_some(0.5),
                val_accuracy: is_validated.then_some(0.5),
                learning_rate: 0.1,
                gradient_norms: Vec::new(),
                seconds: 0.1,
            };
            observer.epoch_finished(member, &metrics);
            let finished = Box::new(FinishedRun {
                epoch: 1,
                validation: is_validated.then(scores),
                test: scores(),
            });
            observer.ended(member, Outcome::Finished(finished));
        }
        Ok(())
    }
}

/// Runs a sweep as far as the executor goes.
fn run(folder: &Path, sweep: &Sweep, plan: &Plan, executor: &MadeUp, workers: usize) {
    let store = Store::new(folder, plan, |_| "data".to_owned());
    let place = DeviceSlot {
        executor,
        device: "cpu".to_owned(),
        precision: "float32".to_owned(),
        workers,
        hardware: String::new(),
    };
    let schedule = Scheduler {
        sweep,
        plan,
        store: &store,
        share: None,
        places: &[place],
        cohort: Some(2),
        retry_failed: false,
        fail_fast: false,
        progress: &NoProgress,
        interrupt: &executor.interrupt,
    };
    schedule.run().unwrap();
}

/// The trials that have weights, and the number of runs that do.
fn kept(folder: &Path) -> (BTreeSet<String>, usize) {
    let weights: Vec<_> = files(folder)
        .into_iter()
        .filter(|path| path.ends_with("model.safetensors"))
        .collect();
    let trial = |path: &PathBuf| {
        let trial = path.ancestors().nth(2).unwrap().file_name().unwrap();
        trial.to_string_lossy().into_owned()
    };
    (weights.iter().map(trial).collect(), weights.len())
}

/// The names of the trials that the tables rank, the best first.
fn ranked(folder: &Path, sweep: &Sweep, plan: &Plan) -> Vec<String> {
    let store = Store::new(folder, plan, |_| "data".to_owned());
    let report = Report::new(
        sweep,
        plan,
        &store.read(plan),
        &DataRemarks::default(),
        &Listing::default(),
        &|_| None,
    )
    .unwrap();
    let csv = support::made_up::file(&report, "csv");
    let rows = csv
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>());
    rows.filter(|row| !row[0].is_empty())
        .map(|row| row[1].to_owned())
        .collect()
}

fn sweep_text(keep: &str, rank_by: &str) -> String {
    format!(
        "data: {{ limit: 100 }}\nmodel: {{ width: 2 }}\ntraining: {{ epochs: 1 }}\n\
         validation: {{ folds: 3 }}\nkeep: {keep}\nreport: {{ rank_by: {rank_by} }}\n\
         grid:\n  training.learning_rate: [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2]\n"
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_best_of_the_tables_are_kept_whatever_ties_fails_and_interrupts(
        // Few different accuracies, so that many trials tie; 0 diverges, 1 falls over once.
        tenths in prop::collection::vec(0_u32..5, 24),
        keep in 1_usize..4,
        by_loss in any::<bool>(),
        workers in 1_usize..4,
        interrupted_after in prop::option::of(1_usize..20),
    ) {
        let rank_by = if by_loss { "loss" } else { "accuracy" };
        let (sweep, plan) = planned(&sweep_text(&format!("best {keep}"), rank_by));
        let folder = tempfile::tempdir().unwrap();
        let first = MadeUp { tenths, folds: 3, falls_over: true, interrupted_after, ..MadeUp::default() };
        run(folder.path(), &sweep, &plan, &first, workers);
        let second = MadeUp { tenths: first.tenths, folds: 3, ..MadeUp::default() };
        run(folder.path(), &sweep, &plan, &second, workers);
        let ranked = ranked(folder.path(), &sweep, &plan);
        let best: BTreeSet<String> = ranked.into_iter().take(keep).collect();
        let (trials, runs) = kept(folder.path());
        prop_assert_eq!(runs, 3 * best.len());
        prop_assert_eq!(trials, best);
    }
}

#[test]
fn without_validation_the_first_trials_are_kept() {
    let text = sweep_text("best 2", "accuracy").replace("folds: 3", "holdout: 0");
    let (sweep, plan) = planned(&text);
    let folder = tempfile::tempdir().unwrap();
    // The first diverges, and the others are the better the later they come.
    let executor = MadeUp {
        tenths: (0..8).collect(),
        folds: 1,
        ..MadeUp::default()
    };
    run(folder.path(), &sweep, &plan, &executor, 3);
    let first = ["lr0.8", "lr0.7"].map(str::to_owned);
    assert_eq!(kept(folder.path()), (BTreeSet::from(first), 2));
}

const SWEEP: &str = "
data: { limit: 300 }
model: { width: 8 }
training: { epochs: 1 }
validation: { folds: 2 }
grid: { training.learning_rate: [0.001, 0.2, 0.01, 0.1] }
";

fn ranks(project: &Project) -> Vec<String> {
    let table = project.read("reports/sweep.csv");
    let rows = table.lines().skip(1);
    rows.map(|row| row.split(',').nth(1).unwrap().to_owned())
        .collect()
}

#[test]
fn what_is_kept_can_change_and_nothing_is_trained_for_it() {
    let project = Project::new(SWEEP);
    let runs = project.path("runs");
    let train = |keep: &str| {
        let keep = format!("keep={keep}");
        let done = project.train(&["--set", &keep]);
        assert_eq!(done.code, 0, "{}", done.error);
        done.error
    };
    let all = |count: usize| ranks(&project)[..count].iter().cloned().collect();
    train("all");
    assert_eq!(kept(&runs), (all(4), 8));
    let before = project.read("reports/sweep.csv");
    for (keep, count) in [("best 3", 3), ("best 1", 1), ("none", 0), ("all", 0)] {
        let error = train(keep);
        assert!(error.contains("8 of them already done"), "{error}");
        assert_eq!(kept(&runs), (all(count), 2 * count), "{keep}");
    }
    assert_eq!(project.read("reports/sweep.csv"), before);
}

/// The weights that are kept, by the names of their files.
fn weights(project: &Project) -> Vec<(String, Vec<u8>)> {
    let runs = project.path("runs");
    files(&runs)
        .into_iter()
        .filter(|path| path.ends_with("model.safetensors"))
        .map(|path| {
            let name = path.strip_prefix(&runs).unwrap().display().to_string();
            (name, std::fs::read(&path).unwrap())
        })
        .collect()
}

#[test]
fn a_sweep_that_is_killed_and_continued_keeps_the_same() {
    let text = SWEEP.replace("epochs: 1", "epochs: 20");
    let (whole, killed) = (Project::new(&text), Project::new(&text));
    assert_eq!(whole.train(&["--quiet"]).code, 0);
    for results in [2, 5] {
        let data = repository().join("data");
        let arguments = ["sweep.yaml", "--device", "cpu", "--workers", "1", "--quiet"];
        let mut command = killed.command(&arguments);
        let mut child = command.arg("--data").arg(data).spawn().unwrap();
        let is_result = |path: &PathBuf| path.ends_with("result.json");
        let runs = killed.path("runs");
        while !runs.is_dir() || files(&runs).iter().filter(|path| is_result(path)).count() < results
        {
            std::thread::sleep(Duration::from_millis(2));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert_eq!(killed.train(&["--quiet"]).code, 0);
    let kept = weights(&whole);
    assert_eq!(kept.len(), 2);
    assert_eq!(kept, weights(&killed));
}

#[test]
fn weights_are_the_same_bytes_whoever_trains_beside() {
    let (one, three) = (Project::new(SWEEP), Project::new(SWEEP));
    assert_eq!(one.train(&["--quiet", "--workers", "1"]).code, 0);
    assert_eq!(
        three
            .train(&["--quiet", "--workers", "3", "--cohort", "3"])
            .code,
        0
    );
    let kept = weights(&one);
    assert_eq!(kept.len(), 2);
    assert_eq!(kept, weights(&three));
}
