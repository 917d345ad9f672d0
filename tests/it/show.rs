//! `open` and `board`: pages in a browser.
#![cfg(unix)]

use crate::support::Project;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

/// A project with a report (a page without content), and programs of its own in `bin`.
fn project() -> Project {
    let project = Project::new("name: mine\n");
    std::fs::create_dir_all(project.path("reports")).unwrap();
    std::fs::create_dir_all(project.path("runs/mine")).unwrap();
    std::fs::create_dir_all(project.path("bin")).unwrap();
    project.write("reports/mine.html", "<p>");
    project
}

/// Writes a program of the project's `bin`.
fn program(project: &Project, name: &str, script: &str) {
    let path = project.path("bin").join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// The command in the project, which finds only the programs in `bin`.
fn command(project: &Project, arguments: &[&str]) -> Command {
    let mut command = project.command(arguments);
    for name in ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"] {
        command.env_remove(name);
    }
    command.env("PATH", project.path("bin"));
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn output(mut command: Command) -> Output {
    command.output().unwrap()
}

#[test]
fn without_a_display_the_address_is_printed() {
    let project = project();
    let done = output(command(&project, &["open", "sweep.yaml"]));
    let page = project.path("reports/mine.html");
    let page = page.canonicalize().unwrap();
    assert_eq!(text(&done.stdout), format!("file://{}\n", page.display()));
    assert!(done.status.success());
}

#[test]
fn with_a_display_the_browser_opens_it() {
    let project = project();
    let seen = project.path("seen");
    program(
        &project,
        "xdg-open",
        &format!(
            "echo \"$1\" > '{0}.part'; /bin/mv '{0}.part' '{0}'",
            seen.display()
        ),
    );
    let mut open = command(&project, &["open", "sweep.yaml"]);
    open.env("DISPLAY", ":0");
    let done = output(open);
    assert!(done.status.success(), "{}", text(&done.stderr));
    // The browser is started, not waited for.
    let started = std::time::Instant::now();
    while !seen.exists() {
        let limit = std::time::Duration::from_secs(600);
        assert!(started.elapsed() < limit, "no browser was started");
        std::thread::yield_now();
    }
    assert_eq!(std::fs::read_to_string(seen).unwrap(), text(&done.stdout));
}

#[test]
fn a_missing_report_states_how_to_get_it() {
    let project = Project::new("name: mine\n");
    let done = project.run(&["open", "sweep.yaml"]);
    assert_eq!(done.code, 2);
    assert!(
        done.error.contains("no report at reports/mine.html"),
        "{}",
        done.error
    );
    let done = project.run(&["board", "sweep.yaml"]);
    assert_eq!(done.code, 2);
    assert!(
        done.error.contains("no results in runs/mine"),
        "{}",
        done.error
    );
}

#[test]
fn without_tensorboard_the_report_is_shown() {
    let project = project();
    let done = output(command(&project, &["board", "sweep.yaml"]));
    assert!(done.status.success());
    let error = text(&done.stderr);
    assert!(error.contains("TensorBoard is not installed"), "{error}");
    assert!(text(&done.stdout).ends_with("/reports/mine.html\n"));
}

#[test]
fn a_tensorboard_that_does_not_start_is_reported() {
    let project = project();
    program(&project, "tensorboard", "echo \"$@\" >&2; exit 3");
    let done = output(command(&project, &["board", "sweep.yaml"]));
    assert!(done.status.success());
    let error = text(&done.stderr);
    assert!(
        error.contains("--logdir runs/mine --host 127.0.0.1 --port"),
        "{error}"
    );
    assert!(error.contains("ended before it served a page"), "{error}");
    assert!(text(&done.stdout).ends_with("/reports/mine.html\n"));
}

#[test]
fn a_port_in_use_is_refused() {
    let project = project();
    program(&project, "tensorboard", "exit 3");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let done = output(command(&project, &["board", "sweep.yaml", "--port", &port]));
    assert_eq!(done.status.code(), Some(2));
    let error = text(&done.stderr);
    assert!(
        error.contains(&format!("cannot serve at port {port}")),
        "{error}"
    );
}
