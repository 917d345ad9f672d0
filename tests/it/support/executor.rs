//! An executor that trains nothing: the test chooses how each run ends.

use std::sync::{Arc, Mutex};
use tp_sweep::metrics::{ClassCounts, ClassificationCounts, EpochMetrics, Profile, Score, Scores};
use tp_sweep::model::state_shapes;
use tp_sweep::outcome::{Failure, FinishedRun, Outcome};
use tp_sweep::plan::{Plan, RunId};
use tp_sweep::run::{CohortError, Executor, FaultCheck, FaultMonitor};
use tp_sweep::spec::{Config, Count, Split};
use tp_sweep::stages::Stage;
use tp_sweep::train::{Interrupted, TrainingEvent, TrainingHost};

/// How a run ends.
#[derive(Clone, Copy, Debug)]
pub enum Ending {
    /// It has these scores of validation; those of the test follow from the accuracy.
    Finished { accuracy: f64, loss: f64 },
    /// In its first epoch.
    Diverged,
    /// In its first epoch, with this message.
    Panic(&'static str),
}

impl Ending {
    /// An accuracy, and the loss that belongs to it.
    pub fn with_accuracy(accuracy: f64) -> Self {
        Self::Finished {
            accuracy,
            loss: 2.25 - accuracy,
        }
    }
}

type OnCohort<'a> = dyn Fn(&Plan, &[RunId]) + Sync + 'a;
type OnEpoch<'a> = dyn Fn(&[RunId], usize) + Sync + 'a;

/// Reports made-up epochs, networks of zeros and the endings that its test chooses, and records the cohorts it
/// was given.
pub struct FakeExecutor<'a> {
    ending: Box<dyn Fn(RunId) -> Ending + Sync + 'a>,
    cohort_size: usize,
    before_cohort: Box<OnCohort<'a>>,
    after_epoch: Box<OnEpoch<'a>>,
    faults: Option<FaultMonitor>,
    cohorts: Mutex<Vec<Vec<RunId>>>,
    profiled: Mutex<Vec<RunId>>,
}

impl<'a> FakeExecutor<'a> {
    pub fn new(ending: impl Fn(RunId) -> Ending + Sync + 'a) -> Self {
        Self {
            ending: Box::new(ending),
            cohort_size: 1,
            before_cohort: Box::new(|_, _| {}),
            after_epoch: Box::new(|_, _| {}),
            faults: None,
            cohorts: Mutex::default(),
            profiled: Mutex::default(),
        }
    }

    /// One whose runs have these accuracies. NaN means a divergence, a negative accuracy a panic.
    pub fn with_accuracies(accuracy: impl Fn(RunId) -> f64 + Sync + 'a) -> Self {
        Self::new(move |run| match accuracy(run) {
            accuracy if accuracy.is_nan() => Ending::Diverged,
            accuracy if accuracy < 0.0 => Ending::Panic("the executor fell over"),
            accuracy => Ending::with_accuracy(accuracy),
        })
    }

    /// The number of runs that are best trained together.
    pub fn cohorts_of(mut self, runs: usize) -> Self {
        self.cohort_size = runs;
        self
    }

    /// Calls this before each cohort.
    pub fn before_cohort(mut self, hook: impl Fn(&Plan, &[RunId]) + Sync + 'a) -> Self {
        self.before_cohort = Box::new(hook);
        self
    }

    /// Calls this when all members of a cohort have reported an epoch, which is counted from 1.
    pub fn after_epoch(mut self, hook: impl Fn(&[RunId], usize) + Sync + 'a) -> Self {
        self.after_epoch = Box::new(hook);
        self
    }

    /// Monitors device faults, as an executor on a GPU does.
    pub fn monitored_by(mut self, faults: FaultMonitor) -> Self {
        self.faults = Some(faults);
        self
    }

    /// The cohorts it was given, in order.
    pub fn cohorts(&self) -> Vec<Vec<RunId>> {
        self.cohorts.lock().unwrap().clone()
    }

    /// The runs it was asked to profile, in order.
    pub fn profiled(&self) -> Vec<RunId> {
        self.profiled.lock().unwrap().clone()
    }

    /// The number of runs in each cohort it was given, in order.
    pub fn cohort_sizes(&self) -> Vec<usize> {
        self.cohorts().iter().map(Vec::len).collect()
    }

