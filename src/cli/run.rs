//! `tp-sweep run`.

use super::arguments::RunArguments;
use super::best::{classes_of, mark_best};
use super::error::CliError;
use super::output::{say, warn};
use super::report::write_report;
use super::sweep::{Loaded, fingerprints, load};
use crate::data::{Dataset, DeviceForm, Library};
use crate::plan::{Plan, plural};
use crate::record::{Host, Manifest, Store, lock, prepare};
use crate::run::{
    Device, Executor, Interrupt, Ran, Schedule, TensorExecutor, display, remaining, unmeasured,
};
use crate::spec::{DataSource, Sweep};
use burn::backend::Flex;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Trains what remains of a sweep and writes its tables; the exit code.
///
/// # Errors
/// Anything that hinders the sweep as a whole. A failed run does not: it is in the tables.
pub(super) fn run(arguments: &RunArguments) -> Result<u8, CliError> {
    let Loaded {
        sweep,
        plan,
        library,
    } = load(&arguments.sweep)?;
    let device = arguments.device.resolve()?;
    let runs = &arguments.folders.runs;
    let fingerprints = fingerprints(&plan, &library)?;
    let store = Store::new(runs, &plan, |config| {
        fingerprints[&config.data.source()].clone()
    });
    // All that can hinder a start comes first, and before anything is written.
    let executor = executor(&library, &plan, &store, device)?;
    let Some(_lock) = lock(store.folder()).map_err(CliError::Start)? else {
        return Err(CliError::Locked {
            name: plan.name.clone(),
            folder: store.folder().to_owned(),
        });
    };
    prepare(&arguments.folders.reports).map_err(CliError::Start)?;
    let workers = workers(arguments, device);
    let manifest = manifest(arguments, &sweep, &plan, &fingerprints, device, workers);
    manifest.write(store.folder()).map_err(CliError::Start)?;
    warn_of_others(&store, &plan);
    let interrupt = Interrupt::listen()?;
    let progress = display(&plan, sweep.report.rank_by, arguments.quiet);
    let ran = Schedule {
        sweep: &sweep,
        plan: &plan,
        store: &store,
        executor: executor.as_ref(),
        progress: progress.as_ref(),
        interrupt: &interrupt,
        workers,
        device: device.to_string(),
        hardware: hardware(&manifest),
    }
    .run();
    let classes = |trial| classes_of(&library, &store, &plan, trial);
    let reports = &arguments.folders.reports;
    let ran = match ran {
        Ok(ran) => ran,
        Err(error) => {
            // What is complete is worth a table, if it can still be written.
            let _ = write_report(&sweep, &plan, &store.read(&plan), &classes, reports);
            return Err(CliError::Record(error));
        }
    };
    let written = write_report(&sweep, &plan, &ran.results, &classes, reports)?;
    mark_best(&plan, &store, written.tables.best.as_ref()).map_err(CliError::Record)?;
    if !arguments.quiet {
        // The tables are in their files: a closed output takes nothing away.
        let _ = say(&written.shown(&sweep, &plan, &ran.results)?);
    }
    Ok(ended(&plan, &ran, &interrupt, arguments))
}

/// Says which results in the sweep's folder are not, or no longer, its own.
fn warn_of_others(store: &Store, plan: &Plan) {
    let others = store.others(plan);
    if others.replaced > 0 {
        let results = plural(others.replaced, "result");
        warn(&format!(
            "{} {results} of other settings will be replaced",
            others.replaced
        ));
    }
    if others.trials > 0 {
        let folder = store.folder().display();
        let trials = plural(others.trials, "trial");
        warn(&format!(
            "{folder} also has {} {trials} that this sweep does not ask for: they are left alone, \
             and TensorBoard shows them too",
            others.trials
        ));
    }
}

