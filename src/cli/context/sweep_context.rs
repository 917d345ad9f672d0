//! A sweep file as every command reads it.

use crate::cli::arguments::SweepArguments;
use crate::cli::errors::CliError;
use crate::cli::messages::warn;
use crate::data::DatasetCache;
use crate::plan::Plan;
use crate::record::lock;
use crate::record::{
    Inventory, Lock, ReconcilePlan, RecordError, RecordedSweep, Store, SweepLock, lock_shared,
};
use crate::spec::{DataRemarks, DataSource, Source, Sweep};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// A sweep, its plan, and its data sets.
pub(crate) struct SweepContext {
    pub(crate) sweep: Sweep,
    pub(crate) plan: Plan,
    pub(crate) dataset_cache: DatasetCache,
    /// Notes and warnings about the data.
    pub(crate) remarks: DataRemarks,
}

/// Reads and expands a sweep; says what its author should know.
///
/// # Errors
/// A sweep file that is not valid; data of the user's own that cannot be used.
pub(crate) fn load(arguments: &SweepArguments) -> Result<SweepContext, CliError> {
    // clap requires the path wherever a command takes it.
    let path = arguments.sweep.as_deref().unwrap_or(Path::new(""));
    let sweep = Sweep::load(path, &arguments.overrides)?;
    expand(sweep, build_dataset_cache(path, arguments.data.as_deref()))
}

/// Reads and expands a sweep as [`load`] does, for its results below `runs` alone: where its data is
/// gone, what they tell of it is enough.
///
/// # Errors
/// As [`load`], but for data that the results know.
pub(crate) fn load_for_results(
    arguments: &SweepArguments,
    runs: &Path,
) -> Result<SweepContext, CliError> {
    let path = arguments.sweep.as_deref().unwrap_or(Path::new(""));
    let sweep = Sweep::load(path, &arguments.overrides)?;
    let recorded = RecordedSweep::read(&runs.join(&sweep.name));
    let known = recorded.map_or_else(|_| Vec::new(), |recorded| recorded.known_data);
    let dataset_cache = build_dataset_cache(path, arguments.data.as_deref()).knowing(known);
    expand_for_results(sweep, dataset_cache)
}

fn expand_for_results(sweep: Sweep, dataset_cache: DatasetCache) -> Result<SweepContext, CliError> {
    let context = expand(sweep, dataset_cache)?;
    // What is asked for later needs no more of the data than this.
    fingerprints(&context.plan, &context.dataset_cache)?;
    for error in context.dataset_cache.unread() {
        warn(&format!("{error}; the results tell what the data was"));
    }
    Ok(context)
}

/// Reads and expands the sweep that a folder of results is of.
///
/// # Errors
/// A folder of another kind; data of the user's own that cannot be used, and that the results do not
/// know.
pub(crate) fn load_from_results(
    folder: &Path,
    data: Option<&Path>,
) -> Result<SweepContext, CliError> {
    let recorded = RecordedSweep::read(folder).map_err(|error| CliError::NotResultsOfSweep {
        folder: folder.to_owned(),
        error,
    })?;
    let source = Source {
        name: folder.join("sweep.json").display().to_string(),
        text: recorded.sweep_file,
    };
    let sweep = Sweep::parse(source, &recorded.name, &recorded.overrides)?;
    expand_for_results(
        sweep,
        build_dataset_cache(folder, data).knowing(recorded.known_data),
    )
}

fn expand(sweep: Sweep, dataset_cache: DatasetCache) -> Result<SweepContext, CliError> {
    let facts = |data: &_| dataset_cache.facts(data).map_err(|error| error.to_string());
    let plan =
        Plan::with_facts(&sweep, &facts).map_err(|error| CliError::plan(error, &sweep.source))?;
    plan.warnings.iter().for_each(|warning| warn(warning));
    let configs = plan.trials.iter().map(|trial| &trial.config);
    let remarks = dataset_cache.remarks(configs);
    for warning in &remarks.warnings {
        warn(&warning.to_string());
    }
    if sweep.report.baseline.is_some() && plan.baseline(&sweep).is_none() {
        warn("report.baseline matches no trial of the sweep: nothing is compared with it");
    }
    Ok(SweepContext {
        sweep,
        plan,
        dataset_cache,
        remarks,
    })
}

/// Says which data sets that are known by name are not here: they can be planned, but not trained on.
pub(crate) fn warn_of_missing_data(context: &SweepContext) {
    let mut seen = HashSet::new();
    for trial in &context.plan.trials {
        let data = &trial.config.data;
        if seen.insert(data.source())
            && let Err(error) = context.dataset_cache.find_files(data)
        {
            warn(&format!("nothing can be trained here yet: {error}"));
        }
    }
}

/// The hash of each data set's contents.
///
/// # Errors
/// Data that must be read for it, and cannot be.
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

/// Where the results of a sweep are.
///
/// # Errors
/// Data that must be read to know them, and cannot be.
pub(crate) fn open_store(
    runs: &Path,
    plan: &Plan,
    dataset_cache: &DatasetCache,
) -> Result<Store, CliError> {
    let fingerprints = fingerprints(plan, dataset_cache)?;
    Ok(Store::new(runs, plan, |config| {
        fingerprints[&config.data.source()].clone()
    }))
}

/// What is said where a sweep has no result at its place.
pub(crate) fn missing_results_error(store: &Store, plan: &Plan) -> CliError {
    let folder = store.folder().to_owned();
    let contents = Inventory::read(&folder);
    let kept = contents.map(|contents| ReconcilePlan::new(store, plan, &contents).kept().len());
    match kept {
        Ok(results @ 1..) => CliError::Misplaced { results, folder },
        _ => CliError::NoResults(folder),
    }
}

/// Takes the lock of a sweep's folder.
///
/// # Errors
/// Another process that holds it; a folder that cannot be written to.
pub(crate) fn lock_sweep(store: &Store, plan: &Plan) -> Result<SweepLock, CliError> {
    acquire(lock(store.folder()), store, plan)
}

/// Takes the lock of a sweep's folder for a shard: other shards may hold it too.
///
/// # Errors
/// A process that has it alone; a folder that cannot be written to.
pub(crate) fn lock_sweep_shared(store: &Store, plan: &Plan) -> Result<SweepLock, CliError> {
    acquire(lock_shared(store.folder()), store, plan)
}

fn acquire(
    lock: Result<Lock, RecordError>,
    store: &Store,
    plan: &Plan,
) -> Result<SweepLock, CliError> {
    match lock.map_err(CliError::BeforeStart)? {
        Lock::Taken(lock) => {
            if let Some(error) = &lock.unenforced {
                warn(&format!(
                    "the file system of {} has no locks ({error}): if another process runs this \
                     sweep too, runs may be trained twice, with the same results",
                    store.folder().display()
                ));
            }
            Ok(lock)
        }
        Lock::Busy(holder) => Err(CliError::Locked {
            holder,
            name: plan.name.clone(),
            folder: store.folder().to_owned(),
        }),
    }
}

/// Where data is looked for: the user's own here and in the folders above the sweep file; the data
/// sets known by name in `--data`, or in the folders called `data` in these places.
fn build_dataset_cache(sweep: &Path, data: Option<&Path>) -> DatasetCache {
    let mut starts = vec![PathBuf::new()];
    if let Ok(sweep) = std::path::absolute(sweep) {
        starts.extend(sweep.ancestors().skip(1).map(Path::to_owned));
    }
    let folders = match data {
        Some(folder) => vec![folder.to_owned()],
        None => starts.iter().map(|start| start.join("data")).collect(),
    };
    DatasetCache::new(folders, starts)
}
