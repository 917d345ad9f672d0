//! A sweep is submitted to a cluster and monitored there; small programs simulate Slurm.
#![cfg(unix)]

mod scripts;
mod status;
mod submission;
mod tasks;

use crate::support::recovery::process::{
    done, paused_in_training, resume_process, signal, start, train, until_caught, wait,
};
use crate::support::recovery::sweep::with_data;
use crate::support::{Done, Project, repository};
use std::path::{Path, PathBuf};
use std::process::Command;

/// 8 runs, none of which is trained here.
const SWEEP: &str = "
data: { limit: 200 }
training: { epochs: 1 }
model: { width: 4 }
validation: { folds: 2 }
grid: { training.learning_rate: [0.1, 0.01, 0.02, 0.03] }
launch: { time: '1:00:00', memory: 1G, directives: [--qos=short] }
";

/// A simulated Slurm that logs its calls, numbers jobs from 101, and forgets none.
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

    /// Replaces one of Slurm's programs.
    fn program(&self, name: &str, text: &str) {
        let path = self.fake().join(name);
        let log = format!("#!/bin/sh\necho \"{name} $*\" >> \"$FAKE/calls\"\n");
        let draft = path.with_extension("draft");
        std::fs::write(&draft, log + text).unwrap();
        // By a separate process: a child that another test starts at this moment may have inherited the file
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
        self.use_fake_slurm(&mut command);
        done(command)
    }

    /// Puts Slurm's programs first on the path of a command.
    fn use_fake_slurm(&self, command: &mut Command) {
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
