//! The report for several sweeps: which sweep has the best trial, and which are clearly worse.

use crate::support::executor::{Ending, FakeExecutor};
use crate::support::made_up::{planned, report, run};
use crate::support::{Done, Project, repository};
use tp_sweep::plan::{Plan, RunId};
use tp_sweep::record::Results;
use tp_sweep::report::{ComparedSweep, ComparisonReport, Listing, Report};
use tp_sweep::spec::{Data, Language, Sweep};

/// A sweep with made-up results.
struct MadeUp {
    sweep: Sweep,
    plan: Plan,
    results: Results,
    report: Report,
}

impl MadeUp {
    /// The sweep of this text, whose runs end like this.
    fn new(text: &str, ending: impl Fn(RunId) -> Ending + Sync) -> Self {
        let (sweep, plan) = planned(text);
        let folder = tempfile::tempdir().unwrap();
        let ran = run(folder.path(), &sweep, &plan, &FakeExecutor::new(ending));
        let listing = Listing::default();
        let report = report(folder.path(), &sweep, &plan, &ran.results, &[], &listing);
        Self {
            sweep,
            plan,
            results: ran.results,
            report,
        }
    }
}

/// The hash of the data set `set`.
fn hash_of(data: &Data) -> Option<String> {
    Some(data.set.to_string())
}

fn compared(sweeps: &[MadeUp], skipped: &[&str], language: Language) -> ComparisonReport {
    let entries = sweeps.iter().map(|one| ComparedSweep {
        sweep: &one.sweep,
        plan: &one.plan,
        results: &one.results,
        report: &one.report,
        data_hash: &hash_of,
    });
    let entries: Vec<ComparedSweep> = entries.collect();
    let skipped: Vec<String> = skipped.iter().map(|name| (*name).to_owned()).collect();
    ComparisonReport::new("all", &entries, &skipped, language).unwrap()
}

fn text_of(report: &ComparisonReport, path: &str) -> String {
    let mut files = report.files().unwrap().into_iter();
    let found = files.find(|file| file.path.to_str() == Some(path));
    String::from_utf8(found.unwrap_or_else(|| panic!("{path}")).contents).unwrap()
}

/// Noise between −1 and 1, as keyed by three numbers (SplitMix64).
fn noise(sweep: usize, run: RunId) -> f64 {
    let number = 1_000_000 * sweep + 1000 * run.trial + (10 * run.repeat + run.fold) as usize;
    let mut mixed = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) as f64 / u64::MAX as f64 * 2.0 - 1.0
}

/// A sweep whose scores are about `level`; splits differ by up to 20 points. The second trial of
/// each sweep is 10 points worse.
fn around(level: f64, number: usize, text: &str) -> MadeUp {
    let accuracy = |run: RunId| {
        let split = 0.1 * f64::from(run.fold % 3);
        let worse = 0.1 * f64::from((run.trial % 2) as u32);
        level + split - worse + 0.005 * noise(number, run)
    };
    MadeUp::new(text, |run| Ending::with_accuracy(accuracy(run)))
}

const FOLDS: &str = "validation: { folds: 10, seed: 3 }\ntraining: { epochs: 2 }\n";

fn widths(name: &str, settings: &str, more: &str) -> String {
    format!("name: {name}\n{settings}grid: {{ model.width: [16, 32] }}\n{more}")
}

/// Two sweeps that are about equally good and one that is 3 points worse, on the same splits.
fn three(more: &str) -> [MadeUp; 3] {
    let other = |name: &str, rate: f64| {
        format!(
            "name: {name}\n{FOLDS}grid: {{ training.learning_rate: [{rate}, 0.5] }}\n\
             model: {{ width: 32 }}\n{more}"
        )
    };
    [
        around(0.6, 1, &widths("widths", FOLDS, more)),
        around(0.6, 2, &other("rates", 0.2)),
        around(0.57, 3, &other("worse", 0.3)),
    ]
}

