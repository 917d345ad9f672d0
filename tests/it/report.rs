//! Scheduler, records and report together, with an executor that trains nothing: the ranking,
//! the columns of trials, failures and retries.

use crate::support::events::{event_file, events, value};
use crate::support::executor::{FakeExecutor, class_scores};
use crate::support::made_up::{
    file, markdown, planned, report, reported, run, without_training_time,
};
use crate::support::{Project, files, repository, without_timings};
use std::path::PathBuf;
use std::time::SystemTime;
use tp_sweep::plan::RunId;
use tp_sweep::report::{Listing, Report, TrialClasses};

const SWEEP: &str = "
name: made-up
description: A sweep with an executor that makes its numbers up.
validation: { folds: 2 }
training: { epochs: 2 }
grid:
  training.optimizer: [sgd, adam]
  training.momentum: { values: [0, 0.9], when: { training.optimizer: sgd } }
  model.width: [16, 32]
exclude: [{ training.momentum: 0.9, model.width: 16 }]
include: [{ model.layers: 3 }]
report: { target_accuracy: 0.55 }
";

#[test]
fn a_report_reads_well_whatever_became_of_its_trials() {
    let (sweep, plan) = planned(SWEEP);
    let folder = tempfile::tempdir().unwrap();
    let executor = FakeExecutor::with_accuracies(|run| match (run.trial, run.fold) {
        (0, fold) => 0.5 + 0.1 * f64::from(fold),
        (1, fold) => 0.9 + 0.02 * f64::from(fold),
        (2, 1) => f64::NAN,
        (3, _) => 0.55,
        (4, 0) => -1.0,
        (trial, _) => 0.6 + 0.01 * trial as f64,
    });
    let ran = run(folder.path(), &sweep, &plan, &executor);
    assert!(!ran.interrupted);
    let names = [
        "nought", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ];
    let report = report(
        folder.path(),
        &sweep,
        &plan,
        &ran.results,
        &names,
        &Listing::default(),
    );
    insta::assert_snapshot!("markdown", without_training_time(&markdown(&report)));
    insta::assert_snapshot!(
        "terminal",
        report.top(&sweep, &plan, &ran.results, 5).unwrap()
    );
    // Without what differs from run to run.
    insta::assert_snapshot!("csv", without_timings(&file(&report, "csv")));
}

#[test]
fn a_single_trial_reads_well_with_nothing_held_out() {
    let (sweep, plan, report, results) = reported(
        "name: alone\ntraining: { epochs: 30 }\nvalidation: { holdout: 0, repeats: 3 }",
        |run| 0.8 + 0.05 * f64::from(run.repeat),
    );
    insta::assert_snapshot!("alone", markdown(&report));
    insta::assert_snapshot!(
        "alone_terminal",
        report.top(&sweep, &plan, &results, 5).unwrap()
    );
    assert_eq!(report.detailed.unwrap().trial, 0);
}

/// Whether the report of a sweep has a section.
fn has(section: &str, sweep: &str) -> bool {
    let (_, _, report, _) = reported(sweep, |run| 0.5 + 0.01 * run.trial as f64);
    markdown(&report).contains(&format!("## {section}\n"))
}

#[test]
fn tables_that_would_be_too_wide_or_too_long_are_left_out() {
    let widths = |count: usize| {
        let widths: Vec<usize> = (1..=count).collect();
        format!("training: {{ epochs: 1 }}\ngrid: {{ model.width: {widths:?} }}")
    };
    assert!(has("Losses by epoch", &widths(6)));
    assert!(!has("Losses by epoch", &widths(7)));
    assert!(has("Gradient norms", &widths(12)));
    assert!(!has("Gradient norms", &widths(13)));
    assert!(!has("Gradient norms", "model: { layers: 50, width: 2 }"));
}

#[test]
fn without_validation_no_trial_is_the_best_of_several() {
    let classes = "Classes of the best trial";
    let two = "grid: { model.width: [1, 2] }";
    assert!(has(classes, two));
    let unvalidated = format!("validation: {{ holdout: 0 }}\n{two}");
    assert!(!has(classes, &unvalidated));
    assert!(!has("Classes", &unvalidated));
    assert!(!has("Best configuration", &unvalidated));
}

