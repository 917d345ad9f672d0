//! Loading a sweep, its plan and its data sets.

use super::data_folders::data_folders;
use crate::cli::arguments::SweepArguments;
use crate::cli::errors::CliError;
use crate::cli::messages::warn;
use crate::data::{Dataset, DatasetCache, DeviceDatasetKey};
use crate::plan::Plan;
use crate::record::lock;
use crate::record::{
    Inventory, Lock, ReconcilePlan, RecordError, RecordedSweep, Store, SweepLock, lock_shared,
};
use crate::spec::{DataRemarks, DataSource, Source, Sweep};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A sweep, its plan, and its data sets.
pub(crate) struct SweepContext {
    pub(crate) sweep: Sweep,
    pub(crate) plan: Plan,
    pub(crate) dataset_cache: DatasetCache,
    /// Notes and warnings about the data.
    pub(crate) remarks: DataRemarks,
}

/// Reads and expands a sweep file, and prints its warnings.
///
/// # Errors
/// The sweep file is invalid, or custom data cannot be used.
pub(crate) fn load(arguments: &SweepArguments) -> Result<SweepContext, CliError> {
    // clap requires the path for every command that has this argument.
    let path = arguments.sweep.as_deref().unwrap_or(Path::new(""));
    let sweep = Sweep::load(path, &arguments.overrides)?;
    expand(sweep, build_dataset_cache(path, arguments.data.as_deref()))
}

/// Like [`load`], for commands that need only the results below `runs`: if the data is missing, the
/// description of it in the results is used.
///
/// # Errors
/// As for [`load`], except for data that the results describe.
pub(crate) fn load_for_results(
    arguments: &SweepArguments,
    runs: &Path,
) -> Result<SweepContext, CliError> {
    let path = arguments.sweep.as_deref().unwrap_or(Path::new(""));
    let sweep = Sweep::load(path, &arguments.overrides)?;
    with_recorded_data(sweep, path, arguments.data.as_deref(), runs)
}

/// Expands the sweep of the file `path`; data that is missing is taken from the description of it in
/// the results below `runs`.
///
/// # Errors
/// As for [`load_for_results`].
pub(crate) fn with_recorded_data(
    sweep: Sweep,
    path: &Path,
    data: Option<&Path>,
    runs: &Path,
) -> Result<SweepContext, CliError> {
    let recorded = RecordedSweep::read(&runs.join(&sweep.name));
    let known = recorded.map_or_else(|_| Vec::new(), |recorded| recorded.known_data);
    let dataset_cache = build_dataset_cache(path, data).with_recorded(known);
    expand_for_results(sweep, dataset_cache)
}

fn expand_for_results(sweep: Sweep, dataset_cache: DatasetCache) -> Result<SweepContext, CliError> {
    let context = expand(sweep, dataset_cache)?;
    // Later steps need nothing else of the data.
    fingerprints(&context.plan, &context.dataset_cache)?;
    for error in context.dataset_cache.read_failures() {
        warn(&format!(
            "{error}; using the description of the data in the results"
        ));
    }
    Ok(context)
}

/// Reads and expands the sweep of a results folder.
///
/// # Errors
/// `folder` is not a results folder, or custom data cannot be used and the results do not describe it.
pub(crate) fn load_from_results(
    folder: &Path,
    data: Option<&Path>,
) -> Result<SweepContext, CliError> {
    load_recorded(folder, build_dataset_cache(folder, data))
}

/// Like [`load_from_results`] for a folder that someone else wrote: data is looked for in the current folder, in
/// `--data` and in the installation, never in the folder or above it.
///
/// # Errors
/// As for [`load_from_results`].
pub(crate) fn load_from_untrusted_results(
    folder: &Path,
    data: Option<&Path>,
) -> Result<SweepContext, CliError> {
    let here = vec![PathBuf::new()];
    load_recorded(folder, DatasetCache::new(data_folders(data, &here), here))
}

fn load_recorded(folder: &Path, dataset_cache: DatasetCache) -> Result<SweepContext, CliError> {
    let recorded = RecordedSweep::read(folder).map_err(|error| CliError::NotResultsOfSweep {
        folder: folder.to_owned(),
        error,
    })?;
    let source = Source {
        name: folder.join("sweep.json").display().to_string(),
        text: recorded.sweep_file,
    };
    let sweep = Sweep::parse(source, &recorded.name, &recorded.overrides)?;
    expand_for_results(sweep, dataset_cache.with_recorded(recorded.known_data))
}

fn expand(sweep: Sweep, dataset_cache: DatasetCache) -> Result<SweepContext, CliError> {
    let facts = |data: &_| dataset_cache.info(data).map_err(|error| error.to_string());
    let plan = Plan::with_dataset_info(&sweep, &facts)
        .map_err(|error| CliError::plan(error, &sweep.source))?;
    plan.warnings.iter().for_each(|warning| warn(warning));
    let configs = plan.trials.iter().map(|trial| &trial.config);
    let remarks = dataset_cache.remarks(configs);
    for warning in &remarks.warnings {
        warn(&warning.to_string());
    }
    if sweep.baseline.is_some() && plan.baseline(&sweep).is_none() {
        warn("report.baseline matches no trial; the report has no comparison with a baseline");
    }
    Ok(SweepContext {
        sweep,
        plan,
        dataset_cache,
        remarks,
    })
}