#[test]
fn the_best_trials_are_compared_split_by_split() {
    let report = compared(&three(""), &[], Language::English);
    let markdown = text_of(&report, "all.md");
    let [best, test, ..] = &report.document.summary[..] else {
        panic!("{markdown}");
    };
    assert!(best.starts_with("Best: `"), "{best}");
    assert!(best.contains("validation accuracy 69.") && best.contains("95 % interval"));
    // The splits differ by more than the sweeps, but equally for all of them.
    assert!(
        test.starts_with("On the same 10 splits, clearly worse than `"),
        "{test}"
    );
    assert!(test.contains(": `worse` (-2.99 points)."), "{test}");
    assert!(test.contains(" Ties (≈), not distinguishable"), "{test}");
    let tests = markdown.split("\n## Tests between sweeps").nth(1).unwrap();
    let rows: Vec<Vec<&str>> = tests
        .lines()
        .filter(|line| line.starts_with("|"))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    // Header and divider, then the sweeps, the best first.
    let column = |index: usize| -> Vec<&str> { rows[2..5].iter().map(|row| row[index]).collect() };
    assert_eq!(column(1), ["1–2", "1–2", "3"]);
    assert_eq!(column(2)[2], "worse");
    assert_eq!(column(6), ["", "≈", ""]);
    assert_eq!(column(9), ["1 of 2", "1 of 2", "0 of 2"]);
}

#[test]
fn a_lower_loss_is_better() {
    let sweeps = three("report: { rank_by: loss }\n");
    let summary = compared(&sweeps, &[], Language::English).document.summary;
    assert!(summary[0].contains("validation loss 1.5"), "{summary:?}");
    assert!(summary[1].contains(": `worse` (+0.0"), "{summary:?}");
    assert!(
        summary[1].contains(" Ties (≈), not distinguishable"),
        "{summary:?}"
    );
}

#[test]
fn sweeps_on_other_splits_are_not_tested_and_the_reason_is_stated() {
    let first = || around(0.6, 1, &widths("first", FOLDS, ""));
    let reasons = [
        (
            "validation: { folds: 5, seed: 3 }\n",
            "5 folds instead of 10 folds",
        ),
        (
            "validation: { holdout: 0.2, repeats: 2, seed: 4 }\n",
            "a hold-out of 20 % instead of 10 folds, 2 repeats instead of 1 repeat, seed 4 instead \
             of seed 3",
        ),
        (
            "validation: { folds: 10, seed: 3, stratified: false }\ndata: { limit: 5000 }\n",
            "5,000 samples instead of 60,000 samples, unstratified splits instead of stratified \
             splits",
        ),
    ];
    for (settings, reason) in reasons {
        let other = around(0.3, 2, &widths("other", settings, ""));
        let report = compared(&[first(), other], &[], Language::English);
        let expected =
            format!("No test of `other` against `first`: their splits differ ({reason}).");
        assert!(
            report.document.summary.contains(&expected),
            "{:?}",
            report.document.summary
        );
        let markdown = text_of(&report, "all.md");
        assert!(!markdown.contains("difference, points"), "{markdown}");
    }
    let others = [
        (
            format!("{FOLDS}data: {{ set: fashion-mnist }}\n"),
            "",
            "No test of `other` against `first`: other data.",
        ),
        (
            FOLDS.to_owned(),
            "report: { rank_by: loss }\n",
            "No test of `other` against `first`: different ranking scores (loss instead of accuracy).",
        ),
        (
            "validation: { holdout: 0 }\n".to_owned(),
            "",
            "No test of `other`: it holds out no validation samples.",
        ),
    ];
    for (settings, more, expected) in others {
        let other = around(0.3, 2, &widths("other", &settings, more));
        let report = compared(&[first(), other], &[], Language::English);
        let summary = &report.document.summary;
        assert!(summary.contains(&expected.to_owned()), "{summary:?}");
    }
}

#[test]
fn different_data_and_metrics_have_their_own_best() {
    let fashion = format!("{FOLDS}data: {{ set: fashion-mnist }}\n");
    let sweeps = [
        around(0.6, 1, &widths("digits", FOLDS, "")),
        around(0.3, 2, &widths("clothes", &fashion, "")),
    ];
    let summary = compared(&sweeps, &[], Language::English).document.summary;
    assert!(
        summary[0].starts_with("Best on `mnist`: `digits`,"),
        "{summary:?}"
    );
    assert!(
        summary[1].starts_with("Best on `fashion-mnist`: `clothes`,"),
        "{summary:?}"
    );
}

#[test]
fn a_written_default_is_not_a_different_split() {
    let implicit = "validation: { repeats: 3 }\n";
    let explicit = "validation: { repeats: 3, holdout: 0.1 }\ndata: { limit: 60000 }\n";
    let sweeps = [
        around(0.6, 1, &widths("implicit", implicit, "")),
        around(0.6, 2, &widths("explicit", explicit, "")),
    ];
    let report = compared(&sweeps, &[], Language::English);
    let summary = &report.document.summary;
    assert!(
        summary[1].starts_with("On the same 3 splits,"),
        "{summary:?}"
    );
}

