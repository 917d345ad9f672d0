//! Runs of equal shape are trained together where that is asked for, and whatever becomes of a
//! cohort, each run that can be trained is.

mod support;

use burn::backend::Flex;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use support::made_up::planned;
use support::repository;
use tp_sweep::data::{DatasetCache, DeviceDatasetKey};
use tp_sweep::metrics::{ClassificationCounts, EpochMetrics, EvalMetrics};
use tp_sweep::outcome::{Failure, FinishedRun, Outcome};
use tp_sweep::plan::{Plan, RunId};
use tp_sweep::record::{RecordError, Store};
use tp_sweep::report::{Listing, Report};
use tp_sweep::run::{
    CubeclDevice, DeviceSlot, Executor, FaultGuard, Faults, Interrupt, NoProgress, Progress,
    Scheduler, SweepOutcome, TensorExecutor, TensorMemory, remaining,
};
use tp_sweep::train::{Interrupted, TrainingHost};

/// Ten trials of one shape on two folds, and two of another.
const SWEEP: &str = "
name: cohorts
data: { limit: 200 }
model: { width: 8 }
training: { epochs: 2, batch_size: 32 }
validation: { folds: 2 }
grid:
  training.learning_rate: [0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.04, 0.03, 0.02, 0.01]
include:
  - { model.layers: 2 }
  - { model.layers: 2, training.learning_rate: 0.1 }
";

/// Trains nothing; falls over as it is told to.
#[derive(Default)]
struct Fake {
    /// The size that it finds best.
    best: usize,
    /// Members for which there is no room.
    room: Option<usize>,
    /// A trial that brings its cohort down.
    poisonous: Option<usize>,
    /// Cohorts after which it is interrupted.
    interrupt: Option<(usize, Interrupt)>,
    /// The cohorts that it was given.
    cohorts: Mutex<Vec<Vec<RunId>>>,
}

impl Executor for Fake {
    fn cohort_size(&self, _plan: &Plan, _class: &[RunId]) -> usize {
        self.best
    }

    fn execute(
        &self,
        _plan: &Plan,
        cohort: &[RunId],
        observer: &mut dyn TrainingHost,
    ) -> Result<(), Interrupted> {
        {
            let mut cohorts = self.cohorts.lock().unwrap();
            cohorts.push(cohort.to_vec());
            if let Some((after, interrupt)) = &self.interrupt
                && cohorts.len() >= *after
            {
                interrupt.ask();
            }
        }
        for member in 0..cohort.len() {
            observer.epoch_finished(member, &epoch());
        }
        if self.room.is_some_and(|room| cohort.len() > room) {
            panic!("DriverError(CUDA_ERROR_OUT_OF_MEMORY, \"out of memory\")");
        }
        let is_poisonous = |run: &RunId| Some(run.trial) == self.poisonous;
        assert!(!cohort.iter().any(is_poisonous), "a bug of this trial");
        let evaluated = EvalMetrics {
            loss: 0.5,
            accuracy: 0.5,
            macro_f1: 0.5,
        };
        let finished = FinishedRun {
            epoch: 1,
            validation: Some((evaluated, ClassificationCounts::new(10))),
            test: (evaluated, ClassificationCounts::new(10)),
        };
        for member in 0..cohort.len() {
            observer.ended(member, Outcome::Finished(Box::new(finished.clone())));
        }
        Ok(())
    }
}

fn epoch() -> EpochMetrics {
    EpochMetrics {
        epoch: 1,
        train_loss: 0.5,
        train_accuracy: 0.5,
        val_loss: Some(0.5),
        val_accuracy: Some(0.5),
        learning_rate: 0.1,
        gradient_norms: vec![1.0],
        seconds: 0.25,
    }
}

