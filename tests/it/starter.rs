//! `init`, and the projects that it writes.

use crate::support::{Project, files, repository};
use std::path::Path;

fn data() -> String {
    repository().join("data").display().to_string()
}

/// The files below the folder of a project, without results.
fn listed(project: &Project, folder: &str) -> Vec<String> {
    let folder = project.path(folder);
    let mut names: Vec<String> = files(&folder)
        .iter()
        .map(|path| path.strip_prefix(&folder).unwrap().display().to_string())
        .filter(|name| !name.starts_with("images/"))
        .collect();
    names.sort();
    names
}

#[test]
fn every_kind_is_a_sweep_that_trains() {
    let project = Project::new("{}");
    for kind in ["mlp", "cnn", "table", "images"] {
        let done = project.run(&["init", kind, kind, "--language", "fr"]);
        assert_eq!(done.code, 0, "{}", done.error);
        let next = format!("    cd {kind}\n    tp-sweep {kind}.yaml\n");
        assert!(done.output.contains(&next), "{}", done.output);
        let sweep = format!("{kind}.yaml");
        let mut command = project.command(&["run", &sweep, "--device", "cpu", "--quiet"]);
        let command = command
            .current_dir(project.path(kind))
            .args(["--data", &data()])
            .args(["--set", "training.epochs=1"]);
        let output = command.output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{kind}: {error}");
        let report = project.read(&format!("{kind}/reports/{kind}.md"));
        assert!(report.contains("exact. val."), "{kind}: {report}");
    }
    assert_eq!(
        listed(&project, "table")
            .iter()
            .filter(|name| !name.starts_with("runs/") && !name.starts_with("reports/"))
            .collect::<Vec<_>>(),
        [
            ".gitignore",
            "README.md",
            "sweep.schema.json",
            "table.csv",
            "table.yaml"
        ]
    );
}

#[test]
fn the_course_has_every_axis_and_its_guide() {
    let project = Project::new("{}");
    let done = project.run(&["init", "course", "le cours", "--language", "fr"]);
    assert_eq!(done.code, 0, "{}", done.error);
    assert!(
        done.output.contains("    cd 'le cours'\n"),
        "{}",
        done.output
    );
    assert!(project.read("le cours/README.md").contains("## Axe 6"));
    for axis in 1..=6 {
        let sweep = format!("le cours/sweeps/axe{axis}.yaml");
        let done = project.run(&["plan", &sweep, "--data", &data()]);
        assert_eq!(done.code, 0, "{sweep}: {}", done.error);
    }
    let english = project.run(&["init", "course", "course"]);
    assert_eq!(english.code, 0, "{}", english.error);
    assert!(project.read("course/README.md").contains("## Axis 6"));
}

/// The first line of each sweep file names the schema, relative to the file.
#[test]
fn the_schema_is_where_the_sweeps_name_it() {
    let project = Project::new("{}");
    for (kind, sweep) in [("course", "sweeps/axe5.yaml"), ("mlp", "mlp.yaml")] {
        assert_eq!(project.run(&["init", kind, kind]).code, 0);
        let text = project.read(&format!("{kind}/{sweep}"));
        let first = text.lines().next().unwrap();
        let schema = first.split_once("$schema=").unwrap().1;
        let folder = Path::new(kind).join(sweep);
        let path = folder.parent().unwrap().join(schema);
        let expected = project.run(&["schema"]).output;
        assert_eq!(project.read(path.to_str().unwrap()), expected);
    }
}

#[test]
fn nothing_is_replaced() {
    let project = Project::new("{}");
    assert_eq!(project.run(&["init"]).code, 0);
    let again = project.run(&["init"]);
    assert_eq!(again.code, 0);
    assert!(
        again
            .output
            .starts_with("this folder already has these files\n"),
        "{}",
        again.output
    );
    // A missing file is written again, unless another one was edited.
    std::fs::remove_file(project.path(".gitignore")).unwrap();
    project.write("mlp.yaml", "name: mine\n");
    let refused = project.run(&["init"]);
    assert_eq!(refused.code, 2);
    assert!(refused.error.contains("mlp.yaml"), "{}", refused.error);
    assert_eq!(project.read("mlp.yaml"), "name: mine\n");
    assert!(!project.path(".gitignore").exists());
}

#[test]
fn an_unknown_kind_lists_the_known_ones() {
    let project = Project::new("{}");
    let done = project.run(&["init", "rnn"]);
    assert_eq!(done.code, 2);
    assert!(
        done.error.contains("course, mlp, cnn, table, images"),
        "{}",
        done.error
    );
}

/// As a wheel or an archive installs it: the program in `bin`, MNIST in `share/tp-sweep/data`.
#[test]
#[cfg(unix)]
fn an_installed_program_finds_mnist_wherever_it_starts() {
    let project = Project::new("{}");
    let program = project.path("installed/bin/tp-sweep");
    let share = project.path("installed/share/tp-sweep");
    for folder in [program.parent().unwrap(), &share] {
        std::fs::create_dir_all(folder).unwrap();
    }
    let built = env!("CARGO_BIN_EXE_tp-sweep");
    if std::fs::hard_link(built, &program).is_err() {
        // The temporary folder is on another file system.
        std::fs::copy(built, &program).unwrap();
    }
    std::os::unix::fs::symlink(data(), share.join("data")).unwrap();
    assert_eq!(project.run(&["init", "mlp", "elsewhere"]).code, 0);
    let installed = |arguments: &[&str]| {
        let mut command = std::process::Command::new(&program);
        command
            .current_dir(project.path("elsewhere"))
            .args(arguments);
        let output = command.output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {error}");
        (String::from_utf8_lossy(&output.stdout).into_owned(), error)
    };
    let (_, warnings) = installed(&["plan", "mlp.yaml"]);
    assert!(!warnings.contains("cannot train yet"), "{warnings}");
    let (listed, _) = installed(&["data", "list"]);
    let place = "installed/share/tp-sweep/data/mnist\n";
    assert!(listed.contains(place), "{listed}");
    let (checked, _) = installed(&["data", "check", "mnist"]);
    assert_eq!(checked.matches("  ok  ").count(), 4, "{checked}");
}
