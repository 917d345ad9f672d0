//! A sweep is submitted as one array with a report, or not at all.

use super::*;

#[test]
fn a_sweep_is_validated_submitted_as_one_array_with_a_report_and_recorded() {
    let cluster = Cluster::new(SWEEP);
    let launched = cluster.launch("slurm", &[]);
    assert_eq!(launched.code, 0, "{}", launched.error);
    assert!(
        launched
            .output
            .contains("8 runs in 2 shards\narray 101, then report 102\n"),
        "{}",
        launched.output
    );
    let scripts = "runs/sweep/launch";
    assert_eq!(
        cluster.calls(),
        [
            "scontrol show config".to_owned(),
            format!("sbatch --test-only {scripts}/array.sh"),
            format!("sbatch --test-only {scripts}/report.sh"),
            format!("sbatch --parsable {scripts}/array.sh"),
            format!("sbatch --parsable --dependency=afterany:101 {scripts}/report.sh"),
        ]
    );
    let state = cluster.state().unwrap();
    assert_eq!(
        [
            &state["engine"],
            &state["array"],
            &state["report"],
            &state["shards"]
        ],
        [
            &"slurm".into(),
            &"101".into(),
            &"102".into(),
            &serde_json::Value::from(2)
        ]
    );
    // The submitted script equals the printed one.
    let shown = cluster.launch("slurm", &["--dry-run"]).output;
    let written = cluster.project.read("runs/sweep/launch/array.sh");
    assert!(shown.contains(&written), "{shown}");
}

#[test]
fn a_launch_with_queued_jobs_is_repeated_only_on_request() {
    let cluster = Cluster::new(SWEEP);
    assert_eq!(cluster.launch("slurm", &[]).code, 0);
    std::fs::write(cluster.fake().join("queue"), "101_2|PENDING|(Resources)\n").unwrap();
    let refused = cluster.launch("slurm", &[]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.error.contains("jobs 101, 102 of an earlier launch"),
        "{}",
        refused.error
    );
    assert_eq!(cluster.state().unwrap()["array"], "101");
    assert_eq!(cluster.launch("slurm", &["--again"]).code, 0);
    assert_eq!(cluster.state().unwrap()["array"], "103");
    // When they have ended, Slurm reports it, or no longer knows them.
    cluster.program(
        "squeue",
        "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1\n",
    );
    assert_eq!(cluster.launch("slurm", &[]).code, 0);
    assert_eq!(cluster.state().unwrap()["array"], "105");
}

#[test]
fn an_error_of_slurm_is_quoted_and_nothing_is_submitted() {
    let cluster = Cluster::new(SWEEP);
    cluster.program(
        "sbatch",
        "echo 'sbatch: error: invalid partition specified: nowhere' >&2; exit 1\n",
    );
    let refused = cluster.launch("slurm", &["--partition", "nowhere"]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.error.contains(
            "`sbatch` failed with exit code 1: sbatch: error: invalid partition specified"
        ),
        "{}",
        refused.error
    );
    assert_eq!(cluster.state(), None);
    assert!(
        !cluster
            .calls()
            .iter()
            .any(|call| call.contains("--parsable"))
    );
}

#[test]
fn an_array_whose_report_is_refused_is_cancelled() {
    let cluster = Cluster::new(SWEEP);
    let refuse =
        format!("case \"$*\" in *afterany*) echo 'no more jobs' >&2; exit 1 ;; esac\n{SBATCH}");
    cluster.program("sbatch", &refuse);
    let refused = cluster.launch("slurm", &[]);
    assert_eq!(refused.code, 2);
    assert!(
        refused
            .error
            .contains("no more jobs; the array 101 was cancelled"),
        "{}",
        refused.error
    );
    assert!(cluster.calls().contains(&"scancel 101".to_owned()));
    assert_eq!(cluster.state(), None);
    // Where that fails too, the array is reported and recorded.
    cluster.program("scancel", "echo 'away' >&2; exit 1\n");
    let refused = cluster.launch("slurm", &[]);
    assert!(
        refused.error.contains("cancel it with `scancel 102`"),
        "{}",
        refused.error
    );
    assert_eq!(cluster.state().unwrap()["array"], "102");
}

#[test]
fn array_indices_stay_below_the_limit_of_slurm() {
    let cluster = Cluster::new(SWEEP);
    cluster.program("scontrol", "echo 'MaxArraySize = 3'\n");
    let refused = cluster.launch("slurm", &["--shards", "3"]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.error.contains("exceed the limit of 2 tasks"),
        "{}",
        refused.error
    );
    assert_eq!(cluster.launch("slurm", &["--shards", "2"]).code, 0);
    assert!(
        cluster
            .project
            .read("runs/sweep/launch/array.sh")
            .contains("--array=1-2\n")
    );
    // Without a limit in the command, the array uses the maximum.
    cluster.program("scontrol", "echo 'MaxArraySize = 2'\n");
    assert_eq!(cluster.launch("slurm", &[]).code, 0);
    assert!(
        cluster
            .project
            .read("runs/sweep/launch/array.sh")
            .contains("--array=1-1\n")
    );
}

#[test]
fn without_slurm_the_error_states_it_and_nothing_is_written() {
    let project = Project::new(SWEEP);
    let data = repository().join("data");
    let mut command = project.command(&["launch", "slurm", "sweep.yaml", "--data"]);
    command.arg(data).env("PATH", "/nowhere");
    let refused = done(command);
    assert_eq!(refused.code, 2);
    assert!(
        refused.error.contains("`scontrol` is not in PATH"),
        "{}",
        refused.error
    );
    assert!(!project.path("runs").exists());
}

#[test]
fn a_sweep_that_cannot_be_trained_is_not_submitted() {
    let cluster = Cluster::new("data: { set: table, path: nowhere.csv, label: class }\n");
    let refused = cluster.launch("slurm", &[]);
    assert_eq!(refused.code, 2);
    assert!(refused.error.contains("nowhere.csv"), "{}", refused.error);
    let cluster = Cluster::new("launch: { directives: [\"--qos=a\\ntouch x\"] }\n");
    let refused = cluster.launch("slurm", &[]);
    assert!(
        refused.error.contains("separate items"),
        "{}",
        refused.error
    );
    let refused = Cluster::new(SWEEP).launch("slurm", &["--directive=--array=1-9"]);
    assert!(
        refused.error.contains("tp-sweep sets `--array`:"),
        "{}",
        refused.error
    );
    let refused = Cluster::new(SWEEP).launch("slurm", &["--time", "90"]);
    assert!(refused.error.contains("1:30:00"), "{}", refused.error);
}
