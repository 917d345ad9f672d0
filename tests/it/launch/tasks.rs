//! A task trains its share of the sweep, and requeues itself when its time runs out.

use super::*;

#[test]
fn a_task_trains_nothing_if_the_sweep_changed_after_the_launch() {
    let cluster = Cluster::new(SWEEP);
    let shown = cluster.launch("slurm", &["--dry-run"]).output;
    let (_, rest) = shown.split_once("--plan ").expect("the hash of the runs");
    let task = |edited: &str| {
        cluster.project.write("sweep.yaml", edited);
        let arguments = ["--shard", "1/2", "--plan", &rest[..16], "--quiet"];
        cluster.project.train(&arguments)
    };
    let edited = SWEEP.replace("epochs: 1", "epochs: 2");
    let refused = task(&edited);
    assert_eq!(refused.code, 2, "{}", refused.error);
    assert!(
        refused
            .error
            .contains("changed after this task was launched"),
        "{}",
        refused.error
    );
    assert!(!cluster.project.path("runs").exists(), "nothing is written");
    // Settings that do not change results do not change the sweep.
    let described = format!("description: the same\n{SWEEP}");
    assert_eq!(task(&described).code, 0);
}

/// Two runs of many short epochs each, whose states are saved by the clock: not within this test.
const MANY_EPOCHS: &str = "
data: { set: table, path: points.csv, label: class }
training: { epochs: 3000, batch_size: 32 }
model: { width: 16 }
validation: { folds: 2 }
";

/// Trains as a task of Slurm would, until Slurm signals that its time is nearly up.
fn timed_out(sweep: &str, name: &str, options: &[&str]) -> (Cluster, i32) {
    until_caught(|| signalled(sweep, name, options))
}

/// Trains until a signal of this name comes in the middle of its first run; `None` if it had ended before.
fn signalled(sweep: &str, name: &str, options: &[&str]) -> Option<(Cluster, i32)> {
    let cluster = Cluster {
        project: with_data(sweep, 150),
    };
    std::fs::create_dir(cluster.fake()).unwrap();
    cluster.program("scontrol", "");
    let mut command = train(&cluster.project, &[&["--workers", "1"], options].concat());
    cluster.use_fake_slurm(&mut command);
    command.env("SLURM_JOB_ID", "9");
    command
        .env("SLURM_ARRAY_JOB_ID", "7")
        .env("SLURM_ARRAY_TASK_ID", "3");
    let mut child = start(command);
    if !paused_in_training(&mut child, &cluster.project, &["base/fold-0"], 20..2000) {
        return None;
    }
    signal(&child, name);
    resume_process(&child);
    let code = wait(&mut child).code().unwrap_or(-1);
    Some((cluster, code))
}

#[test]
fn a_task_near_its_time_limit_saves_and_requeues_itself() {
    let checkpoint = "runs/sweep/base/fold-0/checkpoint.safetensors";
    let (cluster, code) = timed_out(MANY_EPOCHS, "USR1", &["--requeue", "slurm"]);
    assert_eq!(code, 75);
    assert!(cluster.project.path(checkpoint).exists());
    assert_eq!(cluster.calls(), ["scontrol requeue 7_3"]);
    // Without a request, it is not requeued.
    let (cluster, code) = timed_out(MANY_EPOCHS, "USR1", &[]);
    assert_eq!((code, cluster.calls().len()), (75, 0));
    // It was cancelled, or its node goes down: Slurm knows what to do.
    let (cluster, _) = timed_out(MANY_EPOCHS, "TERM", &["--requeue", "slurm"]);
    assert!(cluster.project.path(checkpoint).exists());
    assert!(cluster.calls().is_empty());
}

#[test]
fn a_task_that_saved_nothing_is_not_requeued_for_ever() {
    let nothing = MANY_EPOCHS.to_owned() + "checkpoint: none\n";
    let (cluster, code) = timed_out(&nothing, "USR1", &["--requeue", "slurm"]);
    assert_eq!(code, 75);
    assert!(cluster.calls().is_empty());
}
