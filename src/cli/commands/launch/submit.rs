//! `tp-sweep launch slurm`.

use super::follow;
use super::request::build_request;
use crate::cli::arguments::LaunchSlurmArguments;
use crate::cli::context::{SweepContext, load, load_datasets, lock_sweep, open_store};
use crate::cli::errors::CliError;
use crate::cli::messages::{print, reconcile, warn, with_count};
use crate::launch::{
    ARRAY_SCRIPT, LAUNCH_FOLDER, LaunchError, LaunchRecord, LaunchRequest, REPORT_SCRIPT, Slurm,
    array_script, report_script,
};
use crate::plan::Plan;
use crate::record::lock;
use crate::record::{Lock, Store, SweepLock, prepare_folder, write_atomically};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Submits a sweep to Slurm; returns the exit code.
///
/// # Errors
/// A problem that would make the tasks fail and can be detected here, or Slurm refuses a request. Then
/// no job is left in the queue.
pub(crate) fn submit(arguments: &LaunchSlurmArguments) -> Result<u8, CliError> {
    let SweepContext {
        sweep,
        plan,
        dataset_cache,
        ..
    } = load(&arguments.sweep)?;
    let mut options = sweep.options.launch.clone();
    arguments.flags.apply(&mut options);
    let folders = &arguments.folders;
    let store = open_store(&folders.runs, &plan, &dataset_cache)?;
    // The tasks need the data sets of all trials too.
    load_datasets(&plan, &dataset_cache, 0..plan.trials.len())?;
    if arguments.dry_run {
        let request = LaunchRequest {
            plan: Some(store.fingerprint()),
            ..build_request(&arguments.sweep, folders, &plan, options, None)?
        };
        print(&format!(
            "# {ARRAY_SCRIPT}\n{}\n# {REPORT_SCRIPT}, submitted to run after it\n{}",
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
    // Held until everything is submitted, so that no other launch of this sweep interferes.
    let _launch_lock = lock_launch(&folder, &plan)?;
    if !arguments.again {
        refuse_queued_jobs(&slurm, store.folder())?;
    }
    // The lock is released before submitting, because tasks may start at once.
    match lock_sweep(&store, &plan) {
        Ok(_lock) => reconcile(&sweep, &store, &plan).map_err(CliError::BeforeStart)?,
        // Tasks of the earlier launch are running; each reconciles its own runs.
        Err(CliError::Locked { .. }) if arguments.again => {}
        Err(error) => return Err(error),
    }
    write_scripts(&folder, &request)?;
    let launch = submit_both(&slurm, &store, &folder, &request)?;
    print(&format_submission(&plan, &launch, &folder, arguments))?;
    if arguments.wait {
        follow::wait(&slurm, &launch, &store, &plan)
    } else {
        Ok(0)
    }
}

/// Acquires the lock that excludes other launches of the sweep.
fn lock_launch(folder: &Path, plan: &Plan) -> Result<SweepLock, CliError> {
    match lock(folder).map_err(CliError::BeforeStart)? {
        Lock::Acquired(lock) => Ok(lock),
        Lock::Held(holder) => Err(CliError::locked(holder, plan, folder)),
    }
}

/// Refuses to submit while jobs of an earlier launch are queued.
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
    if left.is_empty() {
        Ok(())
    } else {
        Err(LaunchError::JobsInQueue(left).into())
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

/// Submits the array and the report job, and records them; submits both or neither.
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
    // Record the array at once, so that it is known even if this process ends now.
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

/// The message about the submitted jobs and the commands to follow them.
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
         tp-sweep launch status {sweep}     # show jobs and results\n\
         tp-sweep launch cancel {sweep}     # cancel the jobs, keep the results\n\
         {}     # output of the tasks\n",
        plan.name,
        with_count(plan.runs().count(), "run"),
        with_count(launch.shards, "shard"),
        launch.array,
        folder.join("shard-*.out").display(),
    )
}
