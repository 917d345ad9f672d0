//! `report --watch` writes the report again when results come, and its page reloads itself until the end.
#![cfg(unix)]

use crate::support::Project;
use crate::support::recovery::process::{Running, signal, start, wait, wait_until};

const RELOAD: &str = "http-equiv=\"refresh\"";

const RESULT: &str = "runs/sweep/base/fold-1/result.json";

/// A sweep of two runs, without the result of the second, which was moved out of its folder, and a process that
/// watches the sweep and has written a page.
fn watched() -> (Project, Running) {
    let project =
        Project::new("data: { limit: 200 }\ntraining: { epochs: 1 }\nvalidation: { folds: 2 }\n");
    assert_eq!(project.train(&["--quiet"]).code, 0);
    assert!(!project.read("reports/sweep.html").contains(RELOAD));
    std::fs::rename(project.path(RESULT), project.path("result.json")).unwrap();
    let process = start(project.command(&["report", "sweep.yaml", "--watch"]));
    wait_until("a page that reloads", || {
        project.read("reports/sweep.html").contains(RELOAD)
    });
    assert!(project.read("reports/sweep.csv").contains("incomplete"));
    (project, process)
}

#[test]
fn the_last_result_ends_it_with_a_page_that_stays() {
    let (project, mut process) = watched();
    std::fs::rename(project.path("result.json"), project.path(RESULT)).unwrap();
    assert_eq!(wait(&mut process).code(), Some(0));
    assert!(!project.read("reports/sweep.html").contains(RELOAD));
    assert!(!project.read("reports/sweep.csv").contains("incomplete"));
}

#[test]
fn results_of_other_settings_do_not_end_it() {
    let settings = "data: { limit: 200 }\nvalidation: { folds: 2 }\n";
    let project = Project::new(&format!("{settings}training: {{ epochs: 1 }}\n"));
    assert_eq!(project.train(&["--quiet"]).code, 0);
    project.write(
        "sweep.yaml",
        &format!("{settings}training: {{ epochs: 2 }}\n"),
    );
    std::fs::remove_file(project.path("reports/sweep.html")).unwrap();
    let mut process = start(project.command(&["report", "sweep.yaml", "--watch"]));
    assert_eq!(project.train(&["--quiet"]).code, 0);
    assert_eq!(wait(&mut process).code(), Some(0));
    assert!(!project.read("reports/sweep.html").contains(RELOAD));
    assert!(!project.read("reports/sweep.csv").contains("incomplete"));
}

#[test]
fn ctrl_c_ends_it_with_success_and_a_page_that_stays() {
    let (project, mut process) = watched();
    signal(&process, "INT");
    assert_eq!(wait(&mut process).code(), Some(0));
    assert!(!project.read("reports/sweep.html").contains(RELOAD));
}
