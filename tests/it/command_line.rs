//! What the command line shows.

use crate::support::{Project, repository, without_timings};
use tp_sweep::plan::{Plan, summary};
use tp_sweep::spec::{Source, Sweep};

#[test]
fn the_help_shows_every_command_and_option() {
    let project = Project::new("");
    let mut shown = String::new();
    for arguments in [
        &["--help"][..],
        &["run", "--help"],
        &["plan", "--help"],
        &["report", "--help"],
        &["status", "--help"],
        &["compare", "--help"],
        &["diff", "--help"],
        &["merge", "--help"],
        &["clean", "--help"],
        &["verify", "--help"],
        &["export", "--help"],
        &["predict", "--help"],
        &["launch", "--help"],
        &["launch", "slurm", "--help"],
        &["launch", "kubernetes", "--help"],
        &["launch", "hyperqueue", "--help"],
        &["launch", "status", "--help"],
        &["launch", "cancel", "--help"],
        &["data", "--help"],
        &["data", "list", "--help"],
        &["data", "fetch", "--help"],
        &["data", "check", "--help"],
        &["completions", "--help"],
        &["man", "--help"],
        &["schema", "--help"],
    ] {
        let done = project.run(arguments);
        assert_eq!(done.code, 0);
        shown.push_str(&format!(
            "$ tp-sweep {}\n{}\n",
            arguments.join(" "),
            done.output
        ));
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn the_plan_of_axe5_shows_its_size_and_trains_nothing() {
    let project = Project::new("");
    let sweep = repository().join("sweeps/axe5.yaml");
    let done = project.run(&["plan", sweep.to_str().unwrap()]);
    assert_eq!(done.code, 0, "{}", done.error);
    insta::assert_snapshot!(done.output);
    assert!(!project.path("runs").exists());
}

#[test]
fn a_sweep_alone_is_run() {
    let text = "data: { limit: 100 }\ntraining: { epochs: 1 }\n";
    let (short, long) = (Project::new(text), Project::new(text));
    assert_eq!(short.train(&["--quiet"]).code, 0);
    let data = repository().join("data");
    let done = long.run(&[
        "run",
        "sweep.yaml",
        "--device",
        "cpu",
        "--quiet",
        "--data",
        data.to_str().unwrap(),
    ]);
    assert_eq!(
        (done.code, done.output.as_str(), done.error.as_str()),
        (0, "", "")
    );
    let table = |project: &Project| without_timings(&project.read("reports/sweep.csv"));
    assert_eq!(table(&short), table(&long));
}

#[test]
fn progress_turns_into_plain_lines_where_there_is_no_terminal() {
    let project = Project::new(
        "data: { limit: 100 }\ntraining: { epochs: 1 }\ngrid: { model.width: [4, 8, 16] }\n",
    );
    let done = project.train(&[]);
    assert_eq!(done.code, 0);
    let lines: Vec<&str> = done.error.lines().collect();
    assert_eq!(lines[0], "sweep: 3 runs");
    let [.., runs, measuring] = lines[..] else {
        panic!("{}", done.error);
    };
    assert!(runs.starts_with("3/3 runs, "), "{}", done.error);
    assert_eq!(
        measuring,
        "profiling speed and memory of 3 kinds of training step, one after the other"
    );
    assert!(
        !done.error.contains('\u{1b}'),
        "no escape codes: {}",
        done.error
    );
    assert!(done.output.contains("reports/sweep.md"), "{}", done.output);
}

#[test]
fn every_shipped_sweep_is_valid_and_names_its_schema() {
    let mut count = 0;
    for entry in std::fs::read_dir(repository().join("sweeps")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let first = text.lines().next().unwrap();
        assert_eq!(
            first,
            "# yaml-language-server: $schema=../docs/sweep.schema.json"
        );
        let sweep = Sweep::load(&path, &[]).unwrap_or_else(|error| panic!("{error}"));
        let plan = Plan::new(&sweep).unwrap_or_else(|error| panic!("{error}"));
        assert!(
            plan.warnings.is_empty(),
            "{}: {:?}",
            path.display(),
            plan.warnings
        );
        assert_eq!(
            Some(sweep.name.as_str()),
            path.file_stem().and_then(|stem| stem.to_str())
        );
        count += 1;
    }
    assert!(count >= 4, "{count} sweeps");
}

#[test]
fn a_plan_lists_conditional_factors_and_included_trials() {
    let text = "
name: mixed
validation: { folds: 3, repeats: 2 }
grid:
  training.optimizer: [sgd, adam]
  training.momentum: { values: [0, 0.9], when: { training.optimizer: sgd } }
exclude: [{ training.momentum: 0.9 }]
include: [{ model.layers: 3 }]
";
    let source = Source {
        name: "mixed.yaml".into(),
        text: text.into(),
    };
    let sweep = Sweep::parse(source, "mixed", &[]).unwrap();
    insta::assert_snapshot!(summary(&sweep, &Plan::new(&sweep).unwrap(), &[]));
}

#[test]
fn sweeps_are_compared_from_their_files_or_from_their_results() {
    let project = Project::new(
        "data: { limit: 200 }\ntraining: { epochs: 1 }\ngrid: { model.width: [4, 8] }\n",
    );
    assert_eq!(project.train(&["--quiet"]).code, 0);
    let data = repository().join("data");
    let data = data.to_str().unwrap();
    let compare = |arguments: &[&str]| {
        let fixed = ["compare", "--data", data];
        project.run(&[&fixed, arguments].concat())
    };
    let done = compare(&["sweep.yaml"]);
    assert_eq!((done.code, done.error.as_str()), (0, ""));
    let (summary, paths) = done.output.split_once("\n\n").unwrap();
    assert!(
        summary.contains("1 sweep, 2 trials, 2 runs: 2 finished."),
        "{summary}"
    );
    assert_eq!(
        paths,
        "reports/course.md\nreports/course.csv\nreports/course.html\n"
    );
    let from_file = project.read("reports/course.csv");
    // The file is not needed where its results are named.
    std::fs::remove_file(project.path("sweep.yaml")).unwrap();
    let done = compare(&["runs/sweep", "--name", "again", "--language", "fr"]);
    assert_eq!((done.code, done.error.as_str()), (0, ""));
    assert_eq!(project.read("reports/again.csv"), from_file);
    assert!(project.read("reports/again.md").contains("1 balayage"));
    let done = compare(&["runs"]);
    assert_eq!(done.code, 2);
    assert!(
        done.error.contains("not a results folder of a sweep"),
        "{}",
        done.error
    );
    let done = compare(&["runs/sweep", "--name", "../elsewhere"]);
    assert_eq!(done.code, 2);
    assert!(!project.path("elsewhere.md").exists());
    // A sweep's own report is not replaced.
    let report = project.read("reports/sweep.md");
    let done = compare(&["runs/sweep", "--name", "sweep"]);
    assert_eq!(done.code, 2);
    let message = "overwrite reports/sweep.md, the report of the sweep sweep";
    assert!(done.error.contains(message), "{}", done.error);
    assert_eq!(project.read("reports/sweep.md"), report);
    // Nor is that of a sweep that is not compared.
    std::fs::create_dir(project.path("runs/other")).unwrap();
    let record = project.read("runs/sweep/sweep.json");
    let record = record.replace("\"name\": \"sweep\"", "\"name\": \"other\"");
    project.write("runs/other/sweep.json", &record);
    assert_eq!(compare(&["runs/sweep", "--name", "other"]).code, 2);
    assert!(!project.path("reports/other.md").exists());
    // The rest is compared, and the exit code shows that it is incomplete.
    let done = compare(&["runs/sweep", "runs/other", "--name", "rest"]);
    assert_eq!(done.code, 3, "{}", done.error);
    assert!(done.error.contains("skipping runs/other"), "{}", done.error);
    assert_eq!(project.read("reports/rest.csv"), from_file);
    // Nor does a sweep hinder it that was never trained and whose data is not here.
    project.write("untrained.yaml", "data: { path: missing.csv, label: y }\n");
    let done = compare(&["runs/sweep", "untrained.yaml", "--name", "rest"]);
    assert_eq!(done.code, 3, "{}", done.error);
    let message = "skipping untrained.yaml: no results of this sweep in runs/untrained";
    assert!(done.error.contains(message), "{}", done.error);
}

#[test]
fn a_report_removes_pictures_of_an_earlier_one_and_refuses_an_unknown_column() {
    let project = Project::new(
        "data: { limit: 200 }\ntraining: { epochs: 2 }\ngrid: { model.width: [4, 8] }\n\
         report: { formats: [png] }\n",
    );
    assert_eq!(project.train(&["--quiet"]).code, 0);
    let picture = project.path("reports/sweep/learning-curves.png");
    assert!(picture.is_file());
    project.write("reports/sweep/mine.txt", "kept");
    let data = repository().join("data");
    let report = |arguments: &[&str]| {
        let fixed = ["report", "sweep.yaml", "--data", data.to_str().unwrap()];
        project.run(&[&fixed, arguments].concat())
    };
    assert_eq!(report(&["--set", "report.formats=[]"]).code, 0);
    assert!(!picture.exists(), "no longer asked for");
    assert!(project.path("reports/sweep/learning-curves.svg").is_file());
    assert_eq!(project.read("reports/sweep/mine.txt"), "kept");
    let done = report(&["--rank-by", "mean_test_acuracy"]);
    assert_eq!(done.code, 2);
    assert!(
        done.error.contains("did you mean `mean_test_accuracy`?"),
        "{}",
        done.error
    );
}