#[test]
fn a_single_split_is_not_tested() {
    let once = "validation: { holdout: 0.2 }\n";
    let sweeps = [
        around(0.6, 1, &widths("one", once, "")),
        around(0.3, 2, &widths("two", once, "")),
    ];
    let report = compared(&sweeps, &[], Language::English);
    let expected = "No test between `one`, `two`: a single split cannot show which differences are \
                    due to chance.";
    let summary = &report.document.summary;
    assert!(summary.contains(&expected.to_owned()), "{summary:?}");
}

#[test]
fn equal_trials_of_two_sweeps_are_one_candidate() {
    let sweeps = [
        around(0.6, 1, &widths("one", FOLDS, "")),
        around(0.6, 1, &widths("two", FOLDS, "")),
        around(0.6, 2, &widths("three", FOLDS, "model: { layers: 2 }\n")),
    ];
    let markdown = text_of(&compared(&sweeps, &[], Language::English), "all.md");
    assert!(
        markdown.contains("Their 4 different trials are compared"),
        "{markdown}"
    );
    let sentence = "The best trial has the same settings and scores in `one`, `two`.";
    assert!(markdown.contains(sentence), "{markdown}");
}

#[test]
fn the_best_trials_are_compared_with_a_shared_baseline() {
    // The bad trial of each sweep; the sweeps `rates` and `worse` have different ones.
    let sweeps = three("");
    let with_baseline = around(
        0.6,
        1,
        &widths(
            "widths",
            FOLDS,
            "report: { baseline: { model.width: 32 } }\n",
        ),
    );
    let [_, rates, worse] = sweeps;
    let report = compared(&[with_baseline, rates, worse], &[], Language::English);
    let markdown = text_of(&report, "all.md");
    let after = markdown
        .split("Differences from the baseline `widths/width32`")
        .nth(1)
        .unwrap();
    let rows: Vec<&str> = after.lines().filter(|line| line.starts_with("|")).collect();
    assert_eq!(rows[2..5].len(), 3, "{after}");
    assert!(
        rows[2..5].iter().all(|row| row.ends_with("| better  |")),
        "{after}"
    );
    let different = compared(
        &three("report: { baseline: { training.learning_rate: 0.5 } }\n"),
        &[],
        Language::English,
    );
    let markdown = text_of(&different, "all.md");
    assert!(
        !markdown.contains("Differences from the baseline"),
        "{markdown}"
    );
    assert!(
        markdown.contains("no comparison with a baseline"),
        "{markdown}"
    );
}

/// Sweeps that show everything: a tie, a clearly worse one, other splits, failed runs.
fn many(language: &str) -> Vec<MadeUp> {
    let language = format!("report: {{ language: {language} }}\n");
    let mut sweeps = Vec::from(three(&language));
    let limited = "data: { limit: 3000 }\nvalidation: { folds: 3 }\ntraining: { epochs: 2 }\n";
    sweeps.push(MadeUp::new(&widths("limited", limited, &language), |run| {
        if run.trial == 1 && run.fold == 0 {
            Ending::Diverged
        } else {
            Ending::with_accuracy(0.5 + 0.01 * noise(4, run))
        }
    }));
    let alone = "name: alone\nvalidation: { holdout: 0 }\ntraining: { epochs: 2 }\n";
    sweeps.push(around(0.5, 5, &format!("{alone}{language}")));
    sweeps
}

#[test]
fn a_comparison_shows_the_answer_first_in_both_languages() {
    let skipped = ["sweeps/missing.yaml"];
    let english = compared(&many("en"), &skipped, Language::English);
    insta::assert_snapshot!("comparison", text_of(&english, "all.md"));
    let french = compared(&many("fr"), &skipped, Language::French);
    insta::assert_snapshot!("comparison_french", text_of(&french, "all.md"));
}

