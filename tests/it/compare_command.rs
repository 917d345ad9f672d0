//! `tp-sweep compare` with results that are given twice, or that are missing.

use crate::support::{Project, files};

const SWEEP: &str = "
data: { limit: 200 }
training: { epochs: 1 }
model: { width: 8 }
validation: { folds: 2 }
";

#[test]
fn results_under_two_names_are_refused_and_missing_ones_change_the_exit_code() {
    let project = Project::new(SWEEP);
    assert_eq!(project.train(&["--quiet"]).code, 0);
    let compare = |sweeps: &[&str]| {
        let fixed = ["compare", "--data", "nowhere"];
        project.run(&[&fixed, sweeps].concat())
    };
    let twice = compare(&["sweep.yaml", "runs/sweep"]);
    assert_eq!(twice.code, 2, "{}", twice.error);
    let message = "runs/sweep: its results are given twice; name each sweep once";
    assert!(twice.error.contains(message), "{}", twice.error);
    assert_eq!(compare(&["sweep.yaml"]).code, 0);
    let results = files(&project.path("runs"));
    let result = results.iter().find(|path| path.ends_with("result.json"));
    std::fs::remove_file(result.unwrap()).unwrap();
    assert_eq!(compare(&["sweep.yaml"]).code, 3);
}
