//! `tp-sweep run`.

use super::report::write_report;
use crate::cli::arguments::{ProgressFormat, RunArguments};
use crate::cli::context::{
    RecordedDetails, SweepContext, fingerprints, load, load_datasets, lock_sweep,
    lock_sweep_shared, mark_best, refuse_report_over_inputs,
};
use crate::cli::errors::CliError;
use crate::cli::messages::{print, reconcile, reconcile_shard, report_shard_end, report_sweep_end};
use crate::data::DatasetCache;
use crate::escape::markdown;
use crate::plan::{Plan, RunId};
use crate::record::{Invocation, Machine, Manifest, Program, Store, prepare_folder};
use crate::report::Listing;
use crate::run::{
    Device, DeviceFacts, DeviceSlot, ExecutionContext, Executor, Interrupt, JsonProgress,
    PRECISION, Progress, display, remaining, run_sweep, unprofiled_trials,
};
use crate::spec::{DataSource, RecordedDataset, Sweep};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

/// Trains the remaining runs of a sweep and writes its report; returns the exit code.
///
/// # Errors
/// An error that concerns the sweep as a whole. A failed run is not an error: the report shows it.
pub(crate) fn run(arguments: &RunArguments) -> Result<u8, CliError> {
    // Listen first, so that a signal while data is read is handled.
    let interrupt = Interrupt::listen()?;
    let progress_slot: Arc<OnceLock<Arc<dyn Progress>>> = Arc::default();
    interrupt.acknowledge_through(Arc::clone(&progress_slot))?;
    let context = load(&arguments.sweep)?;
    let reports = &arguments.folders.reports;
    let sweep_file = arguments.sweep.sweep.as_slice();
    refuse_report_over_inputs(&context.plan.name, reports, sweep_file, &context)?;
    let SweepContext {
        sweep,
        plan,
        dataset_cache,
        remarks,
    } = context;
    let devices = arguments.device.resolve()?;
    let fingerprints = fingerprints(&plan, &dataset_cache)?;
    let store = Store::new(&arguments.folders.runs, &plan, |config| {
        fingerprints[&config.data.source()].clone()
    });
    refuse_changed_plan(arguments, &store)?;
    let shard_runs = arguments.shard.map(|shard| plan.shard(shard));
    let runs = shard_runs.clone().unwrap_or_else(|| plan.runs().collect());
    // Fail here rather than after files have been written.
    let workers = workers(arguments, &devices);
    let executors = executors(
        arguments,
        &dataset_cache,
        &plan,
        &runs,
        &store,
        &devices,
        workers,
    )?;
    let _lock = match &shard_runs {
        None => lock_sweep(&store, &plan)?,
        Some(_) => lock_sweep_shared(&store, &plan)?,
    };
    match &shard_runs {
        None => {
            prepare_folder(reports).map_err(CliError::BeforeStart)?;
            reconcile(&sweep, &store, &plan).map_err(CliError::BeforeStart)?;
        }
        Some(runs) => {
            reconcile_shard(&sweep, &store, &plan, runs).map_err(CliError::BeforeStart)?;
        }
    }
    let manifest = Manifest {
        known_data: known_data(&plan, &dataset_cache)?,
        ..manifest(arguments, &sweep, &plan, &fingerprints, &devices, workers)
    };
    manifest
        .write(store.folder())
        .map_err(CliError::BeforeStart)?;
    let progress = progress_slot.get_or_init(|| progress(arguments, &plan, &sweep));
    let device_slots = devices
        .iter()
        .zip(&executors)
        .map(|(device, executor)| DeviceSlot {
            executor: executor.as_ref(),
            device: device.to_string(),
            precision: PRECISION.to_owned(),
            workers,
            hardware: hardware(&manifest, device),
        });
    let device_slots: Vec<DeviceSlot> = device_slots.collect();
    let outcome = run_sweep(&ExecutionContext {
        sweep: &sweep,
        plan: &plan,
        store: &store,
        shard: shard_runs.as_deref(),
        devices: &device_slots,
        max_cohort_size: arguments.cohort.map(usize::from),
        retry_failed: arguments.retry_failed,
        fail_fast: arguments.fail_fast,
        progress: progress.as_ref(),
        interrupt: &interrupt,
    });
    if let Some(shard) = arguments.shard {
        let outcome = outcome.map_err(CliError::AfterStart)?;
        return Ok(report_shard_end(
            shard, &runs, &outcome, &interrupt, arguments,
        ));
    }
    let details = RecordedDetails {
        dataset_cache: &dataset_cache,
        store: &store,
        plan: &plan,
    };
    let listing = Listing::default();
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(error) => {
            // Report the completed runs, if the report can still be written.
            let _ = write_report(
                &sweep,
                &plan,
                &store.read(&plan),
                &remarks,
                &listing,
                &details,
                reports,
            );
            return Err(CliError::AfterStart(error));
        }
    };
    let written = write_report(
        &sweep,
        &plan,
        &outcome.results,
        &remarks,
        &listing,
        &details,
        reports,
    )?;
    mark_best(&plan, &store, written.report.detailed.as_ref()).map_err(CliError::AfterStart)?;
    if !arguments.quiet {
        // The report is already written, so a closed output does no harm.
        let _ = print(&written.terminal_text(&sweep, &plan, &outcome.results)?);
    }
    Ok(report_sweep_end(&plan, &outcome, &interrupt, arguments))
}