#[test]
fn the_summary_has_at_most_twelve_lines() {
    let mut sweeps = Vec::new();
    for (number, seed) in [1, 1, 2, 2, 3, 3, 4, 5, 6].into_iter().enumerate() {
        let settings = format!("validation: {{ folds: 3, seed: {seed} }}\n");
        let name = format!("s{number}");
        let metric = ["accuracy", "loss"][number % 5 / 4];
        let more = format!("report: {{ rank_by: {metric} }}\n");
        sweeps.push(MadeUp::new(&widths(&name, &settings, &more), |run| {
            if run.trial == 1 && run.fold == 0 {
                Ending::Diverged
            } else {
                Ending::with_accuracy(0.5 + 0.1 * noise(number, run))
            }
        }));
    }
    let report = compared(&sweeps, &["a", "b"], Language::English);
    let summary = &report.document.summary;
    assert!(summary.len() < 12, "nothing is cut off: {summary:#?}");
    // All reasons are in the section.
    let reasons = text_of(&report, "all.md").matches("\n- No test of").count();
    assert!(reasons > 4, "{reasons}");
}

#[test]
fn the_trials_of_all_sweeps_are_in_one_table_and_one_page() {
    let text = "name: other\nvalidation: { folds: 2 }\ngrid: { model.width: [16, [16, 8]] }";
    let sweeps = [
        around(0.6, 1, &widths("grid", FOLDS, "")),
        around(0.5, 2, text),
    ];
    let report = compared(&sweeps, &[], Language::French);
    let csv = text_of(&report, "all.csv");
    let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let rows: Vec<Vec<&str>> = lines.collect();
    let column = |name: &str| header.iter().position(|other| *other == name).unwrap();
    let sweeps: Vec<&str> = rows.iter().map(|row| row[column("sweep")]).collect();
    assert_eq!(sweeps, ["grid", "grid", "other", "other"]);
    let of_other = |name: &str| rows[2][column(name)];
    assert_eq!(of_other("split9_val_accuracy"), "");
    assert_ne!(of_other("split1_val_accuracy"), "");
    let page = text_of(&report, "all.html");
    for trial in [
        "grid/width16",
        "grid/width32",
        "other/width16",
        "other/width16-8",
    ] {
        assert!(page.contains(&format!("\"name\":\"{trial}\"")), "{trial}");
    }
    assert!(page.contains("\"key\":\"sweep\""));
    assert!(page.contains("<html lang=\"fr\">") && page.contains("<svg"));
}

/// Runs the binary on the repository's data.
fn on_data(project: &Project, arguments: &[&str]) -> Done {
    let data = repository().join("data");
    let done = project.run(&[arguments, &["--data", data.to_str().unwrap()]].concat());
    assert_eq!((done.code, done.error.as_str()), (0, ""), "{arguments:?}");
    done
}

#[test]
fn trained_sweeps_are_compared_and_drawn_side_by_side() {
    let common = "data: { limit: 300 }\ntraining: { epochs: 2 }\nmodel: { width: 8 }\n";
    let project = Project::new("");
    let sweeps = [
        (
            "rates.yaml",
            "validation: { folds: 3 }\ngrid: { training.learning_rate: [0.1, 0.0001] }\n",
        ),
        (
            "optimizers.yaml",
            "validation: { folds: 3 }\ngrid: { training.optimizer: [adam] }\n\
             report: { formats: [png] }\n",
        ),
        ("seeds.yaml", "validation: { folds: 3, seed: 1 }\n"),
    ];
    for (file, text) in sweeps {
        project.write(file, &format!("{common}{text}"));
        on_data(&project, &[file, "--device", "cpu", "--quiet"]);
    }
    let files = ["compare", "rates.yaml", "optimizers.yaml", "seeds.yaml"];
    let done = on_data(&project, &files);
    let output = &done.output;
    assert!(output.starts_with("Best: "), "{output}");
    assert!(
        output.contains("On the same 3 splits, clearly worse than "),
        "{output}"
    );
    assert!(output.contains("(seed 1 instead of seed 0)."), "{output}");
    assert!(output.ends_with("\n\nreports/course.md\nreports/course.csv\nreports/course.html\n"));
    let markdown = project.read("reports/course.md");
    let page = project.read("reports/course.html");
    for figure in ["best-scores", "trade-off", "learning-curves"] {
        assert!(
            markdown.contains(&format!("(course/{figure}.svg)")),
            "{markdown}"
        );
        let svg = project.read(&format!("reports/course/{figure}.svg"));
        assert!(page.contains(svg.trim()), "{figure}");
        assert!(
            project
                .path(&format!("reports/course/{figure}.png"))
                .is_file()
        );
    }
    // Figures that a later comparison does not have are removed.
    on_data(&project, &["compare", "rates.yaml"]);
    assert!(!project.path("reports/course/trade-off.svg").exists());
    assert!(!project.path("reports/course/best-scores.png").exists());
    assert!(project.path("reports/course/learning-curves.svg").is_file());
}
