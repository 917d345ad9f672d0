//! A sweep is handed to a cluster, and looked after there; Slurm is made of small programs here.
#![cfg(unix)]

use crate::support::recovery::process::{
    done, go_on, paused_in_training, signal, start, train, until_caught, wait,
};
use crate::support::recovery::sweep::with_data;
use crate::support::{Done, Project, repository};
use std::path::{Path, PathBuf};
use std::process::Command;

/// 8 runs, of which nobody trains any here.
const SWEEP: &str = "
data: { limit: 200 }
training: { epochs: 1 }
model: { width: 4 }
validation: { folds: 2 }
grid: { training.learning_rate: [0.1, 0.01, 0.02, 0.03] }
launch: { time: '1:00:00', memory: 1G, directives: [--qos=short] }
";

/// A Slurm that writes down how it is called, numbers jobs from 101, and forgets none.
const SBATCH: &str = r#"
case "$*" in *--test-only*) exit 0 ;; esac
count=$(cat "$FAKE/count" 2>/dev/null || echo 100)
count=$((count + 1))
echo $count > "$FAKE/count"
echo "$count"
"#;
const SCONTROL: &str = "echo 'MaxArraySize            = 1001'\n";
const SQUEUE: &str = r#"cat "$FAKE/queue" 2>/dev/null || true"#;

/// A project, and the folder of its Slurm's programs.
struct Cluster {
    project: Project,
}

impl Cluster {
    fn new(sweep: &str) -> Self {
        let cluster = Self {
            project: Project::new(sweep),
        };
        std::fs::create_dir(cluster.fake()).unwrap();
        cluster.program("sbatch", SBATCH);
        cluster.program("scontrol", SCONTROL);
        cluster.program("squeue", SQUEUE);
        cluster.program("scancel", "");
        cluster
    }

    fn fake(&self) -> PathBuf {
        self.project.path("fake")
    }

    /// Puts a program in the place of one of Slurm's.
    fn program(&self, name: &str, text: &str) {
        let path = self.fake().join(name);
        let log = format!("#!/bin/sh\necho \"{name} $*\" >> \"$FAKE/calls\"\n");
        let draft = path.with_extension("draft");
        std::fs::write(&draft, log + text).unwrap();
        // By a process of its own: a child that another test starts at this moment may have inherited the file
        // that is open for writing here, and what is open for writing cannot be executed.
        let mut copy = Command::new("install");
        copy.args(["-m", "755"]).arg(draft).arg(path);
        assert!(copy.status().unwrap().success());
    }