/// Refuses to train if the sweep has changed since the launch.
fn refuse_changed_plan(arguments: &RunArguments, store: &Store) -> Result<(), CliError> {
    match &arguments.plan {
        Some(expected) if *expected != store.fingerprint() => Err(CliError::PlanChanged),
        _ => Ok(()),
    }
}

/// The number of cohorts trained at the same time on each device.
fn workers(arguments: &RunArguments, devices: &[Device]) -> usize {
    let requested = arguments.workers.map(usize::from);
    requested.unwrap_or_else(|| devices[0].default_workers())
}

/// Loads the data that the remaining runs and profiles need, and creates an executor per device.
fn executors(
    arguments: &RunArguments,
    dataset_cache: &DatasetCache,
    plan: &Plan,
    runs: &[RunId],
    store: &Store,
    devices: &[Device],
    workers: usize,
) -> Result<Vec<Box<dyn Executor>>, CliError> {
    let mut results = store.read_runs(plan, runs);
    if arguments.retry_failed {
        results.discard_failures();
    }
    let open = remaining(runs, &results).into_iter();
    let needed = open.chain(unprofiled_trials(plan, runs, &results));
    let datasets = load_datasets(plan, dataset_cache, needed.map(|run| run.trial))?;
    let executor = |device: &Device| Ok(device.executor(datasets.clone(), workers)?);
    devices.iter().map(executor).collect()
}

fn manifest(
    arguments: &RunArguments,
    sweep: &Sweep,
    plan: &Plan,
    fingerprints: &HashMap<DataSource, String>,
    devices: &[Device],
    workers: usize,
) -> Manifest {
    let name = |source: &DataSource| {
        let columns = source.columns.to_value();
        let columns = match columns.as_object() {
            Some(settings) if !settings.is_empty() => format!(" {columns}"),
            _ => String::new(),
        };
        match &source.path {
            Some(path) => format!("{} {path}{columns}", source.set),
            None => source.set.to_string(),
        }
    };
    let data: BTreeMap<String, String> = fingerprints
        .iter()
        .map(|(source, fingerprint)| (name(source), fingerprint.clone()))
        .collect();
    Manifest {
        precision: PRECISION,
        workers,
        data,
        overrides: arguments.sweep.overrides.clone(),
        ..Manifest::new(sweep, plan, invocation(devices))
    }
}

/// The descriptions of the sweep's data sets to record with the results.
fn known_data(plan: &Plan, dataset_cache: &DatasetCache) -> Result<Vec<RecordedDataset>, CliError> {
    let mut seen = HashSet::new();
    let configs = plan.trials.iter().map(|trial| &trial.config);
    let data = configs.clone().map(|config| &config.data);
    let known = data.filter(|data| seen.insert(data.source()));
    known
        .map(|data| Ok(dataset_cache.to_known_data(data, configs.clone())?))
        .collect()
}

/// The description of this invocation.
fn invocation(devices: &[Device]) -> Invocation {
    let names: Vec<String> = devices.iter().map(Device::to_string).collect();
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    let program = Program::current();
    let arguments = std::env::args_os();
    Invocation {
        started: since_1970.map_or(0.0, |elapsed| elapsed.as_secs_f64()),
        version: program.version.to_owned(),
        commit: program.commit.to_owned(),
        command_line: arguments
            .map(|a| a.to_string_lossy().into_owned())
            .collect(),
        device: names.join(","),
        gpus: devices.iter().filter_map(Device::model).collect(),
        driver: devices[0].driver(),
        machine: Machine::current(),
    }
}

/// The receiver of the progress, as the arguments select it.
fn progress(arguments: &RunArguments, plan: &Plan, sweep: &Sweep) -> Arc<dyn Progress> {
    match arguments.progress {
        ProgressFormat::Text => display(plan, sweep.options.report.rank_by, arguments.quiet),
        ProgressFormat::Json => Arc::new(JsonProgress::default()),
    }
}

/// A Markdown table of the machine and the device of a run.
fn hardware(manifest: &Manifest, device: &Device) -> String {
    let host = &manifest.invocation.machine;
    let description = |device: &Device| DeviceFacts::of(device.clone()).description;
    let processor = description(&Device::Cpu);
    let gpu = match device {
        Device::Cpu => "not used".to_owned(),
        gpu => description(gpu),
    };
    let [gpu, device] = [gpu, device.to_string()].map(|text| markdown(&text));
    let [processor, system] = [&processor, &host.system].map(|text| markdown(text));
    format!(
        "what | value\n---|---\nGPU | {gpu}\ndevice | {device}\nprecision | {}\nworkers | {}\n\
         processor | {processor}\nsystem | {system}\ntp-sweep | {}\n",
        PRECISION, manifest.workers, manifest.program.version,
    )
}