    fn train(
        &self,
        plan: &Plan,
        cohort: &[RunId],
        host: &mut TrainingHost<'_>,
    ) -> Result<(), Interrupted> {
        (self.before_cohort)(plan, cohort);
        let configs = cohort.iter().map(|run| &plan.trials[run.trial].config);
        let endings = cohort.iter().map(|&run| (self.ending)(run));
        let runs: Vec<(&Config, Ending)> = configs.zip(endings).collect();
        let longest = runs.iter().map(|(config, _)| config.training.epochs.get());
        for epoch in 1..=longest.max().unwrap_or(0) {
            for (member, (config, ending)) in runs.iter().enumerate() {
                let epochs = config.training.epochs.get();
                if let Ending::Finished { accuracy, .. } = *ending
                    && epoch <= epochs
                {
                    let metrics = epoch_metrics(config, epoch, accuracy);
                    host.emit(TrainingEvent::EpochEnd { member, metrics })?;
                }
            }
            (self.after_epoch)(cohort, epoch);
        }
        for (member, (config, ending)) in runs.into_iter().enumerate() {
            match ending {
                Ending::Finished { accuracy, loss } => {
                    if host.wants_weights() {
                        let zeros = |[rows, columns]: [usize; 2]| vec![0.0; rows * columns];
                        let shapes = state_shapes(&config.stages()).into_iter();
                        let weights = Arc::new(shapes.map(zeros).collect());
                        host.emit(TrainingEvent::FinalWeights { member, weights })?;
                    }
                    let finished = finished(config, accuracy, loss);
                    let outcome = Arc::new(Outcome::Finished(Box::new(finished)));
                    host.emit(TrainingEvent::RunEnd { member, outcome })?;
                }
                Ending::Diverged => {
                    let outcome = Arc::new(Outcome::Failed(Failure::Diverged { epoch: 1 }));
                    host.emit(TrainingEvent::RunEnd { member, outcome })?;
                }
                Ending::Panic(message) => panic!("{message}"),
            }
        }
        Ok(())
    }
}

impl Executor for FakeExecutor<'_> {
    fn cohort_size(&self, _plan: &Plan, _group: &[RunId]) -> usize {
        self.cohort_size
    }

    fn execute(
        &self,
        plan: &Plan,
        cohort: &[RunId],
        host: &mut TrainingHost<'_>,
    ) -> Result<(), CohortError> {
        self.cohorts.lock().unwrap().push(cohort.to_vec());
        let trained = match self.faults {
            None => CohortError::catch(|| self.train(plan, cohort, host))?,
            Some(faults) => {
                let mut check = FaultCheck::new(faults);
                let mut host = host.with_first_sink(&mut check);
                let train = || self.train(plan, cohort, &mut host);
                CohortError::catch(|| faults.run(|| Ok(()), train))??
            }
        };
        Ok(trained?)
    }

    /// All but trials of three layers can be measured.
    fn profile(&self, plan: &Plan, run: RunId) -> Result<Option<Profile>, CohortError> {
        self.profiled.lock().unwrap().push(run);
        let config = &plan.trials[run.trial].config;
        let is_measured = config.model.layers.map(Count::get) != Some(3);
        Ok(is_measured.then(|| Profile {
            seconds_per_epoch: 1e-6 * config.parameters() as f64,
            relative_error: None,
            steps: 100 + run.trial,
            peak_bytes: Some(16 * config.parameters()),
        }))
    }
}

fn is_validated(config: &Config) -> bool {
    config.validation.split() != Split::Holdout(0.0)
}

/// An epoch on the way to this accuracy: losses fall by what the accuracy rises.
fn epoch_metrics(config: &Config, epoch: usize, accuracy: f64) -> EpochMetrics {
    let is_dense = |stage: &&Stage| matches!(stage, Stage::Dense(_));
    let layers = config.stages().iter().filter(is_dense).count();
    let share = epoch as f64 / config.training.epochs.get() as f64;
    EpochMetrics {
        epoch,
        training: Scores::loss_and_accuracy(2.0 - accuracy * share, accuracy * share),
        validation: if is_validated(config) {
            Scores::loss_and_accuracy(2.25 - accuracy * share, accuracy * share)
        } else {
            Scores::default()
        },
        learning_rate: 0.01,
        gradient_norms: (1..=layers)
            .map(|layer| 0.1_f64.powi((layers - layer) as i32) / epoch as f64)
            .collect(),
        seconds: 0.25,
    }
}

fn finished(config: &Config, accuracy: f64, loss: f64) -> FinishedRun {
    let evaluated = |accuracy: f64, loss: f64| {
        let counts = class_scores(config.classes(), accuracy);
        // Those that need probabilities of samples are missing, as in results of an earlier version.
        let f1 = counts.classes().into_iter().map(ClassCounts::f1);
        let macro_f1 = f1.sum::<f64>() / config.classes() as f64;
        let mut scores = Scores::loss_and_accuracy(loss, accuracy);
        scores.insert(Score::MACRO_F1, macro_f1);
        (scores, counts)
    };
    FinishedRun {
        epoch: config.training.epochs.get(),
        validation: is_validated(config).then(|| evaluated(accuracy, loss)),
        predictions: None,
        test: evaluated(accuracy / 2.0, 1.5 - accuracy),
    }
}

/// Equally many samples of each class: a share of them is classified correctly, the others as the next class.
pub fn class_scores(classes: usize, accuracy: f64) -> ClassificationCounts {
    const SAMPLES: usize = 20;
    let mut scores = ClassificationCounts::new(classes);
    let right = (accuracy * SAMPLES as f64).round() as usize;
    for class in 0..classes {
        for sample in 0..SAMPLES {
            let predicted = if sample < right {
                class
            } else {
                (class + 1) % classes
            };
            let mut probabilities = vec![0.1 / classes as f32; classes];
            probabilities[predicted] = 0.9;
            scores.add(class, &probabilities);
        }
    }
    scores
}
