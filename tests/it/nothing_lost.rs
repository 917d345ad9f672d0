//! Nothing that a user may still need is overwritten or lost silently: inputs, results behind links,
//! copies, files that tp-sweep did not write; and files are for whom the umask lets read them.
#![cfg(unix)]

use crate::support::formats::two_classes;
use crate::support::{Done, Project, files};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

const SWEEP: &str = "
name: s
data: { set: table, path: p.csv, label: class }
model: { width: 4 }
training: { epochs: 2, batch_size: 16 }
validation: { folds: 2 }
grid: { training.learning_rate: [0.1, 0.01] }
";

fn project() -> Project {
    let project = Project::new(SWEEP);
    project.write("p.csv", &two_classes());
    project
}

fn train(project: &Project, options: &[&str]) -> Done {
    project.run(&[&["sweep.yaml", "--device", "cpu"], options].concat())
}

fn trained() -> Project {
    let project = project();
    let done = train(&project, &["--quiet"]);
    assert_eq!((done.code, done.error.as_str()), (0, ""));
    project
}

/// The modes of all folders and files below a folder.
fn modes(folder: &Path) -> [Vec<u32>; 2] {
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    let paths = files(folder);
    let mut folders: Vec<u32> = paths
        .iter()
        .map(|path| mode(path.parent().unwrap()))
        .collect();
    let mut files: Vec<u32> = paths.iter().map(|path| mode(path)).collect();
    for modes in [&mut folders, &mut files] {
        modes.sort_unstable();
        modes.dedup();
    }
    [folders, files]
}

#[test]
fn files_and_folders_have_the_modes_that_the_umask_leaves() {
    for (umask, folder, file) in [
        ("077", 0o700, 0o600),
        ("027", 0o750, 0o640),
        ("002", 0o775, 0o664),
    ] {
        let project = project();
        let script = format!(
            "umask {umask}; \"$0\" sweep.yaml --device cpu -q && \"$0\" export sweep.yaml --output m && \
             \"$0\" predict m p.csv --output answers/of.csv 2> /dev/null || \
             \"$0\" predict m p.csv --output runs/answers.csv"
        );
        let binary = env!("CARGO_BIN_EXE_tp-sweep");
        let mut shell = std::process::Command::new("sh");
        let shell = shell
            .current_dir(project.path(""))
            .args(["-c", &script, binary]);
        assert!(shell.output().unwrap().status.success());
        assert!(project.path("runs/answers.csv").is_file());
        for written in ["runs", "reports", "m"] {
            assert_eq!(
                modes(&project.path(written)),
                [vec![folder], vec![file]],
                "{umask} {written}"
            );
        }
    }
}

#[test]
fn results_of_different_settings_behind_a_link_are_not_overwritten() {
    for linked in [
        "runs/s/lr0.1",
        "runs/s/lr0.1/fold-1",
        "runs/s/lr0.1/fold-1/result.json",
    ] {
        let project = trained();
        std::fs::rename(project.path(linked), project.path("moved")).unwrap();
        symlink(project.path("moved"), project.path(linked)).unwrap();
        let done = train(&project, &[]);
        assert!(
            done.error.contains("4 already finished"),
            "{linked}: {}",
            done.error
        );
        let before: Vec<_> = files(&project.path("runs"));
        for shard in [&[][..], &["--shard", "1/1"]] {
            let done = train(&project, &[&["--set", "training.epochs=3"], shard].concat());
            assert_eq!(done.code, 2, "{linked}: {}", done.error);
            assert!(
                done.error.contains(&format!("{linked}: it links to")),
                "{}",
                done.error
            );
        }
        assert_eq!(files(&project.path("runs")), before, "{linked}");
        let done = train(&project, &[]);
        assert!(
            done.error.contains("4 already finished"),
            "{linked}: {}",
            done.error
        );
    }
}

#[test]
fn a_dangling_link_is_reported_before_training() {
    let project = trained();
    std::fs::rename(project.path("runs/s/lr0.1"), project.path("moved")).unwrap();
    symlink("not-mounted", project.path("runs/s/lr0.1")).unwrap();
    let done = train(&project, &[]);
    assert_eq!(done.code, 2, "{}", done.error);
    assert!(
        done.error.contains("runs/s/lr0.1: broken link"),
        "{}",
        done.error
    );
}