    /// How Slurm's programs were called, without the project's folder.
    fn calls(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.fake().join("calls")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    fn run(&self, arguments: &[&str]) -> Done {
        let mut command = self.project.command(arguments);
        self.beside(&mut command);
        done(command)
    }

    /// Puts Slurm's programs first on the path of a command.
    fn beside(&self, command: &mut Command) {
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{path}", self.fake().display()));
        command.env("FAKE", self.fake());
    }

    fn launch(&self, command: &str, options: &[&str]) -> Done {
        let data = repository().join("data");
        let data = data.to_str().unwrap();
        self.run(&[&["launch", command, "sweep.yaml", "--data", data], options].concat())
    }

    fn state(&self) -> Option<serde_json::Value> {
        let text = std::fs::read_to_string(self.project.path("runs/sweep/launch.json")).ok()?;
        Some(serde_json::from_str(&text).unwrap())
    }

    /// Text without the paths of this machine.
    fn masked(&self, text: &str) -> String {
        let folder = std::fs::canonicalize(self.project.path("")).unwrap();
        let program = Path::new(env!("CARGO_BIN_EXE_tp-sweep"));
        text.replace(folder.to_str().unwrap(), "HERE")
            .replace(repository().to_str().unwrap(), "REPOSITORY")
            .replace(program.to_str().unwrap(), "PROGRAM")
            .replace(&program.display().to_string(), "PROGRAM")
            .lines()
            .map(|line| match line.find("REPOSITORY/target") {
                Some(start) => {
                    let rest = line[start..].split_once(' ').map_or("", |(_, rest)| rest);
                    format!("{}PROGRAM {rest}\n", &line[..start])
                }
                None => format!("{line}\n"),
            })
            .map(|line| match line.split_once("--plan ") {
                // A hash of 16 digits, which differs with the version of the numbers.
                Some((before, rest)) => format!("{before}--plan HASH{}", &rest[16..]),
                None => line,
            })
            .collect()
    }
}

#[test]
fn a_dry_run_prints_both_scripts_and_does_nothing() {
    let cluster = Cluster::new(SWEEP);
    let options = ["--dry-run", "--max-parallel", "1", "--partition", "main"];
    let shown = cluster.launch("slurm", &options);
    assert_eq!((shown.code, shown.error.as_str()), (0, ""));
    insta::assert_snapshot!(cluster.masked(&shown.output));
    assert!(!cluster.project.path("runs").exists());
    assert!(cluster.calls().is_empty());
}

#[test]
fn a_sweep_is_checked_submitted_as_one_array_with_a_report_and_remembered() {
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
    // What was shown is what is submitted.
    let shown = cluster.launch("slurm", &["--dry-run"]).output;
    let written = cluster.project.read("runs/sweep/launch/array.sh");
    assert!(shown.contains(&written), "{shown}");
}

#[test]
fn a_task_trains_nothing_where_the_sweep_has_changed_since_it_was_launched() {
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
    // What changes no number is no other sweep.
    let described = format!("description: the same\n{SWEEP}");
    assert_eq!(task(&described).code, 0);
}

#[test]
fn a_launch_whose_jobs_are_in_the_queue_is_not_made_again_unless_asked_for() {
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
    // When they have ended, Slurm says so, or knows them no more.
    cluster.program(
        "squeue",
        "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1\n",
    );
    assert_eq!(cluster.launch("slurm", &[]).code, 0);
    assert_eq!(cluster.state().unwrap()["array"], "105");
}

#[test]
fn what_slurm_refuses_is_told_in_its_words_and_nothing_is_submitted() {
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
    // Where that fails too, the array is told and remembered.
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
fn an_array_has_no_higher_number_than_slurm_allows() {
    let cluster = Cluster::new(SWEEP);
    cluster.program("scontrol", "echo 'MaxArraySize = 3'\n");
    let refused = cluster.launch("slurm", &["--shards", "3"]);
    assert_eq!(refused.code, 2);
    assert!(refused.error.contains("at most 2"), "{}", refused.error);
    assert_eq!(cluster.launch("slurm", &["--shards", "2"]).code, 0);
    assert!(
        cluster
            .project
            .read("runs/sweep/launch/array.sh")
            .contains("--array=1-2\n")
    );
    // Without a number of its own, the sweep has as many as there may be.
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
fn where_there_is_no_slurm_it_is_said_and_nothing_is_written() {
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

#[test]
fn a_script_runs_the_program_with_the_very_words_whatever_their_letters() {
    let cluster = Cluster::new(SWEEP);
    let runs = "it's \"$(touch injected)\" `touch injected` #;touch injected";
    let told = "description=a 'b' $(touch injected)\nc";
    assert_eq!(
        cluster
            .launch("slurm", &["--runs", runs, "--set", told])
            .code,
        0
    );
    let script = cluster.project.path(runs).join("sweep/launch/array.sh");
    let text = std::fs::read_to_string(&script).unwrap();
    // The same script, with a program that tells its words.
    cluster.program("tell", "printf '<%s>\\n' \"$@\"");
    let binary = text
        .lines()
        .find_map(|line| line.strip_prefix("exec "))
        .unwrap();
    let binary = binary.split(" run ").next().unwrap().to_owned();
    let tell = cluster.fake().join("tell");
    let path = cluster.project.path("told.sh");
    std::fs::write(&path, text.replace(&binary, tell.to_str().unwrap())).unwrap();
    let mut command = Command::new("bash");
    command.arg(&path).current_dir(cluster.project.path(""));
    cluster.beside(&mut command);
    command.env("SLURM_ARRAY_TASK_ID", "2");
    let done = done(command);
    assert_eq!(done.code, 0, "{}", done.error);
    assert!(
        done.output.contains(&format!("<{told}>")),
        "{}",
        done.output
    );
    assert!(
        done.output.contains(&format!("/{runs}>\n")),
        "{}",
        done.output
    );
    assert!(
        done.output.ends_with("<--shard>\n<2/2>\n"),
        "{}",
        done.output
    );
    assert!(!cluster.project.path("injected").exists());
}

#[test]
fn status_tells_of_jobs_and_results_and_cancel_keeps_results() {
    let cluster = Cluster::new(SWEEP);
    let never = cluster.launch("status", &[]);
    assert_eq!(never.code, 2);
    assert!(
        never.error.contains("this sweep was not launched"),
        "{}",
        never.error
    );
    assert_eq!(cluster.launch("slurm", &[]).code, 0);
    let queue = "101_1|RUNNING|n1\n101_2|PENDING|(Resources)\n";
    cluster.program(
        "squeue",
        &format!(
            "case \"$*\" in *=101) printf '{queue}' ;; *) echo '102|PENDING|(Dependency)' ;; esac\n"
        ),
    );
    let status = cluster.launch("status", &[]);
    assert_eq!(status.code, 3, "{}", status.error);
    insta::assert_snapshot!(status.output);
    let cancelled = cluster.launch("cancel", &[]);
    assert_eq!(cancelled.code, 0, "{}", cancelled.error);
    let calls = cluster.calls();
    assert_eq!(calls[calls.len() - 2..], ["scancel 102", "scancel 101"]);
    assert!(
        cancelled
            .output
            .contains("results and checkpoints are kept"),
        "{}",
        cancelled.output
    );
}

#[test]
fn waiting_ends_with_the_reports_code() {
    let cluster = Cluster::new(SWEEP);
    let job = |code: &str| {
        format!(
            "case \"$*\" in *config) {SCONTROL} ;; *) echo 'JobId=102 JobState={code}' ;; esac\n"
        )
    };
    // Nothing was trained: results are missing, whatever the report says.
    cluster.program("scontrol", &job("COMPLETED ExitCode=0:0"));
    assert_eq!(cluster.launch("slurm", &["--wait"]).code, 3);
    cluster.program("scontrol", &job("FAILED ExitCode=2:0"));
    assert_eq!(cluster.launch("slurm", &["--wait"]).code, 2);
    cluster.program("scontrol", &job("CANCELLED ExitCode=0:15"));
    assert_eq!(cluster.launch("slurm", &["--wait"]).code, 1);
}

#[test]
fn kubernetes_and_hyperqueue_are_only_printed_for() {
    let cluster = Cluster::new(SWEEP);
    let missing = cluster.run(&["launch", "kubernetes", "sweep.yaml", "--dry-run"]);
    assert_eq!(missing.code, 2);
    assert!(missing.error.contains("launch.image"), "{}", missing.error);
    let options = [
        "--set",
        "launch.image=tp-sweep:1",
        "--set",
        "launch.volume_claim=course",
    ];
    let manifest = cluster.run(&[&["launch", "kubernetes", "sweep.yaml"], &options[..]].concat());
    assert_eq!(manifest.code, 0, "{}", manifest.error);
    assert!(
        manifest.error.contains("nothing was submitted"),
        "{}",
        manifest.error
    );
    insta::assert_snapshot!("manifest", manifest.output);
    let line = cluster.run(&["launch", "hyperqueue", "sweep.yaml", "--dry-run"]);
    assert_eq!((line.code, line.error.as_str()), (0, ""));
    assert!(
        line.output
            .starts_with("hq submit --array=1-2 --name=sweep "),
        "{}",
        line.output
    );
    assert!(!cluster.project.path("runs").exists());
}

/// Two runs of many short epochs each, whose states are saved by the clock: not within this test.
const MANY_EPOCHS: &str = "
data: { set: table, path: points.csv, label: class }
training: { epochs: 3000, batch_size: 32 }
model: { width: 16 }
validation: { folds: 2 }
";

/// Trains as a task of Slurm would, until it is told that its time is nearly up.
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
    cluster.beside(&mut command);
    command.env("SLURM_JOB_ID", "9");
    command
        .env("SLURM_ARRAY_JOB_ID", "7")
        .env("SLURM_ARRAY_TASK_ID", "3");
    let mut child = start(command);
    if !paused_in_training(&mut child, &cluster.project, &["base/fold-0"], 20..2000) {
        return None;
    }
    signal(&child, name);
    go_on(&child);
    let code = wait(&mut child).code().unwrap_or(-1);
    Some((cluster, code))
}

#[test]
fn a_task_whose_time_is_nearly_up_saves_and_has_itself_queued_again() {
    let checkpoint = "runs/sweep/base/fold-0/checkpoint.safetensors";
    let (cluster, code) = timed_out(MANY_EPOCHS, "USR1", &["--requeue", "slurm"]);
    assert_eq!(code, 75);
    assert!(cluster.project.path(checkpoint).exists());
    assert_eq!(cluster.calls(), ["scontrol requeue 7_3"]);
    // Nobody asked for it.
    let (cluster, code) = timed_out(MANY_EPOCHS, "USR1", &[]);
    assert_eq!((code, cluster.calls().len()), (75, 0));
    // It was cancelled, or its node goes down: Slurm knows what to do.
    let (cluster, _) = timed_out(MANY_EPOCHS, "TERM", &["--requeue", "slurm"]);
    assert!(cluster.project.path(checkpoint).exists());
    assert!(cluster.calls().is_empty());
}

#[test]
fn a_task_that_saved_nothing_is_not_queued_again_for_ever() {
    let nothing = MANY_EPOCHS.to_owned() + "checkpoint: none\n";
    let (cluster, code) = timed_out(&nothing, "USR1", &["--requeue", "slurm"]);
    assert_eq!(code, 75);
    assert!(cluster.calls().is_empty());
}
