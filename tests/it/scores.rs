//! Trials are ranked, selected and stopped by any score, and reports have the scores that are asked for.

use crate::support::events::{event_file, events, scalar};
use crate::support::{Project, repository};
use serde_json::Value;
use std::collections::BTreeMap;

const SWEEP: &str = "
data: { limit: 400 }
training: { epochs: 4, learning_rate: 0.1, monitor: val_macro_f1, patience: 2 }
validation: { folds: 2 }
grid: { model.width: [2, 8, 16] }
report:
  rank_by: roc_auc
  metrics: [calibration_error, balanced_accuracy]
  select: { where: { cohen_kappa: '>= 0.1' } }
";

/// The columns of a CSV file without quotes.
fn csv_columns(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned));
    let names: Vec<String> = lines.next().unwrap().collect();
    let mut columns: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in lines {
        for (name, cell) in names.iter().zip(line) {
            columns.entry(name.clone()).or_default().push(cell);
        }
    }
    columns
}

/// The result of one run.
fn result(project: &Project, run: &str) -> Value {
    let file = project.read(&format!("runs/sweep/{run}/result.json"));
    serde_json::from_str::<Value>(&file).unwrap()["result"].take()
}

#[test]
fn any_score_ranks_limits_and_is_monitored() {
    let project = Project::new(SWEEP);
    let done = project.train(&["--quiet"]);
    assert_eq!(done.code, 0, "{}", done.error);

    // The table is sorted by the score of the ranking, and has the other scores.
    let columns = csv_columns(&project.read("reports/sweep.csv"));
    let numbers = |name: &str| -> Vec<f64> {
        let cells = columns[name].iter();
        cells.map(|cell| cell.parse().unwrap()).collect()
    };
    let areas = numbers("mean_val_roc_auc");
    assert!(areas.is_sorted_by(|a, b| a >= b), "{areas:?}");
    assert!(areas[0] > areas[2] && areas[0] > 0.6, "{areas:?}");
    let expected = ["calibration_error", "balanced_accuracy", "cohen_kappa"];
    for score in expected {
        for column in ["mean_val", "std_val", "mean_test", "std_test"] {
            assert_eq!(numbers(&format!("{column}_{score}")).len(), 3);
        }
    }
    assert!(
        !columns.contains_key("mean_val_brier_score"),
        "not asked for"
    );
    let within: Vec<bool> = columns["within_limits"]
        .iter()
        .map(|cell| cell == "true")
        .collect();
    let kappas = numbers("mean_val_cohen_kappa");
    let above: Vec<bool> = kappas.iter().map(|kappa| *kappa >= 0.1).collect();
    assert_eq!(within, above);
    let report = project.read("reports/sweep.md");
    for text in [
        "Ranked by mean validation ROC AUC, highest first, over 2 folds",
        "val ROC AUC",
        "val bal. acc %",
        "val ECE",
        "validation Cohen’s kappa ≥ 0.1",
    ] {
        assert!(report.contains(text), "{text} is missing in\n{report}");
    }

    // Every run has all scores, and the balanced accuracy is that of its confusion matrix.
    let run = "width8/fold-0";
    let result = result(&project, run);
    let classes: Value =
        serde_json::from_str(&project.read(&format!("runs/sweep/{run}/classes.json"))).unwrap();
    let rows = classes["validation"]["confusion"].as_array().unwrap();
    let rows = rows.iter().map(|row| -> Vec<f64> {
        let counts = row.as_array().unwrap().iter();
        counts.map(|count| count.as_f64().unwrap()).collect()
    });
    let recalls: Vec<f64> = rows
        .enumerate()
        .map(|(class, row)| row[class] / row.iter().sum::<f64>())
        .collect();
    let mean = recalls.iter().sum::<f64>() / recalls.len() as f64;
    let found = result["validation"]["balanced_accuracy"].as_f64().unwrap();
    assert!((found - mean).abs() < 1e-12, "{found}, {mean}");
    for part in ["validation", "test"] {
        assert!(result[part].as_object().unwrap().len() >= 15, "{part}");
    }

    // The monitored score is measured after every epoch, and the best epoch is kept.
    let epochs = result["epochs"].as_array().unwrap();
    let monitored = epochs
        .iter()
        .map(|epoch| epoch["val_macro_f1"].as_f64().unwrap());
    let monitored: Vec<f64> = monitored.collect();
    let best = monitored.iter().copied().reduce(f64::max).unwrap();
    let first_best = monitored.iter().position(|value| *value == best).unwrap();
    assert_eq!(result["final_epoch"], first_best + 1);
    assert_eq!(result["validation"]["macro_f1"].as_f64(), Some(best));
    let csv = csv_columns(&project.read(&format!("runs/sweep/{run}/epochs.csv")));
    assert_eq!(csv["val_macro_f1"].len(), monitored.len());
    let events = events(&event_file(&project.path(&format!("runs/sweep/{run}"))));
    assert_eq!(
        scalar(&events, "Metrics/val_macro_f1").len(),
        monitored.len()
    );
    assert_eq!(scalar(&events, "Metrics/test_roc_auc").len(), 1);

    // Another ranking needs no training.
    let data = repository().join("data");
    let data = data.to_str().unwrap();
    let options = [
        "report",
        "sweep.yaml",
        "--data",
        data,
        "--set",
        "report.rank_by=brier_score",
    ];
    let done = project.run(&options);
    assert_eq!(done.code, 0, "{}", done.error);
    let columns = csv_columns(&project.read("reports/sweep.csv"));
    let scores = columns["mean_val_brier_score"].iter();
    let scores: Vec<f64> = scores.map(|cell| cell.parse().unwrap()).collect();
    assert!(scores.is_sorted(), "lower is better: {scores:?}");
}

