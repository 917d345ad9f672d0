//! Errors in the input name file, line, key, the problem and the fix; exit code 2;
//! and nothing is written.

use crate::support::{Project, files, repository};

/// Each bad sweep by its fault.
const BAD_SWEEPS: &[(&str, &str)] = &[
    ("unknown section", "trainig: { epochs: 1 }\n"),
    ("unknown key", "training:\n  lerning_rate: 0.1\n"),
    (
        "unknown factor",
        "grid:\n  training.lerning_rate: [0.1, 0.2]\n",
    ),
    ("section as factor", "grid:\n  model: { layers: [1, 2] }\n"),
    ("wrong type", "training:\n  epochs: many\n"),
    ("fraction of an epoch", "training:\n  epochs: 1.5\n"),
    ("out of range", "model:\n  dropout: 1.0\n"),
    (
        "negative rate",
        "grid:\n  training.learning_rate: [0.1, -0.1]\n",
    ),
    ("not a number", "training:\n  learning_rate: .nan\n"),
    (
        "a batch beyond memory",
        "model: { kind: cnn, channels: 2000 }\ntraining: { batch_size: 4000 }\n",
    ),
    ("an even kernel", "model: { kind: cnn, kernel_size: 4 }\n"),
    (
        "too many blocks",
        "model: { kind: cnn, channels: [4, 4, 4, 4, 4] }\n",
    ),
    ("a cnn's key", "model: { channels: 8 }\n"),
    (
        "an optimizer's key",
        "training: { optimizer: adam, alpha: 0.9 }\n",
    ),
    ("an unknown norm", "model: { norm: batchnorm }\n"),
    ("an unknown init", "model: { init: kaiming }\n"),
    ("an init without its value", "model: { init: constant }\n"),
    ("one_cycle by epochs", "training: { schedule: one_cycle }\n"),
    (
        "a plateau of nothing",
        "training: { schedule: plateau }\nvalidation: { holdout: 0 }\n",
    ),
    (
        "milestones that fall",
        "training: { schedule: { multistep: { milestones: [5, 2] } } }\n",
    ),
    ("histograms", "tensorboard: { histograms: always }\n"),
    ("keeping a number", "keep: 3\n"),
    ("keeping none of the best", "keep: best 0\n"),
    ("keeping a misspelt best", "name: kept\nkeep: bests 2\n"),
    ("keeping a list", "keep: [best, 1]\n"),
    (
        "an unknown limit",
        "report:\n  select:\n    where: { memory: <= 2 MiB }\n",
    ),
    (
        "a limit without a sign",
        "report:\n  select:\n    where:\n      parameters: 60000\n",
    ),
    (
        "a limit in the wrong unit",
        "report:\n  select:\n    where:\n      peak_memory: <= 20 ms\n",
    ),
    (
        "a negative limit",
        "report:\n  select:\n    where:\n      loss: < -1\n",
    ),
    (
        "a limit on the test set",
        "report:\n  select:\n    where:\n      test_accuracy: < 0.9\n",
    ),
    (
        "limits that exclude every trial",
        "report:\n  select:\n    where:\n      loss: ['>= 2', <= 1]\n",
    ),
    (
        "a limit without quotes",
        "report:\n  select:\n    where:\n      accuracy: >= 0.9\n",
    ),
    ("infinite", "training:\n  weight_decay: .inf\n"),
    ("unknown choice", "training:\n  optimizer: sdg\n"),
    ("unknown schedule", "training:\n  schedule: cosinus\n"),
    ("schedule without settings", "training:\n  schedule: step\n"),
    ("empty grid", "grid: {}\n"),
    ("empty factor", "grid:\n  model.layers: []\n"),
    ("factor that is no list", "grid:\n  model.layers: 3\n"),
    (
        "duplicate levels",
        "grid:\n  training.learning_rate: [0.1, 0.01, 1.0e-1]\n",
    ),
    ("one fold", "validation:\n  folds: 1\n"),
    (
        "more folds than samples",
        "data: { limit: 20 }\nvalidation:\n  folds: 21\n",
    ),
    (
        "folds and holdout",
        "validation: { folds: 3, holdout: 0.1 }\n",
    ),
    ("limit beyond the data", "data:\n  limit: 70000\n"),
    (
        "nesterov without momentum",
        "grid:\n  training.nesterov: [true, false]\n",
    ),
    (
        "momentum with adam",
        "training: { momentum: 0.9 }\ngrid:\n  training.optimizer: [sgd, adam]\n",
    ),
    (
        "layers against widths",
        "model: { layers: 2, width: [64, 64, 64] }\n",
    ),
    ("enormous model", "model: { layers: 3, width: 1000000 }\n"),
    (
        "excluding by an unknown level",
        "grid:\n  a: { x: {}, y: { model.layers: 2 } }\nexclude:\n  - { a: z }\n",
    ),
    (
        "condition on a later factor",
        "grid:\n  training.momentum: { values: [0.9], when: { training.optimizer: sgd } }\n  training.optimizer: [sgd, adam]\n",
    ),
    ("no YAML", "grid: [1, 2\n"),
    (
        "repeated key",
        "training: { epochs: 1 }\ntraining: { epochs: 2 }\n",
    ),
    ("unsafe name", "name: ../elsewhere\n"),
    ("a list", "- 1\n"),
    ("nothing", ""),
];