/// Runs the sweep in `folder`, one worker for each executor.
fn ran(
    folder: &Path,
    executors: &[&dyn Executor],
    cohort: Option<usize>,
    progress: &dyn Progress,
    interrupt: &Interrupt,
) -> Result<SweepOutcome, RecordError> {
    let (sweep, plan) = planned(SWEEP);
    let places = executors
        .iter()
        .enumerate()
        .map(|(index, executor)| DeviceSlot {
            executor: *executor,
            device: format!("fake:{index}"),
            precision: "float32".into(),
            workers: 1,
            hardware: String::new(),
        });
    let places: Vec<DeviceSlot> = places.collect();
    Scheduler {
        sweep: &sweep,
        plan: &plan,
        store: &Store::new(folder, &plan, |_| "data".to_owned()),
        share: None,
        places: &places,
        cohort,
        retry_failed: false,
        fail_fast: false,
        progress,
        interrupt,
    }
    .run()
}

/// Runs the sweep on one executor, in a folder of its own.
fn trained(executor: &dyn Executor, cohort: Option<usize>) -> SweepOutcome {
    let folder = tempfile::tempdir().unwrap();
    let interrupt = Interrupt::default();
    ran(folder.path(), &[executor], cohort, &NoProgress, &interrupt).unwrap()
}

fn sizes(fake: &Fake) -> Vec<usize> {
    let cohorts = fake.cohorts.lock().unwrap();
    cohorts.iter().map(Vec::len).collect()
}

#[test]
fn each_run_is_trained_alone_unless_asked_for_otherwise() {
    struct Alone(Fake);
    impl Executor for Alone {
        fn execute(
            &self,
            plan: &Plan,
            cohort: &[RunId],
            observer: &mut dyn TrainingHost,
        ) -> Result<(), Interrupted> {
            self.0.execute(plan, cohort, observer)
        }
    }
    let alone = Alone(Fake::default());
    let ran = trained(&alone, None);
    assert!(ran.results.runs.values().all(|result| result.cohort == 1));
    let cohorts = alone.0.cohorts.lock().unwrap().concat();
    let in_order: Vec<RunId> = planned(SWEEP).1.runs().collect();
    assert_eq!(cohorts, in_order);
}

#[test]
fn cohorts_are_as_large_as_the_executor_finds_best_or_as_is_asked_for() {
    let fake = Fake {
        best: 7,
        ..Fake::default()
    };
    let ran = trained(&fake, None);
    assert_eq!(sizes(&fake), [6, 7, 7, 4]);
    let (sweep, plan) = planned(SWEEP);
    let report = Report::new(
        &sweep,
        &plan,
        &ran.results,
        &tp_sweep::spec::DataRemarks::default(),
        &Listing::default(),
        &|_| None,
    )
    .unwrap();
    let told = "Training: on `fake:0`, up to 7 runs together, as one stacked program.";
    let markdown = report.document.to_markdown("");
    assert!(markdown.contains(told), "{markdown}");
    let tells = |result: &tp_sweep::record::RunResult| (4..=7).contains(&result.cohort);
    assert!(ran.results.runs.values().all(tells));
    let fake = Fake {
        best: 7,
        ..Fake::default()
    };
    trained(&fake, Some(100));
    assert_eq!(sizes(&fake), [20, 4]);
}

#[test]
fn too_little_memory_halves_cohorts_until_they_fit() {
    let fake = Fake {
        room: Some(3),
        ..Fake::default()
    };
    let ran = trained(&fake, Some(10));
    assert_eq!(ran.results.runs.len(), 24);
    assert!(ran.results.runs.values().all(|r| r.failure.is_none()));
    // 10 do not fit, nor do halves of 5; then 3 is known to be the most of that class.
    assert_eq!(sizes(&fake), [10, 5, 2, 3, 2, 3, 2, 3, 2, 3, 4, 2, 2]);
    // Each run is trained once.
    let cohorts = fake.cohorts.lock().unwrap();
    let fitting = cohorts.iter().filter(|cohort| cohort.len() <= 3);
    let runs: Vec<&RunId> = fitting.flatten().collect();
    assert_eq!((runs.len(), HashSet::<_>::from_iter(runs).len()), (24, 24));
}