#[test]
fn a_score_that_results_lack_is_named_and_ranks_nothing() {
    let project = Project::new(
        "data: { limit: 200 }\ntraining: { epochs: 1 }\ngrid: { model.width: [2, 4] }\n",
    );
    let done = project.train(&["--quiet"]);
    assert_eq!(done.code, 0, "{}", done.error);
    // As an earlier version wrote it.
    for trial in ["width2", "width4"] {
        let path = format!("runs/sweep/{trial}/fold-0/result.json");
        let mut file: Value = serde_json::from_str(&project.read(&path)).unwrap();
        for part in ["validation", "test"] {
            let scores = file["result"][part].as_object_mut().unwrap();
            scores.retain(|name, _| ["loss", "accuracy", "macro_f1"].contains(&name.as_str()));
        }
        project.write(&path, &file.to_string());
    }
    let data = repository().join("data");
    let data = data.to_str().unwrap();
    let report = ["report", "sweep.yaml", "--data", data];
    let done = project.run(&[&report[..], &["--set", "report.rank_by=roc_auc"]].concat());
    assert_eq!(done.code, 0, "{}", done.error);
    let text = project.read("reports/sweep.md");
    assert!(
        text.contains("No trial is ranked: no finished trial has a value for validation ROC AUC."),
        "{text}"
    );
    assert!(
        text.contains("Finished trials without a value: validation ROC AUC (2 of 2)"),
        "{text}"
    );
    let limit = "report.select={ where: { roc_auc: '>= 0.1' } }";
    let done = project.run(&[&report[..], &["--set", limit]].concat());
    assert_eq!(done.code, 0, "{}", done.error);
    let text = project.read("reports/sweep.md");
    let none = "of 2 ranked, none satisfies validation ROC AUC ≥ 0.1";
    assert!(text.contains(none), "{text}");
    let lacking = "Not satisfied for lack of a value: validation ROC AUC (2 trials).";
    assert!(text.contains(lacking), "{text}");
    let done = project.run(&[&report[..], &["--set", "report.rank_by=macro_f1"]].concat());
    assert_eq!(done.code, 0, "{}", done.error);
    let text = project.read("reports/sweep.md");
    let header = text
        .lines()
        .find(|line| line.contains("val acc %"))
        .unwrap();
    let order = ["val macro F1 %", "95 % interval", "val acc %"].map(|name| header.find(name));
    assert!(order.is_sorted() && order[0].is_some(), "{header}");
    assert_eq!(header.matches("val macro F1").count(), 1, "{header}");
    let ranked_by = |score: &str| format!("report.rank_by={score}");
    let diff = ["diff", "sweep.yaml", "width2", "width4", "--data", data];
    let done = project.run(&[&diff[..], &["--set", &ranked_by("roc_auc")]].concat());
    let reason = "not tested, because a run has no value for validation ROC AUC";
    assert!(done.output.contains(reason), "{}", done.output);
    // `export` chooses as the report does, also if the chosen one would be none.
    let export = ["export", "sweep.yaml", "--data", data, "--output", "model"];
    let export = |setting: &str| project.run(&[&export[..], &["--set", setting]].concat());
    for (setting, reason) in [
        (
            &*ranked_by("roc_auc"),
            "no trial has a value for val_roc_auc in all its runs",
        ),
        (
            "report.select={ best: roc_auc }",
            "no trial has a value for val_roc_auc in all its runs",
        ),
        (limit, "none of the 2 ranked trials is within its limits"),
    ] {
        let done = export(setting);
        assert_eq!(done.code, 2, "{setting}");
        assert!(done.error.contains(reason), "{setting}: {}", done.error);
        assert!(!project.path("model").exists());
    }
    let verified = project.run(&["verify", "sweep.yaml", "--data", data, "--sample", "2"]);
    assert_eq!(verified.code, 0, "{}", verified.output);
}

