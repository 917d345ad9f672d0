//! A manifest for Kubernetes: an Indexed Job whose pods train the shards.

use super::error::LaunchError;
use super::request::LaunchRequest;
use serde_json::{Value, json};
use std::path::{Component, Path};

/// Retries of a shard whose pod was stopped or reached its time limit.
const MAX_RETRIES: u32 = 6;

/// Seconds that a pod has to save its state after it is asked to stop; this takes at most 10 s.
const GRACE_SECONDS: u32 = 60;

/// The default mount path of the volume.
const DEFAULT_MOUNT_PATH: &str = "/work";

/// The manifest of an Indexed Job. The root of the claimed volume is `request.folder`; all paths of the
/// request must be below it.
///
/// # Errors
/// The image or the claim is missing, or a path is outside the folder.
pub fn kubernetes_manifest(request: &LaunchRequest) -> Result<String, LaunchError> {
    let options = &request.options;
    let needed =
        |value: Option<String>, key, what| value.ok_or(LaunchError::MissingOption { key, what });
    let image = options.image.as_ref().map(ToString::to_string);
    let image = needed(
        image,
        "image",
        "the container image, with tp-sweep in its PATH",
    )?;
    let claim = options.volume_claim.as_ref().map(ToString::to_string);
    let claim = needed(
        claim,
        "volume_claim",
        "the PersistentVolumeClaim of the volume that contains the sweep's folders",
    )?;
    let mount_path = options.mount_path.as_ref();
    let mount_path = mount_path.map_or(DEFAULT_MOUNT_PATH.to_owned(), ToString::to_string);
    let inner = paths_in_volume(request)?;
    let shards = request.shards;
    let script = format!("exec \"$0\" \"$@\" --shard \"$((JOB_COMPLETION_INDEX + 1))/{shards}\"");
    let mut command = vec![
        "sh".to_owned(),
        "-c".to_owned(),
        script,
        "tp-sweep".to_owned(),
    ];
    command.extend(inner.arguments("run"));
    command.extend(inner.device_arguments());
    // Kubernetes expands `$(NAME)`; `$$` is a literal `$`.
    let command: Vec<String> = command.iter().map(|word| word.replace('$', "$$")).collect();
    let container = json!({
        "name": "tp-sweep",
        "image": image,
        "command": command,
        "workingDir": mount_path,
        "resources": resources(request),
        "volumeMounts": [{ "name": "sweep", "mountPath": mount_path }],
    });
    let mut pod = json!({
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": GRACE_SECONDS,
        "containers": [container],
        "volumes": [{ "name": "sweep", "persistentVolumeClaim": { "claimName": claim } }],
    });
    if let Some(time) = options.time {
        pod["activeDeadlineSeconds"] = time.seconds().into();
    }
    let mut metadata = json!({ "name": job_name(&request.name) });
    if let Some(namespace) = &options.namespace {
        metadata["namespace"] = namespace.to_string().into();
    }
    let fails = |code: u32| {
        json!({ "action": "FailIndex",
                "onExitCodes": { "containerName": "tp-sweep", "operator": "In", "values": [code] } })
    };
    let manifest = json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata,
        "spec": {
            "completionMode": "Indexed",
            "completions": shards,
            "parallelism": options.max_parallel.map_or(shards, |max| max.get().min(shards)),
            "backoffLimitPerIndex": MAX_RETRIES,
            "maxFailedIndexes": shards,
            "podFailurePolicy": { "rules": [
                fails(2),
                fails(1),
                { "action": "Ignore",
                  "onPodConditions": [{ "type": "DisruptionTarget", "status": "True" }] },
            ] },
            "template": { "spec": pod },
        },
    });
    let comment = "# The shards of a sweep, written by `tp-sweep launch kubernetes`; JSON is valid YAML.\n\
                   # A shard is not retried after exit codes 1 (a run failed) and 2 (cannot start), which\n\
                   # would recur; it is retried after 75 (runs remain). Evictions do not count.\n\
                   # After the Job, run `tp-sweep report` on the same volume.\n";
    Ok(format!("{comment}{manifest:#}\n"))
}

