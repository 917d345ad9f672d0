//! A manifest for Kubernetes: an Indexed Job whose pods train the shards.

use super::error::LaunchError;
use super::request::Request;
use serde_json::{Value, json};
use std::path::{Component, Path};

/// Attempts of a shard after its first: of pods that were stopped, or whose time was up.
const RETRIES: u32 = 6;

/// Seconds that a pod has to save after it was told to stop: a stop takes at most 10.
const GRACE: u32 = 60;

/// Where the volume is mounted where nobody says where.
const MOUNT_PATH: &str = "/work";

/// The manifest of an Indexed Job. The claim's volume holds `request.folder`, at its top; what the
/// sweep names must be below it.
///
/// # Errors
/// No image or claim; paths outside of the folder.
pub fn kubernetes(request: &Request) -> Result<String, LaunchError> {
    let options = &request.options;
    let needed = |value: Option<String>, key, what| value.ok_or(LaunchError::Missing { key, what });
    let image = options.image.as_ref().map(ToString::to_string);
    let image = needed(
        image,
        "image",
        "the container's image, with tp-sweep on its path",
    )?;
    let claim = options.volume_claim.as_ref().map(ToString::to_string);
    let claim = needed(
        claim,
        "volume_claim",
        "the claim of the volume with the sweep's folders",
    )?;
    let mount_path = options.mount_path.as_ref();
    let mount_path = mount_path.map_or(MOUNT_PATH.to_owned(), ToString::to_string);
    let inner = below(request)?;
    let shards = request.shards;
    let script = format!("exec \"$0\" \"$@\" --shard \"$((JOB_COMPLETION_INDEX + 1))/{shards}\"");
    let mut command = vec![
        "sh".to_owned(),
        "-c".to_owned(),
        script,
        "tp-sweep".to_owned(),
    ];
    command.extend(inner.arguments("run"));
    command.extend(inner.place());
    // What Kubernetes would put something else in the place of.
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
        "terminationGracePeriodSeconds": GRACE,
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
            "parallelism": options.max_parallel.map_or(shards, |most| most.get().min(shards)),
            "backoffLimitPerIndex": RETRIES,
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
    let comment = "# The shards of a sweep, as `tp-sweep launch kubernetes` wrote them; JSON is YAML too.\n\
                   # Exit codes: 1 (a run failed) and 2 (a bad sweep) would come again, so that a shard\n\
                   # is not tried again; 75 (stopped, more to do) is; an evicted pod does not count.\n\
                   # After the Job, `tp-sweep report` on the same volume writes the tables.\n";
    Ok(format!("{comment}{manifest:#}\n"))
}

fn resources(request: &Request) -> Value {
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

/// The request with its paths as they are in the volume, from its top.
fn below(request: &Request) -> Result<Request, LaunchError> {
    let inner = |path: &String| match Path::new(path).strip_prefix(&request.folder) {
        Ok(inner) if !inner.components().any(|part| part == Component::ParentDir) => {
            Ok(inner.to_string_lossy().into_owned())
        }
        _ => Err(LaunchError::Path {
            path: path.into(),
            why: "it is not below this folder, which the volume holds",
        }),
    };
    Ok(Request {
        sweep: inner(&request.sweep)?,
        data: request.data.as_ref().map(inner).transpose()?,
        runs: inner(&request.runs)?,
        reports: inner(&request.reports)?,
        ..request.clone()
    })
}

/// A sweep's name as that of a Job: small letters, digits and `-`. Pods' names add a number and six
/// letters to it, and have 63 characters at most.
fn job_name(name: &str) -> String {
    const LONGEST: usize = 40;
    let plain = |c: char| match c.is_ascii_alphanumeric() {
        true => c.to_ascii_lowercase(),
        false => '-',
    };
    let name: String = name.chars().map(plain).take(LONGEST).collect();
    format!("tp-sweep-{}", name.trim_matches('-'))
}

#[cfg(test)]
mod tests {
    use super::super::scripts::tests::{hostile, request};
    use super::*;

    #[test]
    fn the_manifest_of_a_sweep() {
        let request = Request {
            folder: request().folder,
            data: None,
            ..hostile()
        };
        insta::assert_snapshot!(kubernetes(&request).unwrap());
    }

    #[test]
    fn what_a_manifest_needs_is_told() {
        let error = kubernetes(&request()).unwrap_err().to_string();
        assert!(error.contains("launch.image"), "{error}");
        let elsewhere = Request {
            sweep: "/elsewhere/a.yaml".into(),
            ..hostile()
        };
        let error = kubernetes(&elsewhere).unwrap_err().to_string();
        assert!(error.contains("/elsewhere/a.yaml"), "{error}");
        assert_eq!(job_name("My_Sweep.2"), "tp-sweep-my-sweep-2");
    }
}
