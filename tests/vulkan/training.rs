//! Trainings on a small part of MNIST by the crate: the path of the binary from the executor on.

use crate::support::made_up::{Setup, device_slot, planned};
use crate::support::progress::RecordingProgress;
use crate::support::repository;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use tp_sweep::data::{
    Dataset, DatasetCache, DeviceDatasetKey, Imputation, MISSING, Samples, Values,
};
use tp_sweep::metrics::Scores;
use tp_sweep::record::{Results, RunResult};
use tp_sweep::run::{Device, Executor, Interrupt, Progress};
use tp_sweep::spec::Normalise;

/// The first samples of MNIST: a sweep's `data.limit` selects from these 1,000.
pub fn data(sweep: &str) -> HashMap<DeviceDatasetKey, Arc<Dataset>> {
    let (_, plan) = planned(sweep);
    let data = &plan.trials[0].config.data;
    let cache = DatasetCache::new(vec![repository().join("data")], Vec::new());
    let whole = cache.load(data).expect("MNIST is in the repository");
    let first = |samples: &Samples, count: usize| {
        let Values::Bytes(bytes) = &samples.values else {
            unreachable!("MNIST is bytes")
        };
        Samples {
            values: Values::Bytes(bytes[..count * samples.features].to_vec()),
            features: samples.features,
            labels: samples.labels[..count].to_vec(),
        }
    };
    let part = Dataset {
        train: first(&whole.train, 1000),
        test: first(&whole.test, 200),
        ..Dataset::clone(&whole)
    };
    let part = match data.normalisation() {
        Normalise::Training => with_gaps(part),
        _ => part,
    };
    HashMap::from([(DeviceDatasetKey::of(data), Arc::new(part))])
}

/// The data as numbers of which some are missing, as those of a table may be.
fn with_gaps(whole: Dataset) -> Dataset {
    let gaps = |samples: Samples| {
        let Values::Bytes(bytes) = &samples.values else {
            unreachable!("MNIST is bytes")
        };
        let number = |(position, &byte): (usize, &u8)| match position % 11 {
            3 => MISSING,
            _ => f32::from(byte) / 255.0,
        };
        Samples {
            values: Values::Floats(bytes.iter().enumerate().map(number).collect()),
            ..samples
        }
    };
    Dataset {
        imputation: vec![Imputation::Median; whole.train.features],
        has_missing: true,
        published: None,
        train: gaps(whole.train),
        test: gaps(whole.test),
        ..whole
    }
}

/// An executor that measures no trial: that is a separate training.
struct Unmeasured<'a>(&'a dyn Executor);

impl Executor for Unmeasured<'_> {
    fn allows_padding(&self) -> bool {
        self.0.allows_padding()
    }
    fn cohort_size(&self, plan: &tp_sweep::plan::Plan, class: &[tp_sweep::plan::RunId]) -> usize {
        self.0.cohort_size(plan, class)
    }
    fn execute(
        &self,
        plan: &tp_sweep::plan::Plan,
        cohort: &[tp_sweep::plan::RunId],
        host: &mut tp_sweep::train::TrainingHost<'_>,
    ) -> Result<(), tp_sweep::run::CohortError> {
        self.0.execute(plan, cohort, host)
    }
}

/// Trains the runs without results in the folder, with one worker.
pub fn train(
    sweep: &str,
    folder: &Path,
    executor: &dyn Executor,
    cohort: Option<usize>,
    progress: &dyn Progress,
) -> Results {
    let never = Interrupt::default();
    train_until(sweep, folder, executor, cohort, progress, &never)
}

/// Trains as [`train`] does, until an interrupt.
pub fn train_until(
    sweep: &str,
    folder: &Path,
    executor: &dyn Executor,
    cohort: Option<usize>,
    progress: &dyn Progress,
    interrupt: &Interrupt,
) -> Results {
    let (sweep, plan) = planned(sweep);
    let executor = Unmeasured(executor);
    let setup = Setup {
        cohort,
        progress,
        interrupt: interrupt.clone(),
        ..Setup::on(vec![device_slot(&executor, "vulkan:0", 1)])
    };
    let ran = setup.run(folder, &sweep, &plan);
    ran.expect("records can be written").results
}

/// Trains a sweep on a device.
pub fn on(device: &Device, sweep: &str, cohort: usize) -> Results {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let executor = device.executor(data(sweep), 1).expect("enough memory");
    let reported = RecordingProgress::default();
    let results = train(
        sweep,
        folder.path(),
        executor.as_ref(),
        Some(cohort),
        &reported,
    );
    let halved = reported.halved.into_inner().unwrap();
    assert!(halved.is_empty(), "{halved:?}");
    results
}

/// Trains a sweep on the CPU, each run alone.
pub fn on_the_cpu(sweep: &str) -> Results {
    on(&Device::Cpu, sweep, 1)
}

/// The largest relative difference of a loss, and where it is: training and validation loss of each
/// epoch and the test loss of every run.
///
/// # Panics
/// When runs are missing, have failed or have ended after different epochs.
pub fn worst_difference(expected: &Results, results: &Results) -> (f64, String) {
    assert_eq!(results.runs.len(), expected.runs.len(), "runs");
    let mut worst = (0.0, String::new());
    for (run, expected) in &expected.runs {
        let (one, other) = (losses(expected), losses(&results.runs[run]));
        assert_eq!(one.len(), other.len(), "{run:?}: epochs");
        for (index, (one, other)) in one.iter().zip(other).enumerate() {
            let difference = (one - other).abs() / one.abs();
            assert!(difference.is_finite(), "{run:?}: {one} {other}");
            if difference > worst.0 {
                let epochs = expected.epochs.len();
                worst = (
                    difference,
                    format!("{run:?}, loss {index} of {epochs} epochs: {one} and {other}"),
                );
            }
        }
    }
    worst
}

fn losses(result: &RunResult) -> Vec<f64> {
    assert_eq!(result.failure, None);
    let epochs = result.epochs.iter();
    let losses = epochs.flat_map(|epoch| [epoch.training.loss(), epoch.validation.loss()]);
    let test = result.test.as_ref().and_then(Scores::loss);
    losses.chain([test]).flatten().collect()
}