#[test]
fn a_member_that_brings_others_down_fails_alone() {
    let fake = Fake {
        poisonous: Some(3),
        ..Fake::default()
    };
    let ran = trained(&fake, Some(20));
    let (failed, finished): (Vec<_>, Vec<_>) = ran
        .results
        .runs
        .iter()
        .partition(|(_, result)| result.failure.is_some());
    assert_eq!((failed.len(), finished.len()), (2, 22));
    for (run, result) in failed {
        assert_eq!((run.trial, result.cohort), (3, 1));
        let Some(Failure::Crashed {
            message,
            epoch,
            location,
        }) = &result.failure
        else {
            panic!("{result:?}");
        };
        assert_eq!((message.as_str(), *epoch), ("a bug of this trial", Some(2)));
        let location = location.as_ref().unwrap();
        assert!(
            location.starts_with("tests/planned_cohorts.rs:"),
            "{location}"
        );
    }
    // The records of the others are those of their last attempt alone.
    assert!(finished.iter().all(|(_, result)| result.epochs.len() == 1));
}

/// Somebody removes the folder of a trial's run while it is trained.
struct Removing<'a> {
    fake: &'a Fake,
    folder: &'a Path,
    trial: usize,
    /// How often it is still to happen.
    times: Mutex<usize>,
}

impl Executor for Removing<'_> {
    fn execute(
        &self,
        plan: &Plan,
        cohort: &[RunId],
        observer: &mut dyn TrainingHost,
    ) -> Result<(), Interrupted> {
        let mut times = self.times.lock().unwrap();
        if let Some(&run) = cohort.iter().find(|run| run.trial == self.trial)
            && *times > 0
        {
            *times -= 1;
            let removed = self.folder.join(&plan.name).join(plan.folder(run));
            std::fs::remove_dir_all(removed).unwrap();
        }
        drop(times);
        self.fake.execute(plan, cohort, observer)
    }
}

#[test]
fn a_run_whose_folder_is_removed_is_trained_again_and_takes_no_other_with_it() {
    for cohort in [1, 4] {
        let folder = tempfile::tempdir().unwrap();
        let removing = Removing {
            fake: &Fake::default(),
            folder: folder.path(),
            trial: 3,
            times: Mutex::new(1),
        };
        let interrupt = Interrupt::default();
        let ran = ran(
            folder.path(),
            &[&removing],
            Some(cohort),
            &NoProgress,
            &interrupt,
        )
        .unwrap();
        assert_eq!(ran.results.runs.len(), 24);
        assert!(ran.results.runs.values().all(|r| r.failure.is_none()));
        let (_, plan) = planned(SWEEP);
        let store = Store::new(folder.path(), &plan, |_| "data".to_owned());
        assert_eq!(store.read(&plan).runs.len(), 24, "all are on the disk");
    }
}

#[test]
fn an_interrupt_between_attempts_is_honoured_and_the_rest_is_done_later() {
    let folder = tempfile::tempdir().unwrap();
    let interrupt = Interrupt::default();
    let fake = Fake {
        room: Some(2),
        interrupt: Some((4, interrupt.clone())),
        ..Fake::default()
    };
    let first = ran(folder.path(), &[&fake], Some(8), &NoProgress, &interrupt).unwrap();
    assert!(first.interrupted);
    assert_eq!(fake.cohorts.lock().unwrap().len(), 4);
    let (_, plan) = planned(SWEEP);
    let left = remaining(&plan.runs().collect::<Vec<_>>(), &first.results).len();
    assert!((1..24).contains(&left), "{left}");
    let again = Fake::default();
    let interrupt = Interrupt::default();
    let second = ran(folder.path(), &[&again], Some(8), &NoProgress, &interrupt).unwrap();
    assert!(!second.interrupted);
    assert_eq!(sizes(&again).iter().sum::<usize>(), left);
    assert_eq!(second.results.runs.len(), 24);
}