fn resources(request: &LaunchRequest) -> Value {
    let options = &request.options;
    let mut requests = json!({ "cpu": request.cpus().to_string() });
    let mut limits = json!({});
    if let Some(memory) = options.memory {
        let memory = format!("{}Mi", memory.mebibytes());
        requests["memory"] = memory.clone().into();
        limits["memory"] = memory.into();
    }
    if let Some(gpus) = options.gpus {
        limits["nvidia.com/gpu"] = gpus.get().to_string().into();
    }
    json!({ "requests": requests, "limits": limits })
}

/// The request with its paths relative to the root of the volume.
fn paths_in_volume(request: &LaunchRequest) -> Result<LaunchRequest, LaunchError> {
    let inner = |path: &String| match Path::new(path).strip_prefix(&request.folder) {
        Ok(inner) if !inner.components().any(|part| part == Component::ParentDir) => {
            Ok(inner.to_string_lossy().into_owned())
        }
        _ => Err(LaunchError::Path {
            path: path.into(),
            reason: "it is outside the current folder, which is the root of the volume",
        }),
    };
    Ok(LaunchRequest {
        sweep: inner(&request.sweep)?,
        data: request.data.as_ref().map(inner).transpose()?,
        runs: inner(&request.runs)?,
        reports: inner(&request.reports)?,
        ..request.clone()
    })
}

/// The name of the Job of a sweep: lower-case letters, digits and `-`. The names of pods append a number
/// and six letters to it, and have at most 63 characters. A name that must be changed gets a hash of the
/// original, so that two sweeps never share a Job.
fn job_name(name: &str) -> String {
    const MAX_NAME_CHARS: usize = 40;
    /// Hexadecimal digits of the hash.
    const HASH_DIGITS: usize = 10;
    let normalise = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let folded: String = name.chars().map(normalise).collect();
    let is_kept = folded == name && name.len() <= MAX_NAME_CHARS && !name.ends_with('-');
    // A name that ends like a hash could collide with that of a different sweep.
    if is_kept && !ends_like_hash(name, HASH_DIGITS) {
        return format!("tp-sweep-{name}");
    }
    let hash = blake3::hash(name.as_bytes()).to_hex();
    let start: String = folded
        .chars()
        .take(MAX_NAME_CHARS - HASH_DIGITS - 1)
        .collect();
    format!(
        "tp-sweep-{}-{}",
        start.trim_matches('-'),
        &hash[..HASH_DIGITS]
    )
}

/// Whether a name ends with `-` and this many hexadecimal digits.
fn ends_like_hash(name: &str, digits: usize) -> bool {
    let is_digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    let last = name.rsplit_once('-').map(|(_, last)| last);
    last.is_some_and(|last| last.len() == digits && last.chars().all(is_digit))
}

#[cfg(test)]
mod tests {
    use super::super::scripts::tests::{hostile, request};
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_manifest_of_a_sweep() {
        let request = LaunchRequest {
            folder: request().folder,
            data: None,
            ..hostile()
        };
        insta::assert_snapshot!(kubernetes_manifest(&request).unwrap());
    }

    #[test]
    fn missing_options_are_reported() {
        let error = kubernetes_manifest(&request()).unwrap_err().to_string();
        assert!(error.contains("launch.image"), "{error}");
        let elsewhere = LaunchRequest {
            sweep: "/elsewhere/a.yaml".into(),
            ..hostile()
        };
        let error = kubernetes_manifest(&elsewhere).unwrap_err().to_string();
        assert!(error.contains("/elsewhere/a.yaml"), "{error}");
    }

    #[test]
    fn different_sweeps_have_different_jobs() {
        let long = "experiment-width-learning-rate-dropout-seed";
        let names = [
            "my-sweep-2",
            "My-Sweep-2",
            "my_sweep_2",
            "my.sweep.2",
            "my-sweep-2-",
            "my-sweep-2--",
            "MY-SWEEP-2",
            long,
            &format!("{long}-a"),
            &format!("{long}-b"),
            &long[..40],
            &job_name("my_sweep_2")["tp-sweep-".len()..],
            &"a".repeat(64),
            &"a".repeat(63),
        ]
        .map(job_name);
        let different: HashSet<&String> = names.iter().collect();
        assert_eq!(different.len(), names.len(), "{names:?}");
        for name in &names {
            assert!(name.len() <= 49 && !name.ends_with('-'), "{name}");
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(name.chars().all(is_plain), "{name}");
        }
        assert_eq!(job_name("axe5"), "tp-sweep-axe5");
        assert_eq!(job_name("axe5-full"), "tp-sweep-axe5-full");
    }
}
