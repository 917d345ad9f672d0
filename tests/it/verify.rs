//! A sample of a sweep, trained again, gives what it gave; a number that was changed is found.

use crate::support::{Done, Project, repository};

const SWEEP: &str = "
data: { limit: 300 }
training: { epochs: 2 }
model: { width: 8, dropout: 0.2 }
validation: { folds: 2 }
grid: { training.optimizer: [sgd, adam] }
";

fn verify(project: &Project, options: &[&str]) -> Done {
    let data = repository().join("data");
    let data = data.to_str().unwrap();
    project.run(&[&["verify", "sweep.yaml", "--data", data], options].concat())
}

fn trained() -> Project {
    let project = Project::new(SWEEP);
    let done = project.train(&["--quiet"]);
    assert_eq!(done.code, 0, "{}", done.error);
    project
}

/// Changes a result of the sweep.
fn change_result(project: &Project, run: &str, change: impl FnOnce(&mut serde_json::Value)) {
    let path = format!("runs/sweep/{run}/result.json");
    let mut file = serde_json::from_str(&project.read(&path)).unwrap();
    change(&mut file);
    project.write(&path, &file.to_string());
}

#[test]
fn an_unchanged_sweep_is_verified_and_a_changed_number_is_found() {
    let project = trained();
    let done = verify(&project, &["--sample", "10"]);
    assert_eq!(done.code, 0, "{}{}", done.output, done.error);
    assert_eq!(done.output.matches("bit-identical (2 epochs").count(), 4);
    assert!(
        done.output.ends_with("4 of 4 runs reproduced\n"),
        "{}",
        done.output
    );
    // A single bit of one epoch.
    change_result(&project, "optimizer-adam/fold-1", |file| {
        let loss = &mut file["result"]["epochs"][1]["train_loss"];
        let bits = loss.as_f64().unwrap().to_bits();
        *loss = f64::from_bits(bits + 1).into();
    });
    let done = verify(&project, &["--sample", "10"]);
    assert_eq!(done.code, 1, "{}", done.output);
    assert!(
        done.output
            .contains("optimizer-adam/fold-1: differs: train_loss of epoch 2 was "),
        "{}",
        done.output
    );
    assert!(
        done.output.ends_with("3 of 4 runs reproduced\n"),
        "{}",
        done.output
    );
    // And a score.
    change_result(&project, "optimizer-sgd/fold-0", |file| {
        file["result"]["test"]["accuracy"] = 0.99.into();
    });
    let done = verify(&project, &["--sample", "10"]);
    let message = "optimizer-sgd/fold-0: differs: test accuracy was 0.99 and is now 0.";
    assert!(done.output.contains(message), "{}", done.output);
}

#[test]
fn results_of_another_device_may_differ_only_by_rounding() {
    let project = trained();
    let run = "optimizer-sgd/fold-0";
    let options = &["--sample", "4"][..];
    change_result(&project, run, |file| {
        file["result"]["device"] = "cuda:0".into();
        let loss = &mut file["result"]["test"]["loss"];
        *loss = (loss.as_f64().unwrap() * 1.001).into();
    });
    let done = verify(&project, options);
    assert_eq!(done.code, 0, "{}", done.output);
    assert!(
        done.output
            .contains(&format!("{run}: equal within rounding")),
        "{}",
        done.output
    );
    change_result(&project, run, |file| {
        let loss = &mut file["result"]["test"]["loss"];
        *loss = (loss.as_f64().unwrap() * 2.0).into();
    });
    assert_eq!(verify(&project, options).code, 1);
}

#[test]
fn a_sample_is_chosen_by_its_seed_and_never_larger_than_requested() {
    let project = trained();
    let chosen = |seed: &str| {
        let done = verify(&project, &["--sample", "1", "--seed", seed]);
        assert_eq!(done.code, 0, "{}", done.error);
        assert_eq!(done.output.lines().count(), 2, "{}", done.output);
        done.output
    };
    assert_eq!(chosen("1"), chosen("1"));
    let seeds: Vec<String> = (0..12).map(|seed| chosen(&seed.to_string())).collect();
    let distinct: std::collections::BTreeSet<&String> = seeds.iter().collect();
    assert!(distinct.len() > 1, "{distinct:?}");
}

#[test]
fn without_a_finished_run_there_is_nothing_to_verify() {
    let project = Project::new(SWEEP);
    let done = verify(&project, &[]);
    assert_eq!(done.code, 2);
    assert!(
        done.error.contains("no results of this sweep"),
        "{}",
        done.error
    );
}

#[test]
fn the_manifest_records_every_start_and_its_environment() {
    let project = trained();
    let again = project.train(&["--quiet", "--set", "report.rank_by=loss"]);
    assert_eq!(again.code, 0, "{}", again.error);
    let manifest: serde_json::Value =
        serde_json::from_str(&project.read("runs/sweep/sweep.json")).unwrap();
    assert_eq!(manifest["format"], 2);
    assert_eq!(manifest["program"]["crates"]["burn"], "0.21.0");
    let commit = manifest["program"]["commit"].as_str().unwrap();
    assert!(commit == "unknown" || commit.len() >= 40, "{commit}");
    assert_eq!(manifest["base"]["model"]["width"], 8);
    assert_eq!(manifest["factors"][0]["levels"][1]["label"], "adam");
    assert_eq!(manifest["seeds"], serde_json::json!([0]));
    assert!(manifest["data"]["mnist"].is_string());
    let line = manifest["start"]["command_line"].as_array().unwrap();
    assert!(line.contains(&"report.rank_by=loss".into()), "{line:?}");
    assert_eq!(manifest["start"]["device"], "cpu");
    let [earlier] = &manifest["starts"].as_array().unwrap()[..] else {
        panic!("{}", manifest["starts"]);
    };
    assert!(earlier["started"].as_f64() < manifest["start"]["started"].as_f64());
    let line = earlier["command_line"].as_array().unwrap();
    assert!(!line.contains(&"report.rank_by=loss".into()), "{line:?}");
}