#[test]
fn several_devices_take_cohorts_from_one_queue() {
    /// Waits for the other, so that neither can take all.
    struct Meeting<'a>(&'a Fake, &'a std::sync::Barrier);
    impl Executor for Meeting<'_> {
        fn execute(
            &self,
            plan: &Plan,
            cohort: &[RunId],
            observer: &mut dyn TrainingHost,
        ) -> Result<(), Interrupted> {
            self.1.wait();
            self.0.execute(plan, cohort, observer)
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let fakes = [Fake::default(), Fake::default()];
    let barrier = std::sync::Barrier::new(2);
    let meeting = fakes.each_ref().map(|fake| Meeting(fake, &barrier));
    let executors: [&dyn Executor; 2] = [&meeting[0], &meeting[1]];
    let interrupt = Interrupt::default();
    let ran = ran(folder.path(), &executors, Some(7), &NoProgress, &interrupt).unwrap();
    // Three cohorts of one shape and one of the other: an even number, so that none waits alone.
    let on = |device: &str| {
        let runs = ran.results.runs.iter();
        let here = runs.filter(|(_, result)| result.device == device);
        here.map(|(run, _)| *run).collect::<HashSet<RunId>>()
    };
    for (fake, device) in fakes.iter().zip(["fake:0", "fake:1"]) {
        let own = fake.cohorts.lock().unwrap().concat();
        assert_eq!(HashSet::from_iter(own), on(device));
    }
    assert_eq!(on("fake:0").len() + on("fake:1").len(), 24);
}

#[test]
fn a_cohort_leaves_work_for_every_device() {
    let folder = tempfile::tempdir().unwrap();
    let fakes = [Fake::default(), Fake::default(), Fake::default()];
    let executors: [&dyn Executor; 3] = [&fakes[0], &fakes[1], &fakes[2]];
    let interrupt = Interrupt::default();
    ran(
        folder.path(),
        &executors,
        Some(1000),
        &NoProgress,
        &interrupt,
    )
    .unwrap();
    let mut all: Vec<usize> = fakes.iter().flat_map(sizes).collect();
    all.sort_unstable();
    // 24 runs on three devices: none has more than 8 of them at once.
    assert_eq!(all, [4, 6, 7, 7]);
}

#[test]
fn the_display_is_told_of_halves() {
    #[derive(Default)]
    struct Told(Mutex<Vec<String>>, Mutex<isize>);
    impl Progress for Told {
        fn started(&self, _: &tp_sweep::run::StartSummary) {}
        fn sizing(&self, _: usize, _: usize) {}
        fn run_started(&self, _: &str) {
            *self.1.lock().unwrap() += 1;
        }
        fn run_ended(&self, _: &str, _: &tp_sweep::record::RunResult) {
            *self.1.lock().unwrap() -= 1;
        }
        fn halved(&self, runs: usize, reason: &str) {
            *self.1.lock().unwrap() -= runs as isize;
            self.0.lock().unwrap().push(format!("{runs}: {reason}"));
        }
        fn tried_again(&self, name: &str, reason: &str) {
            *self.1.lock().unwrap() -= 1;
            self.0.lock().unwrap().push(format!("{name}: {reason}"));
        }
        fn measuring(&self, _: usize, _: usize) {}
        fn finished(&self) {}
    }
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake {
        poisonous: Some(11),
        ..Fake::default()
    };
    let told = Told::default();
    let interrupt = Interrupt::default();
    ran(folder.path(), &[&fake], Some(4), &told, &interrupt).unwrap();
    assert_eq!(*told.1.lock().unwrap(), 0, "all that started have ended");
    let told = told.0.into_inner().unwrap();
    let reason = "a bug of this trial";
    assert_eq!(
        told,
        [
            format!("4: {reason}"),
            format!("2: {reason}"),
            format!("2: {reason}")
        ]
    );
}

/// An executor some of whose cohorts make a thread of the device panic, which is all that cubecl
/// does when memory runs out: the cohort itself ends as if nothing had happened.
struct Silently<'a> {
    faults: Faults,
    thread: &'static str,
    message: &'static str,
    fails: &'a (dyn Fn(&[RunId]) -> bool + Sync),
    fake: &'a Fake,
}