/// Warns of built-in data sets whose files are missing: they can be planned, but not trained on.
pub(crate) fn warn_of_missing_data(context: &SweepContext) {
    let mut seen = HashSet::new();
    for trial in &context.plan.trials {
        let data = &trial.config.data;
        if seen.insert(data.source())
            && let Err(error) = context.dataset_cache.find_files(data)
        {
            warn(&format!("cannot train yet: {error}"));
        }
    }
}

/// The hash of the contents of each data set.
///
/// # Errors
/// Data must be read and cannot be.
pub(crate) fn fingerprints(
    plan: &Plan,
    dataset_cache: &DatasetCache,
) -> Result<HashMap<DataSource, String>, CliError> {
    let mut fingerprints = HashMap::new();
    for trial in &plan.trials {
        let data = &trial.config.data;
        if let Entry::Vacant(entry) = fingerprints.entry(data.source()) {
            entry.insert(dataset_cache.fingerprint(data)?);
        }
    }
    Ok(fingerprints)
}

/// The store of a sweep's results.
///
/// # Errors
/// Data must be read to identify the results and cannot be.
pub(crate) fn open_store(
    runs: &Path,
    plan: &Plan,
    dataset_cache: &DatasetCache,
) -> Result<Store, CliError> {
    open_store_at(&runs.join(&plan.name), plan, dataset_cache)
}

/// The store of a sweep's results in this folder, which may have any name.
///
/// # Errors
/// Data must be read to identify the results and cannot be.
pub(crate) fn open_store_at(
    folder: &Path,
    plan: &Plan,
    dataset_cache: &DatasetCache,
) -> Result<Store, CliError> {
    let fingerprints = fingerprints(plan, dataset_cache)?;
    Ok(Store::at(folder, plan, |config| {
        fingerprints[&config.data.source()].clone()
    }))
}

/// Loads the data sets of these trials, each once.
///
/// # Errors
/// A data set cannot be read.
pub(crate) fn load_datasets(
    plan: &Plan,
    dataset_cache: &DatasetCache,
    trials: impl IntoIterator<Item = usize>,
) -> Result<HashMap<DeviceDatasetKey, Arc<Dataset>>, CliError> {
    let mut datasets = HashMap::new();
    for trial in trials {
        let data = &plan.trials[trial].config.data;
        if let Entry::Vacant(entry) = datasets.entry(DeviceDatasetKey::of(data)) {
            entry.insert(dataset_cache.load(data)?);
        }
    }
    Ok(datasets)
}

/// The error if a sweep has no results in the expected places.
pub(crate) fn missing_results_error(store: &Store, plan: &Plan) -> CliError {
    let folder = store.folder().to_owned();
    let contents = Inventory::read(&folder);
    let kept = contents.map(|contents| {
        ReconcilePlan::new(store, plan, &contents)
            .restored_runs()
            .len()
    });
    match kept {
        Ok(results @ 1..) => CliError::Misplaced { results, folder },
        _ => CliError::NoResults(folder),
    }
}

/// Acquires the exclusive lock of a sweep's folder.
///
/// # Errors
/// Another process holds the lock, or the folder cannot be written.
pub(crate) fn lock_sweep(store: &Store, plan: &Plan) -> Result<SweepLock, CliError> {
    acquire(lock(store.folder()), store, plan)
}

/// Acquires the shared lock of a sweep's folder for a shard.
///
/// # Errors
/// Another process holds the exclusive lock, or the folder cannot be written.
pub(crate) fn lock_sweep_shared(store: &Store, plan: &Plan) -> Result<SweepLock, CliError> {
    acquire(lock_shared(store.folder()), store, plan)
}

fn acquire(
    lock: Result<Lock, RecordError>,
    store: &Store,
    plan: &Plan,
) -> Result<SweepLock, CliError> {
    match lock.map_err(CliError::BeforeStart)? {
        Lock::Acquired(lock) => {
            if let Some(error) = &lock.unenforced {
                warn(&format!(
                    "the file system of {} does not support locks ({error}): if another process also \
                     runs this sweep, runs may be trained twice, with the same results",
                    store.folder().display()
                ));
            }
            Ok(lock)
        }
        Lock::Held(holder) => Err(CliError::locked(holder, plan, store.folder())),
    }
}

/// A cache that looks for custom data here and in the folders above the sweep file, and for built-in
/// data sets in `--data`, or in the `data` folders of these places and of the installation.
fn build_dataset_cache(sweep: &Path, data: Option<&Path>) -> DatasetCache {
    let mut starts = vec![PathBuf::new()];
    if let Ok(sweep) = std::path::absolute(sweep) {
        starts.extend(sweep.ancestors().skip(1).map(Path::to_owned));
    }
    DatasetCache::new(data_folders(data, &starts), starts)
}