#[test]
fn each_bad_sweep_reports_what_is_wrong_and_where() {
    let mut messages = String::new();
    for (fault, text) in BAD_SWEEPS {
        let project = Project::new(text);
        let done = project.run(&["plan", "sweep.yaml"]);
        assert_eq!(done.code, 2, "{fault}: {}", done.error);
        assert_eq!(done.output, "", "{fault}");
        messages.push_str(&format!("## {fault}\n{}\n", done.error.trim_end()));
    }
    insta::assert_snapshot!(messages);
}

#[test]
fn all_errors_of_a_sweep_are_reported_at_once() {
    // References to `depth` and `a` are not reported, because the definition of `depth` itself is invalid.
    let project = Project::new(
        "trainig: { epochs: 1 }\n\
         model: { width: 8, activaton: relu }\n\
         training:\n  learning_rate: -1\n  optimizer: adm\n\
         grid:\n  depth: { a: { model.layer: 1 }, b: { model.layers: x } }\n  \
           model.dropout: [0.1, 2, 0.5, many]\n  \
           training.momentum: { values: [0.5, 0.9], when: { depth: a } }\n\
         exclude:\n  - { depth: a }\n\
         include:\n  - { model.widht: 8 }\n\
         report: { rank_by: acuracy, baseline: { depth: a } }\n\
         launch: { shards: 0 }\n",
    );
    let set = ["--set", "record.event=none", "--set", "training.epochs="];
    let done = project.run(&[&["plan", "sweep.yaml"], &set[..2]].concat());
    assert_eq!(done.code, 2);
    insta::assert_snapshot!(done.error);
    let done = project.run(&[&["plan", "sweep.yaml"], &set[..]].concat());
    assert!(
        done.error.contains("sweep.yaml: 3 more errors not shown"),
        "{}",
        done.error
    );
    // Each invalid option is reported by its key.
    let project = Project::new("training: { epochs: 1 }\n");
    let done = project.run(&[&["plan", "sweep.yaml"], &set[..]].concat());
    for key in ["record.event", "training.epochs"] {
        let named = done.error.contains(&format!("--set: {key}: "));
        assert!(named, "{}", done.error);
    }
}

#[test]
fn a_bad_sweep_leaves_nothing_behind() {
    for (fault, text) in BAD_SWEEPS {
        let project = Project::new(text);
        assert_eq!(project.train(&[]).code, 2, "{fault}");
        assert_eq!(
            files(&project.path("")).len(),
            1,
            "{fault}: only the sweep file is there"
        );
    }
}

#[test]
fn a_missing_sweep_file_is_an_error() {
    let project = Project::new("");
    let done = project.run(&["plan", "other.yaml"]);
    assert_eq!(done.code, 2);
    assert!(
        done.error.contains("cannot read the sweep file other.yaml"),
        "{}",
        done.error
    );
}

#[test]
fn missing_data_is_reported_with_the_searched_folders() {
    let project = Project::new("data: { limit: 100 }\n");
    let done = project.run(&["sweep.yaml", "--device", "cpu", "--data", "nowhere"]);
    assert_eq!(done.code, 2);
    assert!(
        done.error.contains("train-images-idx3-ubyte.gz"),
        "{}",
        done.error
    );
    assert!(done.error.contains("nowhere/mnist"), "{}", done.error);
}

