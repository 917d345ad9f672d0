//! `tp-sweep launch slurm`.

use super::follow;
use super::request::build_request;
use crate::cli::arguments::LaunchSlurmArguments;
use crate::cli::context::{SweepContext, load, lock_sweep, open_store};
use crate::cli::errors::CliError;
use crate::cli::messages::{print, reconcile, warn, with_count};
use crate::data::{DatasetCache, DeviceDatasetKey};
use crate::launch::{
    ARRAY_SCRIPT, LAUNCH_FOLDER, LaunchError, LaunchRecord, LaunchRequest, REPORT_SCRIPT, Slurm,
    array_script, report_script,
};
use crate::plan::Plan;
use crate::record::lock;
use crate::record::{Lock, Store, SweepLock, prepare_folder, write_atomically};
use std::collections::HashSet;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Submits a sweep to Slurm; the exit code.
///
/// # Errors
/// All that would hinder the tasks, as far as it can be seen from here; a Slurm that refuses. Then
/// nothing is left in the queue.
pub(crate) fn submit(arguments: &LaunchSlurmArguments) -> Result<u8, CliError> {
    let SweepContext {
        sweep,
        plan,
        dataset_cache,
        ..
    } = load(&arguments.sweep)?;
    let options = arguments.options().or(&sweep.launch);
    let folders = &arguments.folders;
    let store = open_store(&folders.runs, &plan, &dataset_cache)?;
    check_data(&plan, &dataset_cache)?;
    if arguments.dry_run {
        let request = LaunchRequest {
            plan: Some(store.fingerprint()),
            ..build_request(&arguments.sweep, folders, &plan, options, None)?
        };
        print(&format!(
            "# {ARRAY_SCRIPT}\n{}\n# {REPORT_SCRIPT}, after it\n{}",
            array_script(&request),
            report_script(&request)
        ))?;
        return Ok(0);
    }
    let slurm = Slurm::default();
    let max_shards = slurm.max_array_index()?;
    let request = LaunchRequest {
        plan: Some(store.fingerprint()),
        ..build_request(&arguments.sweep, folders, &plan, options, Some(max_shards))?
    };
    prepare_folder(&folders.reports).map_err(CliError::BeforeStart)?;
    let folder = store.folder().join(LAUNCH_FOLDER);
    // Until all is submitted, no other launch of this sweep.
    let _launch_lock = lock_launch(&folder, &plan)?;
    if !arguments.again {
        refuse_queued_jobs(&slurm, store.folder())?;
    }
    // The tasks have the sweep's folder to themselves, which may start at once.
    match lock_sweep(&store, &plan) {
        Ok(_lock) => reconcile(&sweep, &store, &plan).map_err(CliError::BeforeStart)?,
        // Tasks of the earlier launch are at work, each of which puts its own runs in place.
        Err(CliError::Locked { .. }) if arguments.again => {}
        Err(error) => return Err(error),
    }
    write_scripts(&folder, &request)?;
    let launch = submit_both(&slurm, &store, &folder, &request)?;
    print(&format_submission(&plan, &launch, &folder, arguments))?;
    match arguments.wait {
        true => follow::wait(&slurm, &launch, &store, &plan),
        false => Ok(0),
    }
}

/// Reads the data sets of all trials: a task could not do without them either.
fn check_data(plan: &Plan, dataset_cache: &DatasetCache) -> Result<(), CliError> {
    let mut seen = HashSet::new();
    for trial in &plan.trials {
        let data = &trial.config.data;
        if seen.insert(DeviceDatasetKey::of(data)) {
            dataset_cache.load(data)?;
        }
    }
    Ok(())
}

/// Keeps other launches of the sweep out.
fn lock_launch(folder: &Path, plan: &Plan) -> Result<SweepLock, CliError> {
    match lock(folder).map_err(CliError::BeforeStart)? {
        Lock::Acquired(lock) => Ok(lock),
        Lock::Held(holder) => Err(CliError::Locked {
            holder,
            name: plan.name.clone(),
            folder: folder.to_owned(),
        }),
    }
}

/// Refuses to submit beside jobs of an earlier launch.
fn refuse_queued_jobs(slurm: &Slurm, folder: &Path) -> Result<(), CliError> {
    let Some(earlier) = LaunchRecord::read(folder)? else {
        return Ok(());
    };
    let mut left = Vec::new();
    for job in earlier.jobs() {
        if !slurm.queued(std::slice::from_ref(&job))?.is_empty() {
            left.push(job.id);
        }
    }
    match left.is_empty() {
        true => Ok(()),
        false => Err(LaunchError::JobsInQueue(left).into()),
    }
}

fn write_scripts(folder: &Path, request: &LaunchRequest) -> Result<(), CliError> {
    let scripts = [
        (ARRAY_SCRIPT, array_script(request)),
        (REPORT_SCRIPT, report_script(request)),
    ];
    for (name, text) in scripts {
        write_atomically(&folder.join(name), text.as_bytes()).map_err(CliError::BeforeStart)?;
    }
    Ok(())
}

/// Submits the array and the report, and keeps what was submitted; both or none.
fn submit_both(
    slurm: &Slurm,
    store: &Store,
    folder: &Path,
    request: &LaunchRequest,
) -> Result<LaunchRecord, LaunchError> {
    let (array_script, report_script) = (folder.join(ARRAY_SCRIPT), folder.join(REPORT_SCRIPT));
    slurm.check(&array_script)?;
    slurm.check(&report_script)?;
    let array = slurm.submit(&array_script, None)?;
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    let arguments = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    let submitted = since_1970.map_or(0.0, |elapsed| elapsed.as_secs_f64());
    let mut launch = LaunchRecord::slurm(&array, request.shards, submitted, arguments.collect());
    // At once: whatever ends this process now, the array is known.
    let report = launch
        .write(store.folder())
        .and_then(|()| slurm.submit(&report_script, Some(&array)));
    match report {
        Ok(report) => {
            launch.report = Some(report.id);
            if let Err(error) = launch.write(store.folder()) {
                warn(&format!(
                    "{error}; the report job is {}",
                    launch.jobs()[1].id
                ));
            }
            Ok(launch)
        }
        Err(error) => {
            let cancelled = slurm.cancel(&array).err().map(Box::new);
            if cancelled.is_none()
                && let Err(error) = LaunchRecord::remove(store.folder())
            {
                warn(&error.to_string());
            }
            Err(LaunchError::Report {
                error: Box::new(error),
                array: array.id,
                cancelled,
            })
        }
    }
}

/// What was submitted, and how to follow it.
fn format_submission(
    plan: &Plan,
    launch: &LaunchRecord,
    folder: &Path,
    arguments: &LaunchSlurmArguments,
) -> String {
    let sweep = arguments.sweep.sweep.as_deref().unwrap_or(Path::new(""));
    let sweep = sweep.display();
    let report = launch.report.as_deref().unwrap_or_default();
    format!(
        "{}: {} in {}\n\
         array {}, then report {report}\n\n\
         tp-sweep launch status {sweep}     # jobs and results\n\
         tp-sweep launch cancel {sweep}     # ends the jobs, keeps the results\n\
         {}     # what the tasks say\n",
        plan.name,
        with_count(plan.runs().count(), "run"),
        with_count(launch.shards, "shard"),
        launch.array,
        folder.join("shard-*.out").display(),
    )
}
