//! Sweeps run by the crate, most of them with an executor that trains nothing, and their reports.

use super::executor::FakeExecutor;
use std::path::Path;
use tp_sweep::plan::{Plan, RunId};
use tp_sweep::record::{RecordError, Results, Store};
use tp_sweep::report::{Listing, Report, TrialClasses};
use tp_sweep::run::{
    DeviceSlot, ExecutionContext, Executor, Interrupt, NoProgress, Progress, SweepOutcome,
    run_sweep,
};
use tp_sweep::spec::{DataRemarks, Source, Sweep};

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

/// The devices and options with which the runs of a sweep are trained.
pub struct Setup<'a> {
    pub slots: Vec<DeviceSlot<'a>>,
    pub cohort: Option<usize>,
    /// The runs to train, if not all.
    pub shard: Option<Vec<RunId>>,
    pub progress: &'a dyn Progress,
    pub interrupt: Interrupt,
}

/// A device with so many workers.
pub fn device_slot<'a>(executor: &'a dyn Executor, device: &str, workers: usize) -> DeviceSlot<'a> {
    DeviceSlot {
        executor,
        device: device.to_owned(),
        precision: "float32".to_owned(),
        workers,
        hardware: String::new(),
    }
}

impl<'a> Setup<'a> {
    /// One worker on one device.
    pub fn new(executor: &'a dyn Executor) -> Self {
        Self::on(vec![device_slot(executor, "cpu", 1)])
    }

    /// These devices.
    pub fn on(slots: Vec<DeviceSlot<'a>>) -> Self {
        Self {
            slots,
            cohort: None,
            shard: None,
            progress: &NoProgress,
            interrupt: Interrupt::default(),
        }
    }

    /// Trains the runs that have no result in this folder.
    pub fn run(
        self,
        folder: &Path,
        sweep: &Sweep,
        plan: &Plan,
    ) -> Result<SweepOutcome, RecordError> {
        run_sweep(&ExecutionContext {
            sweep,
            plan,
            store: &store(folder, plan),
            shard: self.shard.as_deref(),
            devices: &self.slots,
            max_cohort_size: self.cohort,
            retry_failed: false,
            fail_fast: false,
            progress: self.progress,
            interrupt: &self.interrupt,
        })
    }
}

pub fn run(folder: &Path, sweep: &Sweep, plan: &Plan, executor: &dyn Executor) -> SweepOutcome {
    Setup::new(executor).run(folder, sweep, plan).unwrap()
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

/// The text without the training time of the forecast, which depends on the machine.
pub fn without_training_time(text: &str) -> String {
    let Some((before, after)) = text.split_once(" of training)") else {
        return text.to_owned();
    };
    let (before, _) = before.rsplit_once('(').unwrap();
    format!("{before}(… of training){after}")
}

pub fn markdown(report: &Report) -> String {
    file(report, "md")
}

/// Runs a sweep with these accuracies; its plan, its report, and all its results.
pub fn reported(text: &str, accuracy: fn(RunId) -> f64) -> (Sweep, Plan, Report, Results) {
    reported_with(text, accuracy, &Listing::default())
}

/// The same, with these report options.
pub fn reported_with(
    text: &str,
    accuracy: fn(RunId) -> f64,
    view: &Listing,
) -> (Sweep, Plan, Report, Results) {
    let (sweep, plan) = planned(text);
    let folder = tempfile::tempdir().unwrap();
    let ran = run(
        folder.path(),
        &sweep,
        &plan,
        &FakeExecutor::with_accuracies(accuracy),
    );
    let report = report(folder.path(), &sweep, &plan, &ran.results, &[], view);
    (sweep, plan, report, ran.results)
}
