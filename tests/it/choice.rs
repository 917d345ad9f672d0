//! The rule of the sweep file chooses among the trials within its limits, states what it chose and why,
//! and the report, `export` and the kept weights agree on it.

use crate::support::executor::{Ending, FakeExecutor};
use crate::support::made_up::{file, planned, report, reported, run};
use crate::support::{Project, files};
use tp_sweep::plan::RunId;
use tp_sweep::record::Results;
use tp_sweep::report::{Listing, Report};

/// Wider is better: 1,600, 3,190 and 6,370 parameters. The executor makes up a time of 1 µs and a peak of
/// 16 bytes for each.
const GRID: &str = "
name: grid
validation: { folds: 4 }
training: { epochs: 1 }
grid: { model.width: [2, 4, 8], training.learning_rate: [0.1, 0.01] }
";

fn with(section: &str) -> String {
    format!("{GRID}report: {section}\n")
}

/// 50 to 55 % in the order of the plan, and folds that differ by much more.
fn wider_is_better(run: RunId) -> f64 {
    0.5 + 0.01 * run.trial as f64 + 0.05 * f64::from(run.fold)
}

/// The same accuracies with losses in the opposite order: 1 to 1.5.
fn wider_has_larger_loss(run: RunId) -> Ending {
    Ending::Finished {
        accuracy: wider_is_better(run),
        loss: 1.0 + 0.1 * run.trial as f64,
    }
}

/// The report with this rule, and the line on the choice.
fn choice(section: &str) -> (Report, String) {
    let (.., report, _) = reported(&with(section), wider_is_better);
    let line = choice_line(&report);
    (report, line)
}

/// The same if wider trials have larger losses.
fn choice_by_loss(section: &str) -> (Report, String) {
    let (sweep, plan) = planned(&with(section));
    let folder = tempfile::tempdir().unwrap();
    let executor = FakeExecutor::new(wider_has_larger_loss);
    let results = run(folder.path(), &sweep, &plan, &executor).results;
    let view = Listing::default();
    let report = report(folder.path(), &sweep, &plan, &results, &[], &view);
    let line = choice_line(&report);
    (report, line)
}

fn choice_line(report: &Report) -> String {
    let summary = report.document.summary_text();
    let mut lines = summary.lines();
    let is_choice = |line: &&str| {
        [
            "★",
            "No trial is chosen",
            "Aucun essai n’est choisi",
            "one-standard",
        ]
        .iter()
        .any(|text| line.contains(text))
    };
    lines.find(is_choice).unwrap_or_default().to_owned()
}

/// The trials with `true` in this column of the CSV.
fn marked(report: &Report, column: &str) -> Vec<String> {
    let csv = file(report, "csv");
    let mut rows = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = rows.next().unwrap();
    let index = header.iter().position(|name| *name == column).unwrap();
    let marked = rows.filter(|row| row[index] == "true");
    marked.map(|row| row[1].to_owned()).collect()
}

#[test]
fn the_best_of_the_trials_within_all_limits_is_chosen() {
    let limits = "parameters: <= 5000, seconds_per_epoch: <= 3.2 ms, accuracy: '>= 58 %'";
    let (report, line) = choice(&format!(
        "{{ select: {{ best: accuracy, where: {{ {limits} }} }} }}"
    ));
    assert_eq!(marked(&report, "chosen"), ["width4_lr0.01"]);
    assert_eq!(
        marked(&report, "within_limits"),
        ["width4_lr0.01", "width4_lr0.1", "width2_lr0.01"]
    );
    assert_eq!(
        line,
        "★ Chosen: width4_lr0.01, the best of the 3 of 6 ranked trials that satisfy parameters ≤ \
         5000, time per epoch ≤ 3.2 ms and validation accuracy ≥ 58 %: validation accuracy 60.50 %."
    );
    assert!(file(&report, "html").contains("★ Chosen: "));
    let markdown = file(&report, "md");
    assert!(markdown.contains("★ Chosen: `width4_lr0.01`, the best of the 3 of 6 "));
    assert!(markdown.contains("## Chosen configuration"));
    assert!(markdown.contains("`width4_lr0.01` as a sweep file"));
}

#[test]
fn limits_leave_the_ranking_and_its_marks_as_they_are() {
    let (plain, line) = choice("{}");
    assert_eq!(line, "");
    let (limited, _) = choice("{ select: { where: { parameters: <= 5000 } } }");
    for column in ["differs_from_best", "pareto"] {
        assert_eq!(marked(&plain, column), marked(&limited, column), "{column}");
    }
    let best = |report: &Report| {
        report
            .document
            .summary_text()
            .lines()
            .next()
            .map(str::to_owned)
    };
    assert_eq!(best(&plain), best(&limited));
    assert_eq!(limited.detailed.map(|detailed| detailed.trial), Some(5));
    // Without limits there is no column for them.
    assert!(!file(&plain, "csv").contains("within_limits"));
}