#[test]
fn a_score_that_the_classes_do_not_allow_is_not_monitored() {
    let project = Project::new(
        "data: { set: table, path: table.csv, label: kind }\n\
         training: { patience: 2, monitor: val_top_3_accuracy }\n",
    );
    let rows: String = (0..60)
        .map(|row| format!("{row},{}\n", ["a", "b", "c"][row % 3]))
        .collect();
    project.write("table.csv", &format!("x,kind\n{rows}"));
    let done = project.run(&["plan", "sweep.yaml"]);
    assert_eq!(done.code, 2, "{}", done.output);
    let error = done.error;
    assert!(
        error.contains("undefined for fewer than 4 classes; table has 3"),
        "{error}"
    );
    let done = project.run(&[
        "plan",
        "sweep.yaml",
        "--set",
        "training.monitor=val_roc_auc",
    ]);
    assert_eq!(done.code, 0, "{}", done.error);
}

#[test]
fn a_score_that_one_run_lacks_is_no_score_of_the_trial() {
    let project = Project::new(
        "data: { limit: 200 }\ntraining: { epochs: 1 }\nvalidation: { folds: 2 }\n\
         grid: { model.width: [2, 4] }\nreport: { rank_by: roc_auc }\n",
    );
    let done = project.train(&["--quiet"]);
    assert_eq!(done.code, 0, "{}", done.error);
    let path = "runs/sweep/width4/fold-1/result.json";
    let mut file: Value = serde_json::from_str(&project.read(path)).unwrap();
    let scores = file["result"]["validation"].as_object_mut().unwrap();
    assert!(scores.remove("roc_auc").is_some());
    project.write(path, &file.to_string());
    let data = repository().join("data");
    let done = project.run(&["report", "sweep.yaml", "--data", data.to_str().unwrap()]);
    assert_eq!(done.code, 0, "{}", done.error);
    let unranked = "Not ranked, because a run has no value for validation ROC AUC: 1 trial.";
    assert!(done.output.contains(unranked), "{}", done.output);
    let columns = csv_columns(&project.read("reports/sweep.csv"));
    assert_eq!(columns["trial"], ["width2", "width4"]);
    let means = &columns["mean_val_roc_auc"];
    assert!(!means[0].is_empty() && means[1].is_empty(), "{means:?}");
    let text = project.read("reports/sweep.md");
    let lacking = "Finished trials without a value: validation ROC AUC (1 of 2).";
    assert!(text.contains(lacking), "{text}");
}