#[test]
fn corrupt_data_is_found_by_its_checksum() {
    let project = Project::new("data: { limit: 100 }\n");
    let folder = project.path("mine");
    std::fs::create_dir(&folder).unwrap();
    for file in files(&repository().join("data/mnist")) {
        if file.extension().is_some_and(|e| e == "gz") {
            std::fs::copy(&file, folder.join(file.file_name().unwrap())).unwrap();
        }
    }
    let labels = folder.join("t10k-labels-idx1-ubyte.gz");
    let gzipped = std::fs::read(&labels).unwrap();
    let mut plain = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(gzipped.as_slice());
    std::io::Read::read_to_end(&mut decoder, &mut plain).unwrap();
    plain[100] ^= 1;
    std::fs::remove_file(&labels).unwrap();
    std::fs::write(folder.join("t10k-labels-idx1-ubyte"), &plain).unwrap();
    let done = project.run(&["sweep.yaml", "--device", "cpu", "--data", "mine"]);
    assert_eq!(done.code, 2);
    assert!(done.error.contains("SHA-256"), "{}", done.error);
    // Cut off in the middle of the gzip stream.
    std::fs::remove_file(folder.join("t10k-labels-idx1-ubyte")).unwrap();
    std::fs::write(&labels, &gzipped[..gzipped.len() / 2]).unwrap();
    let done = project.run(&["sweep.yaml", "--device", "cpu", "--data", "mine"]);
    assert_eq!(done.code, 2);
    assert!(
        done.error.contains("t10k-labels-idx1-ubyte.gz"),
        "{}",
        done.error
    );
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_to_is_an_error_before_training() {
    let project = Project::new("data: { limit: 100 }\ntraining: { epochs: 1 }\n");
    // A file where a folder is needed: refused even for the superuser.
    project.write("runs", "");
    let done = project.train(&[]);
    assert_eq!(done.code, 2, "{}", done.error);
    assert!(done.error.contains("runs"), "{}", done.error);
}

#[test]
fn cuda_without_a_driver_is_an_error_and_auto_is_not() {
    let project = Project::new("data: { limit: 100 }\ntraining: { epochs: 1 }\n");
    let done = project.run(&["sweep.yaml", "--device", "cuda:99"]);
    assert_eq!(done.code, 2);
    assert!(done.error.contains("no device cuda:99"), "{}", done.error);
    assert!(done.error.contains("--device cpu"), "{}", done.error);
    assert!(!done.error.contains("panicked"), "{}", done.error);
    let data = repository().join("data");
    let done = project.run(&[
        "sweep.yaml",
        "--data",
        data.to_str().unwrap(),
        "--device",
        "auto",
    ]);
    assert_eq!(done.code, 0, "{}", done.error);
}

#[test]
fn a_trial_that_diverges_is_recorded_and_the_others_continue() {
    let project = Project::new(
        "data: { limit: 200 }\ntraining: { epochs: 2 }\nvalidation: { folds: 2 }\n\
         grid: { training.learning_rate: [1.0e+30, 0.1] }\n",
    );
    let done = project.train(&[]);
    assert_eq!(done.code, 1, "{}", done.error);
    assert!(done.error.contains("2 runs failed"), "{}", done.error);
    let report = project.read("reports/sweep.md");
    assert!(report.contains("failed (2 of 2 runs)"), "{report}");
    assert!(
        report.contains("diverged: the loss or its gradient is not finite in epoch 1"),
        "{report}"
    );
    let csv = project.read("reports/sweep.csv");
    assert!(
        csv.lines()
            .nth(1)
            .is_some_and(|line| line.contains("finished")),
        "{csv}"
    );
    assert!(
        csv.lines()
            .nth(2)
            .is_some_and(|line| line.contains("failed")),
        "{csv}"
    );
}

#[test]
fn a_run_that_diverges_in_its_last_step_has_failed_and_stays_failed() {
    // One step in all: the training loss, taken before it, is finite.
    let project = Project::new(
        "data: { limit: 50 }\ntraining: { epochs: 1, learning_rate: 1.0e+30 }\n\
         validation: { holdout: 0 }\n",
    );
    assert_eq!(project.train(&[]).code, 1);
    let before = project.read("reports/sweep.md");
    assert!(before.contains("diverged"), "{before}");
    let again = project.train(&[]);
    assert_eq!(again.code, 1);
    assert!(again.error.contains("1 failed earlier"), "{}", again.error);
    assert_eq!(
        project.run(&["report", "sweep.yaml"]).code,
        1,
        "a run failed"
    );
    assert_eq!(project.read("reports/sweep.md"), before);
}

#[test]
fn a_report_without_results_is_refused_and_overwrites_nothing() {
    let project = Project::new("data: { limit: 100 }\ntraining: { epochs: 1 }\n");
    assert_eq!(project.train(&["--quiet"]).code, 0);
    let before = project.read("reports/sweep.md");
    let done = project.run(&["report", "sweep.yaml", "--set", "training.epochs=2"]);
    assert_eq!(done.code, 3, "all results are missing");
    assert!(
        done.error.contains("no results of this sweep"),
        "{}",
        done.error
    );
    assert_eq!(project.read("reports/sweep.md"), before);
}

#[test]
fn an_unusable_folder_for_the_tables_is_found_before_training() {
    let project = Project::new("data: { limit: 100 }\ntraining: { epochs: 1 }\n");
    project.write("reports", "");
    let done = project.train(&[]);
    assert_eq!(done.code, 2, "{}", done.error);
    assert!(done.error.contains("reports"), "{}", done.error);
    let results = files(&project.path("runs"));
    assert!(
        !results.iter().any(|path| path.ends_with("result.json")),
        "{results:?}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_output_device_is_an_error() {
    let project = Project::new("grid: { model.layers: [1, 2] }\n");
    let full = std::fs::File::create("/dev/full").unwrap();
    let mut command = project.command(&["plan", "sweep.yaml"]);
    let status = command
        .stdout(full)
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(2));
}

#[test]
fn a_misspelt_command_or_sweep_file_gets_a_suggestion() {
    let project = Project::new("{}");
    for arguments in [&["opne"][..], &["opne", "sweep.yaml"]] {
        let done = project.run(arguments);
        assert_eq!(done.code, 2, "{}", done.error);
        let expected = "no such command or file: opne; did you mean the command `open`?";
        assert!(done.error.contains(expected), "{}", done.error);
    }
    let done = project.run(&["plan", "sweeep.yml"]);
    assert_eq!(done.code, 2, "{}", done.error);
    assert!(
        done.error.contains("did you mean sweep.yaml?"),
        "{}",
        done.error
    );
}
