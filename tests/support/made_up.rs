//! Sweeps with an executor that makes its numbers up, and their reports.

use std::path::Path;
use std::sync::Mutex;
use tp_sweep::metrics::{ClassificationCounts, EpochMetrics, EvalMetrics, Profile};
use tp_sweep::outcome::{Failure, FinishedRun, Outcome};
use tp_sweep::plan::{Plan, RunId};
use tp_sweep::record::{Results, Store};
use tp_sweep::report::{Listing, Report, TrialClasses};
use tp_sweep::run::{DeviceSlot, Executor, Interrupt, NoProgress, Scheduler, SweepOutcome};
use tp_sweep::spec::{Count, DataRemarks, Source, Split, Stage, Sweep};
use tp_sweep::train::{Interrupted, TrainingHost};

/// Makes the validation accuracy of each trial and fold up, and remembers what it was asked.
pub struct MadeUp {
    accuracy: fn(RunId) -> f64,
    /// The runs that it was asked for.
    pub asked: Mutex<Vec<RunId>>,
}

impl MadeUp {
    pub fn new(accuracy: fn(RunId) -> f64) -> Self {
        Self {
            accuracy,
            asked: Mutex::default(),
        }
    }
}

/// So many samples of each class, a share of them right, the others taken for the next class.
pub fn class_scores(classes: usize, accuracy: f64) -> ClassificationCounts {
    const SAMPLES: usize = 20;
    let mut scores = ClassificationCounts::new(classes);
    let right = (accuracy * SAMPLES as f64).round() as usize;
    for class in 0..classes {
        for sample in 0..SAMPLES {
            let predicted = match sample < right {
                true => class,
                false => (class + 1) % classes,
            };
            let mut probabilities = vec![0.1 / classes as f32; classes];
            probabilities[predicted] = 0.9;
            scores.add(class, &probabilities);
        }
    }
    scores
}

/// An epoch on the way to this accuracy: losses fall by what the accuracy rises.
pub fn epoch_metrics(epoch: usize, epochs: usize, accuracy: f64, layers: usize) -> EpochMetrics {
    let share = epoch as f64 / epochs as f64;
    EpochMetrics {
        epoch,
        train_loss: 2.0 - accuracy * share,
        train_accuracy: accuracy * share,
        val_loss: Some(2.25 - accuracy * share),
        val_accuracy: Some(accuracy * share),
        learning_rate: 0.01,
        gradient_norms: (1..=layers)
            .map(|layer| 0.1_f64.powi((layers - layer) as i32) / epoch as f64)
            .collect(),
        seconds: 0.25,
    }
}

impl Executor for MadeUp {
    /// A negative accuracy is a panic, one that is no number a divergence.
    fn execute(
        &self,
        plan: &Plan,
        cohort: &[RunId],
        observer: &mut dyn TrainingHost,
    ) -> Result<(), Interrupted> {
        for (member, &run) in cohort.iter().enumerate() {
            self.asked.lock().unwrap().push(run);
            let accuracy = (self.accuracy)(run);
            assert!(
                accuracy >= 0.0 || accuracy.is_nan(),
                "the executor fell over"
            );
            if accuracy.is_nan() {
                observer.ended(member, Outcome::Failed(Failure::Diverged { epoch: 1 }));
                continue;
            }
            let config = &plan.trials[run.trial].config;
            let validated = config.validation.split() != Split::Holdout(0.0);
            let is_dense = |stage: &&Stage| matches!(stage, Stage::Dense { .. });
            let layers = config.stages().iter().filter(is_dense).count();
            let epochs = config.training.epochs.get();
            for epoch in 1..=epochs {
                let mut metrics = epoch_metrics(epoch, epochs, accuracy, layers);
                if !validated {
                    (metrics.val_loss, metrics.val_accuracy) = (None, None);
                }
                observer.epoch_finished(member, &metrics);
            }
            let evaluated = |accuracy: f64, loss: f64| {
                let scores = class_scores(config.classes(), accuracy);
                let macro_f1 = scores.macro_f1();
                let evaluated = EvalMetrics {
                    loss,
                    accuracy,
                    macro_f1,
                };
                (evaluated, scores)
            };
            let finished = Box::new(FinishedRun {
                epoch: epochs,
                validation: validated.then(|| evaluated(accuracy, 2.25 - accuracy)),
                test: evaluated(accuracy / 2.0, 1.5 - accuracy),
            });
            observer.ended(member, Outcome::Finished(finished));
        }
        Ok(())
    }

    /// All but trials of three layers can be measured.
    fn profile(&self, plan: &Plan, run: RunId) -> Option<Profile> {
        let config = &plan.trials[run.trial].config;
        (config.model.layers.map(Count::get) != Some(3)).then(|| Profile {
            seconds_per_epoch: 1e-6 * config.parameters() as f64,
            steps: 100 + run.trial,
            peak_bytes: Some(16 * config.parameters()),
        })
    }
}

pub fn planned(text: &str) -> (Sweep, Plan) {
    let source = Source {
        name: "made-up.yaml".into(),
        text: text.into(),
    };
    let sweep = Sweep::parse(source, "made-up", &[]).unwrap();
    let plan = Plan::new(&sweep).unwrap();
    (sweep, plan)
}

pub fn store(folder: &Path, plan: &Plan) -> Store {
    Store::new(folder, plan, |_| "data".to_owned())
}

pub fn run(folder: &Path, sweep: &Sweep, plan: &Plan, executor: &dyn Executor) -> SweepOutcome {
    let place = DeviceSlot {
        executor,
        device: "cpu".into(),
        precision: "float32".into(),
        workers: 1,
        hardware: String::new(),
    };
    let schedule = Scheduler {
        sweep,
        plan,
        store: &store(folder, plan),
        share: None,
        places: &[place],
        cohort: None,
        retry_failed: false,
        fail_fast: false,
        progress: &NoProgress,
        interrupt: &Interrupt::default(),
    };
    schedule.run().unwrap()
}

/// The report of the results in this folder, with these names of classes.
pub fn report(
    folder: &Path,
    sweep: &Sweep,
    plan: &Plan,
    results: &Results,
    names: &[&str],
    view: &Listing,
) -> Report {
    let classes = |trial| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        let scores = store(folder, plan).trial_classification(plan, trial)?;
        Some(TrialClasses::new(names, scores))
    };
    Report::new(
        sweep,
        plan,
        results,
        &DataRemarks::default(),
        view,
        &classes,
    )
    .unwrap()
}

/// The file of a report with this extension.
pub fn file(report: &Report, extension: &str) -> String {
    let files = report.files().unwrap();
    let file = files
        .into_iter()
        .find(|file| file.path.extension().is_some_and(|e| e == extension));
    String::from_utf8(file.unwrap().contents).unwrap()
}

pub fn markdown(report: &Report) -> String {
    file(report, "md")
}

/// Runs a sweep with these accuracies; its plan, its report, and all its results.
pub fn reported(text: &str, accuracy: fn(RunId) -> f64) -> (Sweep, Plan, Report, Results) {
    reported_with(text, accuracy, &Listing::default())
}

/// The same, looked at in this way.
pub fn reported_with(
    text: &str,
    accuracy: fn(RunId) -> f64,
    view: &Listing,
) -> (Sweep, Plan, Report, Results) {
    let (sweep, plan) = planned(text);
    let folder = tempfile::tempdir().unwrap();
    let ran = run(folder.path(), &sweep, &plan, &MadeUp::new(accuracy));
    let report = report(folder.path(), &sweep, &plan, &ran.results, &[], view);
    (sweep, plan, report, ran.results)
}
