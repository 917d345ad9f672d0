//! Runs of equal shape are trained together on request, and whatever happens to a
//! cohort, each run that can be trained is.

use crate::support::executor::FakeExecutor;
use crate::support::made_up::{Setup, device_slot, planned, store};
use crate::support::progress::RecordingProgress;
use crate::support::repository;
use burn::backend::Flex;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use tp_sweep::data::{DatasetCache, DeviceDatasetKey};
use tp_sweep::outcome::Failure;
use tp_sweep::plan::{Plan, RunId};
use tp_sweep::record::RecordError;
use tp_sweep::report::{Listing, NoDetails, Report};
use tp_sweep::run::{
    CohortError, CubeclDevice, Executor, FaultMonitor, Interrupt, SweepOutcome, TensorExecutor,
    TensorMemory, remaining,
};
use tp_sweep::train::TrainingHost;

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

/// An executor whose runs all finish.
fn fake<'a>() -> FakeExecutor<'a> {
    FakeExecutor::with_accuracies(|_| 0.5)
}

/// One that runs out of memory, in the second epoch, if a cohort has more runs than these.
fn out_of_memory_above<'a>(runs: usize) -> FakeExecutor<'a> {
    fake().after_epoch(move |cohort, epoch| {
        if epoch == 1 && cohort.len() > runs {
            panic!("DriverError(CUDA_ERROR_OUT_OF_MEMORY, \"out of memory\")");
        }
    })
}

/// One that panics in the second epoch of cohorts with this trial.
fn panics_with_trial<'a>(trial: usize) -> FakeExecutor<'a> {
    fake().after_epoch(move |cohort, epoch| {
        let has_trial = cohort.iter().any(|run| run.trial == trial);
        assert!(epoch != 1 || !has_trial, "a bug of this trial");
    })
}

/// Runs the sweep in `folder`.
fn ran(folder: &Path, setup: Setup) -> Result<SweepOutcome, RecordError> {
    let (sweep, plan) = planned(SWEEP);
    setup.run(folder, &sweep, &plan)
}

/// One worker for each executor.
fn on<'a>(executors: &[&'a dyn Executor], cohort: Option<usize>) -> Setup<'a> {
    let slots = executors.iter().enumerate();
    let slots = slots.map(|(index, executor)| device_slot(*executor, &format!("fake:{index}"), 1));
    Setup {
        cohort,
        ..Setup::on(slots.collect())
    }
}

/// Runs the sweep on one executor, in a separate folder.
fn trained(executor: &dyn Executor, cohort: Option<usize>) -> SweepOutcome {
    let folder = tempfile::tempdir().unwrap();
    ran(folder.path(), on(&[executor], cohort)).unwrap()
}

#[test]
fn each_run_is_trained_alone_by_default() {
    /// Uses all default methods of the trait.
    struct Alone<'a>(FakeExecutor<'a>);
    impl Executor for Alone<'_> {
        fn execute(
            &self,
            plan: &Plan,
            cohort: &[RunId],
            host: &mut TrainingHost<'_>,
        ) -> Result<(), CohortError> {
            self.0.execute(plan, cohort, host)
        }
    }
    let alone = Alone(fake());
    let ran = trained(&alone, None);
    assert!(ran.results.runs.values().all(|result| result.cohort == 1));
    let in_order: Vec<RunId> = planned(SWEEP).1.runs().collect();
    assert_eq!(alone.0.cohorts().concat(), in_order);
}

#[test]
fn cohorts_have_the_size_that_the_executor_chooses_or_the_user_sets() {
    let executor = fake().cohorts_of(7);
    let ran = trained(&executor, None);
    assert_eq!(executor.cohort_sizes(), [6, 7, 7, 4]);
    let (sweep, plan) = planned(SWEEP);
    let report = Report::new(
        &sweep,
        &plan,
        &ran.results,
        &tp_sweep::spec::DataRemarks::default(),
        &Listing::default(),
        &NoDetails,
    )
    .unwrap();
    let training = "Training: on `fake:0`, up to 7 runs stacked into one cohort.";
    let markdown = report.document.to_markdown("");
    assert!(markdown.contains(training), "{markdown}");
    let is_within = |result: &tp_sweep::record::RunResult| (4..=7).contains(&result.cohort);
    assert!(ran.results.runs.values().all(is_within));
    let executor = fake().cohorts_of(7);
    trained(&executor, Some(100));
    assert_eq!(executor.cohort_sizes(), [20, 4]);
}