impl Executor for Silently<'_> {
    fn execute(
        &self,
        plan: &Plan,
        cohort: &[RunId],
        observer: &mut dyn TrainingHost,
    ) -> Result<(), Interrupted> {
        let train = || {
            if (self.fails)(cohort) {
                let thread = std::thread::Builder::new().name(self.thread.to_owned());
                let message = self.message;
                let panics = move || panic!("{message}");
                assert!(thread.spawn(panics).unwrap().join().is_err());
            }
            let mut trusting = FaultGuard::new(self.faults, observer);
            self.fake.execute(plan, cohort, &mut trusting)
        };
        let watched = self.faults.watch(|| Ok(()), train);
        watched.unwrap_or_else(|fault| std::panic::resume_unwind(Box::new(fault)))
    }
}

#[test]
fn a_device_without_memory_that_tells_nobody_halves_cohorts_all_the_same() {
    let fake = Fake::default();
    let ran = trained(
        &Silently {
            faults: Faults::of_device(CubeclDevice::cuda(50)),
            thread: "DSD-0-50",
            message: "called `Result::unwrap()` on an `Err` value: BufferTooBig { size: 9 }",
            fails: &|cohort| cohort.len() > 3,
            fake: &fake,
        },
        Some(10),
    );
    assert!(ran.results.runs.values().all(|r| r.failure.is_none()));
    assert_eq!(sizes(&fake), [10, 5, 2, 3, 2, 3, 2, 3, 2, 3, 4, 2, 2]);
}

#[test]
fn a_run_whose_device_fails_is_tried_again_once() {
    let failed = Mutex::new(HashSet::new());
    let fake = Fake::default();
    let fails = |cohort: &[RunId]| {
        let mut failed = failed.lock().unwrap();
        // Trial 3 always fails, trial 5 on its first attempts.
        let alone = cohort[0];
        alone.trial == 3 || (alone.trial == 5 && failed.insert(alone))
    };
    let ran = trained(
        &Silently {
            faults: Faults::of_device(CubeclDevice::cuda(51)),
            thread: "DSU-0-51",
            message: "an illegal memory access",
            fails: &fails,
            fake: &fake,
        },
        Some(1),
    );
    assert_eq!(sizes(&fake), [1; 24 + 2 + 2]);
    for (run, result) in &ran.results.runs {
        let message = result.failure.as_ref().map(ToString::to_string);
        let crashed = "failed in epoch 1: an illegal memory access".to_owned();
        assert_eq!(message, (run.trial == 3).then_some(crashed), "{run:?}");
        // Of a device that has failed, nothing is taken for true.
        let epochs = usize::from(run.trial != 3);
        assert_eq!(
            result.epochs.len(),
            epochs,
            "records of the last attempt alone"
        );
    }
}

#[test]
fn what_a_run_gives_does_not_depend_on_its_cohort() {
    let (_, plan) = planned(SWEEP);
    let data = &plan.trials[0].config.data;
    let dataset = DatasetCache::new(vec![repository().join("data")], Vec::new()).load(data);
    let dataset = dataset.unwrap();
    let executor = |memory| {
        let form = DeviceDatasetKey::of(data);
        let loaded = HashMap::from([(form, Arc::clone(&dataset))]);
        TensorExecutor::<Flex>::new(loaded, &Default::default(), memory)
    };
    let alone = trained(&executor(TensorMemory::Thread), None);
    let together = trained(&executor(TensorMemory::Thread), Some(10));
    // A gigabyte of a device, which finds a size of its own.
    let measured = trained(
        &executor(TensorMemory::Device {
            free: 1 << 30,
            workers: 1,
        }),
        None,
    );
    for (run, result) in &alone.results.runs {
        for other in [&together, &measured] {
            let other = &other.results.runs[run];
            assert_eq!(other.test, result.test, "{run:?}");
            assert_eq!(other.validation, result.validation, "{run:?}");
        }
        assert_eq!(result.cohort, 1);
    }
    let largest = together.results.runs.values().map(|result| result.cohort);
    assert_eq!(largest.max(), Some(10));
    assert_eq!(executor(TensorMemory::Thread).cohort_size(&plan, &[]), 1);
}
