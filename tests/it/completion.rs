//! Completion in shells, and the manual pages.

use crate::support::{Project, files};

/// What is offered for the last of these words.
fn candidates(project: &Project, words: &[&str]) -> Vec<String> {
    let mut command = project.command(&[&["--", "tp-sweep"], words].concat());
    command
        .env("TP_SWEEP_COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", words.len().to_string());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn commands_sweep_files_keys_and_trials_are_completed() {
    let project = Project::new("grid: { model.layers: [1, 2] }\n");
    project.write("notes.txt", "");
    let of = |words: &[&str]| candidates(&project, words);
    assert_eq!(of(&["sta"]), ["status"]);
    assert_eq!(of(&["run", "s"]), ["sweep.yaml"]);
    assert!(of(&["run", "n"]).is_empty(), "not a sweep file");
    let set = ["run", "sweep.yaml", "--set"];
    assert_eq!(
        of(&[&set[..], &["training.opt"]].concat()),
        ["training.optimizer="]
    );
    assert_eq!(
        of(&[&set[..], &["training.optimizer=r"]].concat()),
        ["training.optimizer=rmsprop", "training.optimizer=radam"]
    );
    assert_eq!(
        of(&[&set[..], &["report.la"]].concat()),
        ["report.language="]
    );
    assert_eq!(
        of(&["diff", "sweep.yaml", "layers"]),
        ["layers1", "layers2"]
    );
    for set in [
        &["--set", "grid.model.layers=[3]"][..],
        &["--set=grid.model.layers=[3]"],
        &["--set", "grid.model.layers=[3]", "--set", "training.epo"],
    ] {
        let words = [&["export", "sweep.yaml"], set, &["--trial", ""]].concat();
        assert_eq!(of(&words), ["layers3"], "{set:?} counts");
    }
    // Neither a missing nor an invalid sweep is an error here.
    project.write("broken.yaml", "grid: [");
    for sweep in ["broken.yaml", "missing.yaml"] {
        let offered = of(&["diff", sweep, "layers"]);
        assert!(offered.is_empty(), "{offered:?}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let mut command = project.command(&["--", "tp-sweep", "diff"]);
        command
            .arg(std::ffi::OsStr::from_bytes(b"caf\xe9.yaml"))
            .arg("")
            .env("TP_SWEEP_COMPLETE", "bash")
            .env("_CLAP_COMPLETE_INDEX", "3");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
}

#[test]
fn each_shell_has_a_script_that_calls_this_program() {
    let project = Project::new("");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let done = project.run(&["completions", shell]);
        assert_eq!(done.code, 0, "{}", done.error);
        assert!(done.output.contains("TP_SWEEP_COMPLETE"), "{shell}");
        let program = env!("CARGO_BIN_EXE_tp-sweep");
        assert!(done.output.contains(program), "{shell}: {}", done.output);
    }
    assert_eq!(project.run(&["completions", "tcsh"]).code, 2);
}

#[cfg(unix)]
#[test]
fn a_script_is_accepted_by_its_shell() {
    let project = Project::new("");
    let script = project.run(&["completions", "bash"]).output;
    project.write("script", &script);
    let command = "set -u; source ./script; complete -p tp-sweep; \
                   COMP_LINE='tp-sweep run sweep.yaml --set training.optimizer=adamw'; \
                   COMP_WORDS=(tp-sweep run sweep.yaml --set training.optimizer=adamw); \
                   COMP_CWORD=4; COMP_TYPE=9; \
                   _clap_complete_tp_sweep tp-sweep training.optimizer=adamw --set; \
                   test \"${COMPREPLY[*]}\" = training.optimizer=adamw; \
                   [[ $COMP_WORDBREAKS != *=* ]]";
    let output = std::process::Command::new("bash")
        .args(["-ec", command])
        .current_dir(project.path(""))
        .output();
    // A system without bash has nothing to check.
    if let Ok(output) = output {
        assert!(output.status.success(), "{output:?}");
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let project = Project::new("");
    let done = project.run(&["man", "pages"]);
    assert_eq!(done.code, 0, "{}", done.error);
    let pages = files(&project.path("pages"));
    assert!(pages.len() > 15, "{pages:?}");
    for page in ["tp-sweep.1", "tp-sweep-run.1", "tp-sweep-launch-slurm.1"] {
        let text = project.read(&format!("pages/{page}"));
        assert!(text.starts_with(".ie"), "{page} is in the format of man");
    }
    project.write("file", "");
    let done = project.run(&["man", "file"]);
    assert_eq!(done.code, 2);
    assert!(done.error.contains("cannot write file"), "{}", done.error);
}