/// Says how it ended; the exit code.
fn ended(plan: &Plan, ran: &Ran, interrupt: &Interrupt, arguments: &RunArguments) -> u8 {
    if ran.interrupted {
        let left = plan.runs().count() - ran.results.runs.len();
        warn(&format!(
            "stopped: {left} {} left; the same command continues where this one stopped",
            plural(left, "run")
        ));
        return interrupt.exit_code();
    }
    let failed = ran
        .results
        .runs
        .values()
        .filter(|r| r.failure.is_some())
        .count();
    if failed > 0 {
        let path = arguments.folders.reports.join(format!("{}.md", plan.name));
        let runs = plural(failed, "run");
        warn(&format!(
            "{failed} {runs} failed: the reasons are in {}",
            path.display()
        ));
        return 1;
    }
    0
}

/// Runs trained beside each other.
fn workers(arguments: &RunArguments, device: Device) -> usize {
    match (arguments.workers, device) {
        (Some(workers), _) => usize::from(workers),
        (None, Device::Cpu) => Host::current().cores,
        (None, Device::Cuda(_)) => 1,
    }
}

/// Loads the data that remaining runs and measurements need, and puts it on the device.
fn executor(
    library: &Library,
    plan: &Plan,
    store: &Store,
    device: Device,
) -> Result<Box<dyn Executor>, CliError> {
    let mut datasets: HashMap<DeviceForm, Arc<Dataset>> = HashMap::new();
    let results = store.read(plan);
    let open = remaining(plan, &results).into_iter().flatten();
    for run in open.chain(unmeasured(plan, &results)) {
        let data = &plan.trials[run.trial].config.data;
        if let Entry::Vacant(entry) = datasets.entry(DeviceForm::of(data)) {
            entry.insert(library.load(data)?);
        }
    }
    Ok(match device {
        Device::Cpu => {
            let cpu = Default::default();
            Box::new(TensorExecutor::<Flex>::new(datasets, &cpu, true))
        }
        #[cfg(feature = "cuda")]
        Device::Cuda(index) => {
            let gpu = burn::backend::cuda::CudaDevice::new(index);
            Box::new(TensorExecutor::<burn::backend::Cuda>::new(
                datasets, &gpu, false,
            ))
        }
        #[cfg(not(feature = "cuda"))]
        Device::Cuda(_) => unreachable!("without the feature no CUDA device is ever found"),
    })
}

fn manifest(
    arguments: &RunArguments,
    sweep: &Sweep,
    plan: &Plan,
    fingerprints: &HashMap<DataSource, String>,
    device: Device,
    workers: usize,
) -> Manifest {
    let name = |source: &DataSource| match &source.path {
        Some(path) => format!("{} {path}", source.set),
        None => source.set.to_string(),
    };
    let data: BTreeMap<String, String> = fingerprints
        .iter()
        .map(|(source, fingerprint)| (name(source), fingerprint.clone()))
        .collect();
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    Manifest {
        format: 1,
        version: env!("CARGO_PKG_VERSION"),
        name: plan.name.clone(),
        sweep_file: sweep.source.text.clone(),
        overrides: arguments.sweep.overrides.clone(),
        trials: plan.trials.len(),
        runs: plan.runs().count(),
        data,
        device: device.to_string(),
        workers,
        host: Host::current(),
        started: since_1970.map_or(0.0, |elapsed| elapsed.as_secs_f64()),
    }
}

/// The machine as a Markdown table.
fn hardware(manifest: &Manifest) -> String {
    let host = &manifest.host;
    let processor = host.processor.as_deref().unwrap_or("unknown");
    let gpu = match manifest.device.as_str() {
        "cpu" => "not used",
        device => device,
    };
    format!(
        "what | value\n---|---\nGPU | {gpu}\ndevice | {}\nworkers | {}\nprocessor | {processor}\n\
         cores | {}\nsystem | {}\ntp-sweep | {}\n",
        manifest.device, manifest.workers, host.cores, host.system, manifest.version,
    )
}