#[test]
fn a_link_that_belongs_to_no_trial_is_reported() {
    let project = trained();
    std::fs::rename(project.path("runs/s/lr0.1"), project.path("moved")).unwrap();
    symlink(project.path("moved"), project.path("runs/s/lr0.1")).unwrap();
    project.write("sweep.yaml", &SWEEP.replace("[0.1, 0.01]", "[0.01]"));
    let before = files(&project.path("moved"));
    let done = project.run(&["merge", "runs/m", "runs/s"]);
    assert!(
        done.error
            .contains("runs/s contains 1 link; results behind"),
        "{}",
        done.error
    );
    let done = train(&project, &[]);
    assert_eq!(done.code, 0, "{}", done.error);
    assert!(
        done.error
            .contains("runs/s contains 1 link that belongs to no trial"),
        "{}",
        done.error
    );
    assert_eq!(files(&project.path("moved")), before);
}

#[test]
fn a_copy_of_a_run_changes_nothing_of_its_trial() {
    for copy in ["fold-7", "fold-0 (copy)", "repeat-2-fold-0"] {
        let project = trained();
        let profile = project.read("runs/s/lr0.1/profile.json");
        let table = project.read("reports/s.csv");
        let from = project.path("runs/s/lr0.1/fold-0");
        let to = project.path(&format!("runs/s/lr0.1/{copy}"));
        std::fs::create_dir(&to).unwrap();
        for file in files(&from) {
            std::fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
        }
        let done = train(&project, &[]);
        assert_eq!(done.code, 0, "{copy}: {}", done.error);
        assert!(!done.error.contains("panicked"), "{copy}: {}", done.error);
        let message = format!("1 duplicate result archived: lr0.1/{copy}");
        assert!(done.error.contains(&message), "{copy}: {}", done.error);
        assert_eq!(project.read("runs/s/lr0.1/profile.json"), profile, "{copy}");
        assert_eq!(project.read("reports/s.csv"), table, "{copy}");
        let again = train(&project, &[]);
        assert!(
            again.error.contains("4 already finished"),
            "{}",
            again.error
        );
        assert!(!again.error.contains("archived"), "{}", again.error);
    }
}

#[test]
fn predictions_never_overwrite_their_inputs_or_the_model() {
    let project = trained();
    let done = project.run(&["export", "sweep.yaml", "--output", "m"]);
    assert_eq!(done.code, 0, "{}", done.error);
    project.write("in.csv", &two_classes());
    project.write("other.csv", &two_classes());
    symlink("in.csv", project.path("link.csv")).unwrap();
    std::fs::hard_link(project.path("in.csv"), project.path("hard.csv")).unwrap();
    let model = project.read("m/model.json");
    let outputs = [
        "in.csv",
        "./in.csv",
        "m/../in.csv",
        "link.csv",
        "hard.csv",
        "m/model.json",
        "m/model.safetensors",
    ];
    for output in outputs {
        let done = project.run(&["predict", "m", "other.csv", "in.csv", "--output", output]);
        assert_eq!((done.code, done.output.as_str()), (2, ""), "{output}");
        assert!(
            done.error.contains("different file with --output"),
            "{output}: {}",
            done.error
        );
        assert_eq!(project.read("in.csv"), two_classes(), "{output}");
        assert_eq!(project.read("m/model.json"), model, "{output}");
    }
    let absolute = project.path("in.csv");
    let done = project.run(&[
        "predict",
        "m",
        "link.csv",
        "--output",
        absolute.to_str().unwrap(),
    ]);
    assert_eq!(done.code, 2, "{}", done.error);
    // An existing file that is not an input holds earlier predictions.
    for _ in 0..2 {
        let done = project.run(&["predict", "m", "in.csv", "--output", "out.csv"]);
        assert_eq!(done.code, 0, "{}", done.error);
    }
}

#[test]
fn a_report_is_not_written_over_the_data_or_the_sweep() {
    let project = Project::new(&SWEEP.replace("name: s", "name: p"));
    project.write("p.csv", &two_classes());
    let done = train(&project, &["--reports", "."]);
    assert_eq!(done.code, 2, "{}", done.error);
    assert!(
        done.error.contains("p.csv is the input") && done.error.contains("--reports"),
        "{}",
        done.error
    );
    assert!(
        !project.path("runs").exists(),
        "before anything was trained"
    );
    assert_eq!(train(&project, &["--quiet"]).code, 0);
    for command in [
        &["report", "sweep.yaml"][..],
        &["compare", "sweep.yaml", "--name", "p"],
    ] {
        let done = project.run(&[command, &["--reports", "."]].concat());
        assert_eq!(done.code, 2, "{command:?}: {}", done.error);
    }
    assert_eq!(project.read("p.csv"), two_classes());
    // A sweep file may be JSON, which is YAML, and so may be a report.
    project.write("p.json", &project.read("sweep.yaml"));
    let done = project.run(&[
        "report",
        "p.json",
        "--reports",
        ".",
        "--set",
        "data.path=./p.csv",
    ]);
    assert_eq!(done.code, 2, "{}", done.error);
}