#[test]
fn too_little_memory_halves_cohorts_until_they_fit() {
    let executor = out_of_memory_above(3);
    let ran = trained(&executor, Some(10));
    assert_eq!(ran.results.runs.len(), 24);
    assert!(ran.results.runs.values().all(|r| r.failure.is_none()));
    // 10 do not fit, nor do halves of 5; then 3 is known to be the maximum of that shape.
    assert_eq!(
        executor.cohort_sizes(),
        [10, 5, 2, 3, 2, 3, 2, 3, 2, 3, 4, 2, 2]
    );
    // Each run is trained once.
    let cohorts = executor.cohorts();
    let fitting = cohorts.iter().filter(|cohort| cohort.len() <= 3);
    let runs: Vec<&RunId> = fitting.flatten().collect();
    assert_eq!((runs.len(), HashSet::<_>::from_iter(runs).len()), (24, 24));
}

#[test]
fn a_member_that_crashes_its_cohort_fails_alone() {
    let ran = trained(&panics_with_trial(3), Some(20));
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
            location.starts_with("tests/it/planned_cohorts.rs:"),
            "{location}"
        );
    }
    // The records of the others are those of their last attempt alone.
    assert!(finished.iter().all(|(_, result)| result.epochs.len() == 2));
}

#[test]
fn a_run_whose_folder_is_removed_is_trained_again_alone() {
    for cohort in [1, 4] {
        let folder = tempfile::tempdir().unwrap();
        let removed = AtomicBool::new(false);
        let executor = fake().before_cohort(|plan, cohort| {
            if let Some(&run) = cohort.iter().find(|run| run.trial == 3)
                && !removed.swap(true, Ordering::SeqCst)
            {
                let run = folder.path().join(&plan.name).join(plan.folder(run));
                std::fs::remove_dir_all(run).unwrap();
            }
        });
        let ran = ran(folder.path(), on(&[&executor], Some(cohort))).unwrap();
        assert!(removed.load(Ordering::SeqCst));
        assert_eq!(ran.results.runs.len(), 24);
        assert!(ran.results.runs.values().all(|r| r.failure.is_none()));
        let (_, plan) = planned(SWEEP);
        let results = store(folder.path(), &plan).read(&plan);
        assert_eq!(results.runs.len(), 24, "all are on the disk");
    }
}

#[test]
fn an_interrupt_between_attempts_is_honoured_and_the_rest_is_done_later() {
    let folder = tempfile::tempdir().unwrap();
    let interrupt = Interrupt::default();
    let cohorts = AtomicUsize::new(0);
    let executor = out_of_memory_above(2).before_cohort(|_, _| {
        if cohorts.fetch_add(1, Ordering::SeqCst) == 3 {
            interrupt.request();
        }
    });
    let setup = Setup {
        interrupt: interrupt.clone(),
        ..on(&[&executor], Some(8))
    };
    let first = ran(folder.path(), setup).unwrap();
    assert!(first.interrupted);
    assert_eq!(executor.cohorts().len(), 4);
    let (_, plan) = planned(SWEEP);
    let left = remaining(&plan.runs().collect::<Vec<_>>(), &first.results).len();
    assert!((1..24).contains(&left), "{left}");
    let again = fake();
    let second = ran(folder.path(), on(&[&again], Some(8))).unwrap();
    assert!(!second.interrupted);
    assert_eq!(again.cohorts().concat().len(), left);
    assert_eq!(second.results.runs.len(), 24);
}

#[test]
fn several_devices_take_cohorts_from_one_queue() {
    let folder = tempfile::tempdir().unwrap();
    // Each waits for the other, so that neither can take all cohorts.
    let barrier = Barrier::new(2);
    let meeting = || {
        fake().before_cohort(|_, _| {
            barrier.wait();
        })
    };
    let fakes = [meeting(), meeting()];
    let setup = on(&[&fakes[0], &fakes[1]], Some(7));
    let ran = ran(folder.path(), setup).unwrap();
    // Three cohorts of one shape and one of the other: an even number, so that none waits alone.
    let trained_on = |device: &str| {
        let runs = ran.results.runs.iter();
        let here = runs.filter(|(_, result)| result.device == device);
        here.map(|(run, _)| *run).collect::<HashSet<RunId>>()
    };
    for (fake, device) in fakes.iter().zip(["fake:0", "fake:1"]) {
        assert_eq!(
            HashSet::from_iter(fake.cohorts().concat()),
            trained_on(device)
        );
    }
    assert_eq!(trained_on("fake:0").len() + trained_on("fake:1").len(), 24);
}

