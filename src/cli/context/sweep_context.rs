//! A sweep file as every command reads it.

use crate::cli::arguments::commands::SweepArguments;
use crate::cli::errors::cli_error::CliError;
use crate::cli::messages::output::warn;
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
    pub(crate) library: DatasetCache,
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
    expand(sweep, library(path, arguments.data.as_deref()))
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
    let library = library(path, arguments.data.as_deref()).with_recorded(known);
    expand_for_results(sweep, library)
}

fn expand_for_results(sweep: Sweep, library: DatasetCache) -> Result<SweepContext, CliError> {
    let loaded = expand(sweep, library)?;
    // What is asked for later needs no more of the data than this.
    fingerprints(&loaded.plan, &loaded.library)?;
    for error in loaded.library.read_failures() {
        warn(&format!("{error}; the results tell what the data was"));
    }
    Ok(loaded)
}

/// Reads and expands the sweep that a folder of results is of.
///
/// # Errors
/// A folder of another kind; data of the user's own that cannot be used, and that the results do not
/// know.
pub(crate) fn load_recorded(folder: &Path, data: Option<&Path>) -> Result<SweepContext, CliError> {
    let recorded = RecordedSweep::read(folder).map_err(|error| CliError::NoSweep {
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
        library(folder, data).with_recorded(recorded.known_data),
    )
}

fn expand(sweep: Sweep, library: DatasetCache) -> Result<SweepContext, CliError> {
    let facts = |data: &_| library.info(data).map_err(|error| error.to_string());
    let plan = Plan::with_dataset_info(&sweep, &facts)
        .map_err(|error| CliError::plan(error, &sweep.source))?;
    plan.warnings.iter().for_each(|warning| warn(warning));
    let configs = plan.trials.iter().map(|trial| &trial.config);
    let remarks = library.remarks(configs);
    for warning in &remarks.warnings {
        warn(&warning.to_string());
    }
    if sweep.report.baseline.is_some() && plan.baseline(&sweep).is_none() {
        warn("report.baseline matches no trial of the sweep: nothing is compared with it");
    }
    Ok(SweepContext {
        sweep,
        plan,
        library,
        remarks,
    })
}

/// Says which data sets that are known by name are not here: they can be planned, but not trained on.
pub(crate) fn warn_of_missing_data(loaded: &SweepContext) {
    let mut seen = HashSet::new();
    for trial in &loaded.plan.trials {
        let data = &trial.config.data;
        if seen.insert(data.source())
            && let Err(error) = loaded.library.find_files(data)
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
    library: &DatasetCache,
) -> Result<HashMap<DataSource, String>, CliError> {
    let mut fingerprints = HashMap::new();
    for trial in &plan.trials {
        let data = &trial.config.data;
        if let Entry::Vacant(entry) = fingerprints.entry(data.source()) {
            entry.insert(library.fingerprint(data)?);
        }
    }
    Ok(fingerprints)
}

/// Where the results of a sweep are.
///
/// # Errors
/// Data that must be read to know them, and cannot be.
pub(crate) fn store(runs: &Path, plan: &Plan, library: &DatasetCache) -> Result<Store, CliError> {
    let fingerprints = fingerprints(plan, library)?;
    Ok(Store::new(runs, plan, |config| {
        fingerprints[&config.data.source()].clone()
    }))
}

/// What is said where a sweep has no result at its place.
pub(crate) fn no_results(store: &Store, plan: &Plan) -> CliError {
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

/// Takes the lock of a sweep's folder.
///
/// # Errors
/// Another process that holds it; a folder that cannot be written to.
pub(crate) fn locked(store: &Store, plan: &Plan) -> Result<SweepLock, CliError> {
    taken(lock(store.folder()), store, plan)
}

/// Takes the lock of a sweep's folder for a shard: other shards may hold it too.
///
/// # Errors
/// A process that has it alone; a folder that cannot be written to.
pub(crate) fn locked_shared(store: &Store, plan: &Plan) -> Result<SweepLock, CliError> {
    taken(lock_shared(store.folder()), store, plan)
}

fn taken(
    lock: Result<Lock, RecordError>,
    store: &Store,
    plan: &Plan,
) -> Result<SweepLock, CliError> {
    match lock.map_err(CliError::Start)? {
        Lock::Acquired(lock) => {
            if let Some(error) = &lock.unenforced {
                warn(&format!(
                    "the file system of {} has no locks ({error}): if another process runs this \
                     sweep too, runs may be trained twice, with the same results",
                    store.folder().display()
                ));
            }
            Ok(lock)
        }
        Lock::Held(holder) => Err(CliError::Locked {
            holder,
            name: plan.name.clone(),
            folder: store.folder().to_owned(),
        }),
    }
}

/// Where data is looked for: the user's own here and in the folders above the sweep file; the data
/// sets known by name in `--data`, or in the folders called `data` in these places.
fn library(sweep: &Path, data: Option<&Path>) -> DatasetCache {
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