#[test]
fn one_standard_error_is_that_of_the_best_within_the_limits() {
    let section = "{ select: { one_standard_error: parameters, where: { parameters: '> 2000' } } }";
    let (report, line) = choice(section);
    assert_eq!(marked(&report, "chosen"), ["width4_lr0.01"]);
    assert!(
        line.starts_with(
            "★ Chosen: width4_lr0.01, the simplest (fewest parameters) of the trials within one \
             standard error of the best of the 4 of 6 ranked trials that satisfy parameters > 2000: "
        ),
        "{line}"
    );
    let section = "{ select: { one_standard_error: seconds, where: { parameters: < 5000 } } }";
    let (report, line) = choice(section);
    assert_eq!(marked(&report, "chosen"), ["width2_lr0.01"]);
    assert!(line.contains("the fastest of the trials within"), "{line}");
}

#[test]
fn the_metric_of_the_best_can_differ_from_that_of_the_ranking() {
    let section = "{ select: { best: loss, where: { parameters: '> 2000' } } }";
    let (report, line) = choice_by_loss(section);
    assert_eq!(marked(&report, "chosen"), ["width4_lr0.1"]);
    assert!(
        line.contains("the best by validation loss of the 4 of 6"),
        "{line}"
    );
    assert!(line.ends_with(": validation loss 1.2000."), "{line}");
    let (_, line) = choice_by_loss("{ select: { best: loss } }");
    let other = "★ Chosen: width2_lr0.1, the best by validation loss: validation loss 1.0000.";
    assert_eq!(line, other);
    // Here the loss falls with the accuracy.
    let (_, line) = choice("{ select: { best: loss } }");
    let first = "★ Chosen: width8_lr0.01, the best by validation loss: validation loss 1.6250. It \
                 is also the first of the ranking.";
    assert_eq!(line, first);
    let (_, line) = choice("{ select: { where: { accuracy: '>= 0.6249' } } }");
    assert!(
        line.contains("the only one of 6 ranked trials that satisfies"),
        "{line}"
    );
}

#[test]
fn if_no_trial_is_within_the_limits_the_strictest_one_is_named() {
    let section = "select: { where: { parameters: < 5000, accuracy: '>= 0.61', loss: <= 9 } }";
    let (report, line) = choice(&format!("{{ {section} }}"));
    assert_eq!(marked(&report, "chosen"), [""; 0]);
    assert_eq!(
        line,
        "No trial is chosen: of 6 ranked, none satisfies parameters < 5000, validation accuracy ≥ \
         0.61 and validation loss ≤ 9. The limit validation accuracy ≥ 0.61 excludes the most: 4 \
         trials."
    );
    let (_, line) = choice(&format!("{{ language: fr, {section} }}"));
    assert_eq!(
        line,
        "Aucun essai n’est choisi : sur 6 classés, aucun ne respecte paramètres < 5000, exactitude \
         de validation ≥ 0,61 et perte de validation ≤ 9. La limite exactitude de validation ≥ 0,61 \
         en exclut le plus : 4 essais."
    );
}

#[test]
fn a_french_report_states_the_choice_in_french() {
    let section = "{ language: fr, select: { where: { peak_memory: <= 0.05 MiB } } }";
    let (_, line) = choice(section);
    assert_eq!(
        line,
        "★ Choisi : width4_lr0.01, le meilleur des 4 essais classés, sur 6, qui respectent pic de \
         mémoire ≤ 0,05 Mio : exactitude de validation 60,50 %."
    );
}

/// The line on the choice, if only these trials have a profile.
fn with_profiles(section: &str, profiled: &[usize]) -> String {
    let (sweep, plan) = planned(&with(section));
    let folder = tempfile::tempdir().unwrap();
    let executor = FakeExecutor::with_accuracies(wider_is_better);
    let mut results: Results = run(folder.path(), &sweep, &plan, &executor).results;
    results.profiles.retain(|trial, _| profiled.contains(trial));
    let report = report(
        folder.path(),
        &sweep,
        &plan,
        &results,
        &[],
        &Listing::default(),
    );
    choice_line(&report)
}