#[test]
fn classes_are_shown_by_name_and_confusions_if_they_are_few() {
    let (sweep, plan) = planned("training: { epochs: 1 }");
    let folder = tempfile::tempdir().unwrap();
    let ran = run(
        folder.path(),
        &sweep,
        &plan,
        &FakeExecutor::with_accuracies(|_| 0.5),
    );
    let text = |classes: usize| {
        let scores = tp_sweep::record::RunClassification {
            validation: None,
            test: class_scores(classes, 0.5),
        };
        let names = (0..classes).map(|class| format!("kind{class}")).collect();
        let classes = TrialClasses::new(names, scores);
        let report = Report::new(
            &sweep,
            &plan,
            &ran.results,
            &tp_sweep::spec::DataRemarks::default(),
            &Listing::default(),
            &|_: usize| Some(classes.clone()),
        );
        markdown(&report.unwrap())
    };
    assert!(text(20).contains("| kind19 |"));
    assert!(text(20).contains("| true \\ predicted |"));
    assert!(text(21).contains("| kind20 |"));
    assert!(
        !text(21).contains("| true \\ predicted |"),
        "a picture alone"
    );
    assert!(text(21).contains("confusion.svg)"));
    assert!(!text(41).contains("confusion.svg"));
    assert!(text(201).contains("\n1 more class is not listed."));
}

#[test]
fn the_table_of_axe5_fits_a_terminal_of_100_columns() {
    let text = std::fs::read_to_string(repository().join("sweeps/axe5.yaml")).unwrap();
    let (sweep, plan, report, results) = reported(&text, |run| 0.9 + 0.01 * f64::from(run.fold));
    let top = report.top(&sweep, &plan, &results, 108).unwrap();
    let widest = top.lines().map(|line| line.chars().count()).max();
    assert!(widest.is_some_and(|widest| widest <= 100), "{top}");
}

#[test]
fn the_best_trial_is_marked_for_tensorboard_and_no_other() {
    let project = Project::new(
        "data: { limit: 500 }\ntraining: { epochs: 1 }\n\
         grid: { training.learning_rate: [0.1, 0.001] }\n",
    );
    let marked = |trial: &str| {
        let folder = project.path("runs/sweep").join(trial).join("best");
        // A file that is written again has another time, if not another name.
        let with_time = |path: PathBuf| {
            let written = path.metadata().unwrap().modified().unwrap();
            (path, written)
        };
        let marked = |folder| files(folder).into_iter().map(with_time);
        folder
            .is_dir()
            .then(|| marked(&folder).collect::<Vec<(PathBuf, SystemTime)>>())
    };
    let report = |code: i32| {
        let data = repository().join("data");
        let done = project.run(&["report", "sweep.yaml", "--data", data.to_str().unwrap()]);
        assert_eq!(done.code, code, "{}", done.error);
    };
    assert_eq!(project.train(&["--quiet"]).code, 0);
    let first = marked("lr0.1").expect("the best is marked");
    assert_eq!(marked("lr0.001"), None);
    let best = event_file(&project.path("runs/sweep/lr0.1/best"));
    let events = events(&best);
    value(&events, "Confusion/validation");
    value(&events, "Confusion/test");
    value(&events, "PR/9");
    report(0);
    assert_eq!(marked("lr0.1"), Some(first), "not written again");
    std::fs::remove_file(project.path("runs/sweep/lr0.1/fold-0/result.json")).unwrap();
    // A result is missing.
    report(3);
    assert_eq!(marked("lr0.1"), None, "it is not complete");
    assert!(marked("lr0.001").is_some());
    assert_eq!(project.train(&["--quiet"]).code, 0);
    assert!(marked("lr0.1").is_some());
    assert_eq!(marked("lr0.001"), None);
}

#[test]
fn crashed_runs_are_retried_diverged_and_finished_ones_are_not() {
    let (sweep, plan) = planned(SWEEP);
    let folder = tempfile::tempdir().unwrap();
    let first = FakeExecutor::with_accuracies(|run| match (run.trial, run.fold) {
        (1, 1) => f64::NAN,
        (2, 0) => -1.0,
        _ => 0.5,
    });
    run(folder.path(), &sweep, &plan, &first);
    assert_eq!(first.cohorts().len(), plan.runs().count());
    let second = FakeExecutor::with_accuracies(|_| 0.5);
    let ran = run(folder.path(), &sweep, &plan, &second);
    let again = RunId {
        trial: 2,
        repeat: 0,
        fold: 0,
    };
    assert_eq!(second.cohorts(), [[again]]);
    let failed = ran
        .results
        .runs
        .values()
        .filter(|r| r.failure.is_some())
        .count();
    assert_eq!(failed, 1, "the diverged one");
}