#[test]
fn a_cohort_leaves_work_for_every_device() {
    let folder = tempfile::tempdir().unwrap();
    let fakes = [fake(), fake(), fake()];
    let setup = on(&[&fakes[0], &fakes[1], &fakes[2]], Some(1000));
    ran(folder.path(), setup).unwrap();
    let sizes = fakes.iter().map(FakeExecutor::cohort_sizes);
    let mut all: Vec<usize> = sizes.flatten().collect();
    all.sort_unstable();
    // 24 runs on three devices: none has more than 8 of them at once.
    assert_eq!(all, [4, 6, 7, 7]);
}

#[test]
fn halved_cohorts_are_reported_to_the_display() {
    let folder = tempfile::tempdir().unwrap();
    let progress = RecordingProgress::default();
    let executor = panics_with_trial(11);
    let setup = Setup {
        progress: &progress,
        ..on(&[&executor], Some(4))
    };
    ran(folder.path(), setup).unwrap();
    let in_training = progress.in_training.into_inner().unwrap();
    assert_eq!(in_training, 0, "all that started have ended");
    let halved = progress.halved.into_inner().unwrap();
    assert_eq!(
        halved,
        [4, 2, 2].map(|runs| (runs, "a bug of this trial".to_owned()))
    );
    assert_eq!(progress.retried.into_inner().unwrap(), []);
}

/// An executor some of whose cohorts make a thread of the device panic, which is all that cubecl
/// does if memory runs out: the cohort itself ends as if nothing had happened.
fn fails_silently<'a>(
    device: CubeclDevice,
    thread: &'static str,
    message: &'static str,
    fails: impl Fn(&[RunId]) -> bool + Sync + 'a,
) -> FakeExecutor<'a> {
    let executor = fake().monitored_by(FaultMonitor::new(device));
    executor.before_cohort(move |_, cohort| {
        if fails(cohort) {
            let thread = std::thread::Builder::new().name(thread.to_owned());
            let panics = move || panic!("{message}");
            assert!(thread.spawn(panics).unwrap().join().is_err());
        }
    })
}

#[test]
fn an_unreported_out_of_memory_halves_cohorts_too() {
    let executor = fails_silently(
        CubeclDevice::cuda(50),
        "DSD-0-50",
        "called `Result::unwrap()` on an `Err` value: BufferTooBig { size: 9 }",
        |cohort| cohort.len() > 3,
    );
    let ran = trained(&executor, Some(10));
    assert!(ran.results.runs.values().all(|r| r.failure.is_none()));
    assert_eq!(
        executor.cohort_sizes(),
        [10, 5, 2, 3, 2, 3, 2, 3, 2, 3, 4, 2, 2]
    );
}

#[test]
fn a_run_whose_device_fails_is_retried_once() {
    let failed = Mutex::new(HashSet::new());
    let fails = |cohort: &[RunId]| {
        let mut failed = failed.lock().unwrap();
        // Trial 3 always fails, trial 5 on its first attempts.
        let alone = cohort[0];
        alone.trial == 3 || (alone.trial == 5 && failed.insert(alone))
    };
    let executor = fails_silently(
        CubeclDevice::cuda(51),
        "DSU-0-51",
        "an illegal memory access",
        fails,
    );
    let ran = trained(&executor, Some(1));
    assert_eq!(executor.cohort_sizes(), [1; 24 + 2 + 2]);
    assert_eq!(ran.results.runs.len(), 24);
    for (run, result) in &ran.results.runs {
        let message = result.failure.as_ref().map(ToString::to_string);
        let crashed = "failed in epoch 1: an illegal memory access".to_owned();
        assert_eq!(message, (run.trial == 3).then_some(crashed), "{run:?}");
        // No result of a failed device is trusted.
        let epochs = 2 * usize::from(run.trial != 3);
        assert_eq!(
            result.epochs.len(),
            epochs,
            "records of the last attempt alone"
        );
    }
}

#[test]
fn results_do_not_depend_on_the_cohort() {
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
    // A device with one gigabyte, which chooses the size itself.
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