#[test]
fn a_missing_measurement_is_reported_and_its_trial_not_chosen() {
    let section = "{ select: { where: { seconds_per_epoch: <= 1, parameters: '> 2000' } } }";
    let line = with_profiles(section, &[]);
    assert_eq!(
        line,
        "No trial is chosen: of 6 ranked, none is known to satisfy time per epoch ≤ 1 s and \
         parameters > 2000. The limit parameters > 2000 excludes the most: 2 trials. 4 trials lack a \
         measurement of the time per epoch."
    );
    let line = with_profiles(section, &[2, 3, 4]);
    assert!(
        line.starts_with("★ Chosen: width8_lr0.1, the best of the 3 of 6"),
        "{line}"
    );
    assert!(
        line.ends_with(" 1 trial lacks a measurement of the time per epoch."),
        "{line}"
    );
    let section = "select: { where: { seconds_per_epoch: <= 1 } }";
    let line = with_profiles(&format!("{{ {section} }}"), &[2]);
    assert!(
        line.starts_with(
            "★ Chosen: width4_lr0.1, the only one of 6 ranked trials known to satisfy time per epoch ≤ 1 s: "
        ),
        "{line}"
    );
    let line = with_profiles(&format!("{{ language: fr, {section} }}"), &[2]);
    assert!(
        line.contains("le seul essai classé, sur 6, dont on sait qu’il respecte durée par époque"),
        "{line}"
    );
    let line = with_profiles("{ select: { one_standard_error: seconds } }", &[]);
    assert!(line.ends_with("the times are not measured."), "{line}");
}

const SWEEP: &str = "
data: { limit: 300 }
training: { epochs: 1, learning_rate: 0.1 }
validation: { folds: 2 }
grid: { model.width: [2, 32, 4] }
report: { select: { best: accuracy, where: { parameters: <= 5000 } } }
";

/// The trials with weights.
fn kept(project: &Project) -> Vec<String> {
    let weights = files(&project.path("runs"));
    let weights = weights
        .iter()
        .filter(|path| path.ends_with("model.safetensors"));
    let trial = |path: &std::path::PathBuf| {
        let name = path.ancestors().nth(2).unwrap().file_name().unwrap();
        name.to_string_lossy().into_owned()
    };
    let mut kept: Vec<String> = weights.map(trial).collect();
    kept.sort();
    kept.dedup();
    kept
}

#[test]
fn the_program_keeps_and_exports_the_trial_that_it_reports_as_chosen() {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
    let project = Project::new(SWEEP);
    let done = project.train(&[]);
    assert_eq!(done.code, 0, "{}", done.error);
    let line = done.output.lines().find(|line| line.contains("★ Chosen: "));
    let line = line.unwrap();
    assert!(
        line.contains("of the 2 of 3 ranked trials that satisfy parameters ≤ 5000"),
        "{line}"
    );
    let name = line.split("Chosen: ").nth(1).unwrap();
    let (chosen, _) = name.split_once(',').unwrap();
    let csv = project.read("reports/sweep.csv");
    let best = csv.lines().nth(1).unwrap().split(',').nth(1).unwrap();
    assert_ne!(chosen, best);
    let mut both = [chosen.to_owned(), best.to_owned()];
    both.sort();
    assert_eq!(kept(&project), both);
    let exported = project.run(&["export", "sweep.yaml", "--data", data]);
    assert_eq!((exported.code, exported.error.as_str()), (0, ""));
    assert!(
        exported.output.starts_with(&format!("{chosen}/fold-0")),
        "{}",
        exported.output
    );
    // Another rule chooses another trial, whose weights are not brought back.
    let strict = "report.select={ where: { parameters: <= 10 } }";
    let refused = project.run(&["export", "sweep.yaml", "--data", data, "--set", strict]);
    assert_eq!(refused.code, 2, "{}", refused.output);
    assert!(
        refused
            .error
            .contains("none of the 3 ranked trials is within its limits"),
        "{}",
        refused.error
    );
    let export_best = [
        "export",
        "sweep.yaml",
        "--data",
        data,
        "--set",
        strict,
        "--best",
    ];
    let exported = project.run(&export_best);
    assert!(
        exported.output.starts_with(&format!("{best}/fold-0")),
        "{}",
        exported.output
    );
    let reported = project.run(&["report", "sweep.yaml", "--data", data, "--set", strict]);
    assert!(
        reported
            .output
            .contains("No trial is chosen: of 3 ranked, none satisfies"),
        "{}",
        reported.output
    );
    // To try another rule removes nothing; a rule in the file does.
    assert_eq!(kept(&project), both);
    project.write("sweep.yaml", &SWEEP.replace("<= 5000", "<= 10"));
    let reported = project.run(&["report", "sweep.yaml", "--data", data]);
    assert_eq!(reported.code, 0, "{}", reported.error);
    assert_eq!(kept(&project), [best]);
}