#[test]
fn runs_are_executed_in_the_order_of_the_plan() {
    let (sweep, plan) = planned(SWEEP);
    let folder = tempfile::tempdir().unwrap();
    let executor = FakeExecutor::with_accuracies(|_| 0.5);
    run(folder.path(), &sweep, &plan, &executor);
    let in_order: Vec<RunId> = plan.runs().collect();
    assert_eq!(executor.cohorts().concat(), in_order);
}

#[test]
fn the_lower_loss_is_first_where_trials_are_ranked_by_loss() {
    let ranking = |rank_by: &str| {
        let text =
            format!("report: {{ rank_by: {rank_by} }}\ngrid: {{ model.width: [1, 2, 3, 4] }}");
        // Trials 1 and 2 are equal: the order of the plan decides.
        let (_, _, report, _) = reported(&text, |run| [0.1, 0.7, 0.7, 0.9][run.trial]);
        let csv = file(&report, "csv");
        let names = csv
            .lines()
            .skip(1)
            .map(|line| line.split(',').nth(1).unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    let best_first = ["width4", "width2", "width3", "width1"];
    assert_eq!(ranking("accuracy"), best_first);
    assert_eq!(ranking("loss"), best_first);
}

#[test]
fn scores_of_folds_are_removed_with_the_runs_they_are_of() {
    let (sweep, plan) = planned("validation: { folds: 2 }");
    let folder = tempfile::tempdir().unwrap();
    run(
        folder.path(),
        &sweep,
        &plan,
        &FakeExecutor::with_accuracies(|_| 0.5),
    );
    let scores = folder.path().join("made-up/base/cv");
    assert_eq!(files(&scores).len(), 1);
    let (sweep, plan) = planned("validation: { folds: 2 }\ntraining: { epochs: 3 }");
    run(
        folder.path(),
        &sweep,
        &plan,
        &FakeExecutor::with_accuracies(|_| f64::NAN),
    );
    assert!(!scores.exists(), "scores of runs that are no longer there");
}

#[test]
fn trials_of_equal_score_have_equal_ranks_and_stay_in_order() {
    let text = "grid: { model.width: [1, 2, 3, 4] }";
    let (_, _, report, _) = reported(text, |run| [0.7, 0.9, 0.7, 0.5][run.trial]);
    let ranks: Vec<String> = file(&report, "csv")
        .lines()
        .skip(1)
        .map(|line| line.split(',').take(2).collect::<Vec<_>>().join(" "))
        .collect();
    // sklearn's rank_test_score of these: 2, 1, 2, 4.
    assert_eq!(ranks, ["1 width2", "2 width1", "2 width3", "4 width4"]);
    let markdown = markdown(&report);
    for row in ["|    1 | 2 ", "|    2 | 1 ", "|    2 | 3 ", "|    4 | 4 "] {
        assert!(markdown.contains(row), "{row}");
    }
}

#[test]
fn a_null_level_differs_from_an_absent_factor() {
    let both = "
grid:
  training.optimizer: [sgd, adam]
  training.clip_norm: { values: [null, 0.1], when: { training.optimizer: sgd } }
";
    let (_, _, report, _) = reported(both, |run| [0.5, 0.9, 0.7][run.trial]);
    let text = markdown(&report);
    let effect = text.split("### training.clip_norm").nth(1).unwrap();
    // Each level is of one trial: none is a mean of two.
    for row in [
        "| none     |      1 |",
        "| 0.1      |      1 |",
        "| –        |      1 |",
    ] {
        assert!(effect.contains(row), "{row}\n{effect}");
    }
    let column = |text: &str, name: &str| -> Vec<String> {
        let (_, _, report, _) = reported(text, |run| 0.9 - 0.1 * run.trial as f64);
        let csv = file(&report, "csv");
        let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
        let column = rows[0].iter().position(|header| *header == name).unwrap();
        rows[1..].iter().map(|row| row[column].to_owned()).collect()
    };
    assert_eq!(
        column(both, "param_training.clip_norm"),
        ["none", "0.1", ""]
    );
    // Alone, either is an empty cell among numbers.
    let null = "grid: { training.clip_norm: [null, 0.1] }";
    assert_eq!(column(null, "param_training.clip_norm"), ["", "0.1"]);
    let absent = both.replace("null", "1");
    assert_eq!(
        column(&absent, "param_training.clip_norm"),
        ["1.0", "0.1", ""]
    );
    let included = "grid: { model.width: [8] }\ninclude: [{ training.clip_norm: 0.1 }]";
    assert_eq!(column(included, "param_training.clip_norm"), ["", "0.1"]);
}

#[test]
fn a_label_like_the_sign_of_an_absent_factor_is_a_separate_level() {
    let text = "
grid:
  training.optimizer: [sgd, adam]
  penalty: { levels: { –: {}, l2: { training.weight_decay: 0.1 } }, when: { training.optimizer: sgd } }
";
    let (_, _, report, _) = reported(text, |run| [0.5, 0.9, 0.7][run.trial]);
    let text = markdown(&report);
    let effect = text.split("### penalty").nth(1).unwrap();
    assert_eq!(
        effect.matches("| –       |      1 |").count(),
        2,
        "{effect}"
    );
}

#[test]
fn names_are_escaped_in_every_format() {
    let text = r##"
report: { formats: [latex, json], baseline: { "a|`b`<i>": "*x*" } }
grid: { "a|`b`<i>": { "*x*": {}, "[y], \"z\"": { model.width: 3 } } }
"##;
    let (sweep, plan) = planned(text);
    let folder = tempfile::tempdir().unwrap();
    let ran = run(
        folder.path(),
        &sweep,
        &plan,
        &FakeExecutor::with_accuracies(|_| 0.5),
    );
    let names = [
        "<unk>", "__bg__", "a|b", "&amp;", "`c`", "~e~", "$f$", "g\nh", "C#", "a_b",
    ];
    let view = Listing {
        order: Some("param_a|`b`<i>".parse().unwrap()),
        ..Listing::default()
    };
    let report = report(folder.path(), &sweep, &plan, &ran.results, &names, &view);
    let markdown = markdown(&report);
    for text in [
        "\n| &lt;unk> ",
        "\n| \\_\\_bg\\_\\_ ",
        "\n| a\\|b ",
        "\n| &amp;amp; ",
        "\n| \\`c\\` ",
        "\n| &#126;e&#126; ",
        "\n| &#36;f&#36; ",
        "\n| g h ",
        "\n| C# ",
        "\n| a_b ",
        "### a\\|\\`b\\`&lt;i>\n",
        "| \\*x\\* ",
        "| \\[y\\], \"z\" ",
        "sorted by ``param_a|`b`<i>``;",
    ] {
        assert!(markdown.contains(text), "{text}\n{markdown}");
    }
    let html = file(&report, "html");
    for text in [
        "<td>&lt;unk&gt;</td>",
        "<td>`c`</td>",
        "<td>&amp;amp;</td>",
        "<h3>a|`b`&lt;i&gt;</h3>",
        "<code>param_a|`b`&lt;i&gt;</code>",
    ] {
        assert!(html.contains(text), "{text}");
    }
    let latex = file(&report, "tex");
    for text in [
        "a\\textbar{}\\textasciigrave{}b",
        "{*}x{*}",
        "{[}y], \\texttt{\\symbol{34}}z",
    ] {
        assert!(latex.contains(text), "{text}\n{latex}");
    }
    let csv = file(&report, "csv");
    assert!(csv.contains("param_a|`b`<i>,"), "{csv}");
    assert!(csv.contains(",\"[y], \"\"z\"\"\","), "{csv}");
    let json: serde_json::Value = serde_json::from_str(&file(&report, "json")).unwrap();
    assert_eq!(json[0]["param_a|`b`<i>"], "[y], \"z\"");
}

#[test]
fn equal_models_take_equal_memory_in_any_order_of_measurement() {
    let project = Project::new(
        "data: { set: table, path: points.csv, label: class }\nmodel: { width: 16 }\n\
         training: { epochs: 1, batch_size: 16 }\n\
         grid: { training.learning_rate: [0.1, 0.01, 0.001] }\n",
    );
    let rows = (0..60).map(|row| format!("{row},{},{}\n", row % 7, ["a", "b"][row % 2]));
    let table = rows.collect::<String>();
    project.write("points.csv", &format!("x,y,class\n{table}"));
    let done = project.train(&["--quiet"]);
    assert_eq!(done.code, 0, "{}", done.error);
    let csv = project.read("reports/sweep.csv");
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    let header = rows[0].iter();
    let column = header
        .clone()
        .position(|name| *name == "profile_peak_bytes");
    let peaks: Vec<&str> = rows[1..].iter().map(|row| row[column.unwrap()]).collect();
    // The workspace of the process's first product alone takes MiB.
    assert!(peaks[0].parse::<f64>().unwrap() < 1e6, "{peaks:?}");
    assert!(peaks.iter().all(|peak| *peak == peaks[0]), "{peaks:?}");
}