#[test]
fn an_export_never_overwrites_files_that_export_did_not_write() {
    let project = trained();
    let export = |output: &str| project.run(&["export", "sweep.yaml", "--output", output]);
    for (name, text) in [
        ("model.safetensors", "mine"),
        ("model.mpk", "mine"),
        ("model.json", "{}"),
    ] {
        let folder = format!("own-{name}");
        std::fs::create_dir(project.path(&folder)).unwrap();
        let file = format!("{folder}/{name}");
        project.write(&file, text);
        let done = export(&folder);
        assert_eq!(done.code, 2, "{name}: {}", done.error);
        assert!(done.error.contains(&file), "{}", done.error);
        assert_eq!(files(&project.path(&folder)), [project.path(&file)]);
        assert_eq!(project.read(&file), text);
    }
    // Nor over the results of a run.
    let weights = files(&project.path("runs")).into_iter();
    let weights = weights.filter(|path| path.ends_with("model.safetensors"));
    let weights: Vec<_> = weights.collect();
    assert!(!weights.is_empty(), "weights are kept");
    for weights in weights {
        let before = std::fs::read(&weights).unwrap();
        let done = export(weights.parent().unwrap().to_str().unwrap());
        assert_eq!(done.code, 2, "{}", done.error);
        assert_eq!(std::fs::read(&weights).unwrap(), before);
    }
    // Export overwrites its own files.
    for _ in 0..2 {
        assert_eq!(export("m").code, 0);
    }
    std::fs::remove_file(project.path("m/model.json")).unwrap();
    assert_eq!(export("m").code, 0, "one that was cut off");
}

#[test]
fn two_sweeps_do_not_share_the_folder_of_a_model() {
    let one = SWEEP
        .replace("name: s", "name: a")
        .replace("training.learning_rate: [0.1, 0.01]", "b-c: { d: {} }");
    let other = one
        .replace("name: a", "name: a-b")
        .replace("b-c: {", "c: {");
    let project = Project::new(&one);
    project.write("other.yaml", &other);
    project.write("p.csv", &two_classes());
    for file in ["sweep.yaml", "other.yaml"] {
        assert_eq!(project.run(&[file, "--device", "cpu", "--quiet"]).code, 0);
    }
    assert_eq!(project.run(&["export", "sweep.yaml"]).code, 0);
    let before = project.read("models/a-b-c-d/model.json");
    let done = project.run(&["export", "other.yaml"]);
    assert_eq!(done.code, 2, "{}", done.error);
    assert!(
        done.error.contains("of the trial b-c-d of the sweep a"),
        "{}",
        done.error
    );
    assert_eq!(project.read("models/a-b-c-d/model.json"), before);
    assert_eq!(
        project.run(&["export", "other.yaml", "--output", "m"]).code,
        0
    );
}

#[test]
fn results_are_not_archived_behind_a_link() {
    let project = trained();
    std::fs::create_dir(project.path("elsewhere")).unwrap();
    let archive = project.path("runs/s/.aside");
    symlink(project.path("elsewhere"), &archive).unwrap();
    let before = files(&project.path("runs/s"));
    let done = train(&project, &["--quiet", "--set", "model.width=5"]);
    assert_eq!(done.code, 2, "{}", done.error);
    let message = done.error.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        message.contains(
            "cannot archive results in runs/s/.aside: expected a folder, found a link or a file"
        ),
        "{message}"
    );
    assert_eq!(files(&project.path("runs/s")), before);
    // Results that are in place need no such folder.
    let done = train(&project, &["--quiet"]);
    assert_eq!(done.code, 0, "{}", done.error);
    assert!(
        done.error
            .contains("to no trial of this sweep: .aside; results behind links are ignored"),
        "{}",
        done.error
    );
    std::fs::remove_file(&archive).unwrap();
    let done = train(&project, &["--quiet", "--set", "model.width=5"]);
    assert_eq!(done.code, 0, "{}", done.error);
}
