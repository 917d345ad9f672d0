//! The conclusions of a report: which trials differ, which factors matter, which trial is chosen.

use crate::support::made_up::{file, reported, reported_with};
use tp_sweep::plan::RunId;
use tp_sweep::report::{Listing, ListingOrder};

/// A grid of two factors over ten folds.
const GRID: &str = "
name: grid
validation: { folds: 10 }
training: { epochs: 1 }
grid:
  model.width: [16, 32, 64]
  training.learning_rate: [0.1, 0.01]
";

/// Noise between −1 and 1, as keyed by two numbers (SplitMix64).
fn noise(trial: usize, fold: u32) -> f64 {
    let number = trial as u64 * 1000 + u64::from(fold) + 1;
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) as f64 / u64::MAX as f64 * 2.0 - 1.0
}

/// The learning rate (which varies fastest) matters, the width does not.
fn learning_rate_matters(run: RunId) -> f64 {
    let fold = 0.01 * f64::from(run.fold % 3);
    let effect = if run.trial.is_multiple_of(2) {
        0.1
    } else {
        0.0
    };
    0.7 + effect + fold + 0.005 * noise(run.trial, run.fold)
}

fn with(section: &str) -> String {
    format!("{GRID}report: {section}\n")
}

/// The rows of the CSV by trial: the cell of each column.
fn cell(csv: &str, trial: &str, column: &str) -> String {
    let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let of = |name: &str| header.iter().position(|other| *other == name).unwrap();
    let row = lines.find(|row| row[of("trial")] == trial).unwrap();
    row[of(column)].to_owned()
}

#[test]
fn trials_on_the_same_folds_are_compared_by_their_paired_differences() {
    let (.., report, _) = reported(GRID, learning_rate_matters);
    let csv = file(&report, "csv");
    // Wide and narrow are alike at the good learning rate; the bad one differs significantly.
    for width in [16, 32, 64] {
        let bad = cell(&csv, &format!("width{width}_lr0.01"), "differs_from_best");
        assert_eq!(bad, "true");
        let good = cell(&csv, &format!("width{width}_lr0.1"), "differs_from_best");
        assert!(good == "false" || good.is_empty(), "{good}");
    }
    let markdown = file(&report, "md");
    assert!(
        markdown.contains("\n- Clearly worse than the best: 3 of 5 trials. Ties (≈), not"),
        "{markdown}"
    );
    assert!(markdown.contains("on these 10 splits: 2.\n"), "{markdown}");
    // The ties share their ranks in the tables for people; programs read the plain ranks.
    let ranks = |rank: &str| markdown.matches(&format!("\n| {rank} | ")).count();
    assert_eq!(
        ranks(" 1–3"),
        3 + 3,
        "in the ranking and in the scores of each fold"
    );
    assert_eq!(ranks("   4"), 1 + 1);
    let csv_ranks: Vec<&str> = csv.lines().map(|line| &line[..2]).collect();
    assert_eq!(csv_ranks[1..], ["1,", "2,", "3,", "4,", "5,", "6,"]);
    let page = file(&report, "html");
    assert_eq!(page.matches(r#""worse":true"#).count(), 3);
    assert!(page.contains(r#""tied_ranks":3"#));
}

#[test]
fn importance_is_reported_for_a_complete_grid_and_refused_for_an_incomplete_one() {
    let (.., report, _) = reported(GRID, learning_rate_matters);
    let markdown = file(&report, "md");
    let share = |factor: &str| -> f64 {
        let rows = markdown.lines().map(|line| line.split('|').map(str::trim));
        let mut rows = rows.map(Iterator::collect::<Vec<_>>);
        let row = rows.find(|row| row.len() == 5 && row[1] == factor).unwrap();
        row[2].parse().unwrap()
    };
    assert!(share("training.learning_rate") > 95.0);
    assert!(share("model.width") < 1.0);
    assert!(
        markdown.contains("\n- What matters (share of the variance): `training.learning_rate` 9"),
        "{markdown}"
    );
    assert!(
        markdown.contains("\n- Clearly worse levels: `training.learning_rate` `0.01` (-10."),
        "{markdown}"
    );
    let incomplete = format!("{GRID}exclude: [{{ model.width: 16, training.learning_rate: 0.1 }}]");
    let (.., report, _) = reported(&incomplete, learning_rate_matters);
    let markdown = file(&report, "md");
    assert!(markdown.contains("there is no score for 1 of the 6 combinations of the levels"));
    assert!(!markdown.contains("What matters"));
    assert!(!markdown.contains("Clearly worse levels"));
}

#[test]
fn with_failed_trials_shares_are_refused_and_failed_trials_are_not_compared() {
    let (.., report, _) = reported(GRID, |run| match run.trial {
        0 if run.fold == 3 => f64::NAN,
        _ => learning_rate_matters(run),
    });
    let (csv, markdown) = (file(&report, "csv"), file(&report, "md"));
    assert_eq!(cell(&csv, "width16_lr0.1", "differs_from_best"), "");
    assert_eq!(cell(&csv, "width16_lr0.1", "interval_low"), "");
    assert!(markdown.contains("there is no score for 1 of the 6 combinations of the levels"));
}

#[test]
fn one_split_gives_no_conclusion_and_the_report_states_it() {
    let text = GRID.replace("folds: 10", "holdout: 0.2");
    let (.., report, _) = reported(&text, learning_rate_matters);
    let (csv, markdown) = (file(&report, "csv"), file(&report, "md"));
    assert_eq!(cell(&csv, "width16_lr0.1", "interval_low"), "");
    assert!(markdown.contains("A single split cannot show"));
    assert!(!markdown.contains('≈'));
}

#[test]
fn the_summary_names_the_cheapest_ties_the_failed_trials_and_what_would_settle_the_ties() {
    // The widths differ by less than the noise; one trial of the bad learning rate fails.
    let (.., report, _) = reported(GRID, |run| match run.trial {
        5 if run.fold == 3 => f64::NAN,
        _ => learning_rate_matters(run),
    });
    let summary = report.document.summary_text();
    let lines: Vec<&str> = summary.lines().collect();
    assert!(lines.len() < 12, "nothing is cut off:\n{summary}");
    let line = |start: &str| {
        let found = lines.iter().find(|line| line.starts_with(start));
        *found.unwrap_or_else(|| panic!("{start} in\n{summary}"))
    };
    assert!(
        line("Best: width").contains(" (95 % interval 80."),
        "{summary}"
    );
    assert!(line("Simplest of these: width16_lr0.1").contains("12,730 parameters"));
    assert!(line("Fastest of these: width16_lr0.1").contains("s/epoch"));
    assert_eq!(
        line("6 trials"),
        "6 trials, 60 runs: 59 finished, 1 failed."
    );
    assert_eq!(line("Failed trials"), "Failed trials: width64_lr0.01.");
    assert!(!summary.contains('`'), "a terminal shows no backticks");
    // The report begins with the same lines.
    let markdown = file(&report, "md");
    let items = markdown.lines().skip(2).take(lines.len());
    assert!(
        items
            .zip(&lines)
            .all(|(item, line)| item.replace('`', "") == format!("- {line}"))
    );
}

#[test]
fn ties_that_chance_explains_today_are_forecast_to_need_more_repeats_or_to_be_too_similar() {
    let of_two = "name: two\nvalidation: { folds: 5 }\ngrid: { model.width: [16, 32] }";
    // The difference is 1.4 times its standard deviation over the folds.
    let (.., report, _) = reported(of_two, |run| {
        0.8 + 0.01 * (run.trial as f64) * (1.0 + [0.8, -0.8, 0.6, -0.6, 0.0][run.fold as usize])
    });
    let summary = report.document.summary_text();
    assert!(summary.contains(" of these 2 trials ("), "{summary}");
    assert!(summary.contains("to distinguish the tie."), "{summary}");
    let (.., report, _) = reported(of_two, |run| {
        0.8 + 0.001 * (run.trial as f64) * (0.01 + [1.2, -1.2, 0.9, -0.9, 0.0][run.fold as usize])
    });
    let summary = report.document.summary_text();
    assert!(
        summary.contains("More repeats are not expected to distinguish any tie"),
        "{summary}"
    );
}

#[test]
fn the_simplest_or_fastest_within_one_standard_error_is_chosen() {
    // Wider is a little better, by far less than folds differ.
    let alike = |run: RunId| 0.8 + 0.05 * noise(0, run.fold) + 1e-4 * run.trial as f64;
    let chosen = |select: &str| {
        let (.., report, _) = reported(&with(&format!("{{ select: {select} }}")), alike);
        let csv = file(&report, "csv");
        let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let header = lines.next().unwrap();
        let of = |name: &str| header.iter().position(|other| *other == name).unwrap();
        let chosen: Vec<Vec<&str>> = lines.filter(|row| row[of("chosen")] == "true").collect();
        assert_eq!(chosen.len(), 1, "one trial is chosen");
        (
            chosen[0][of("rank")].to_owned(),
            chosen[0][of("trial")].to_owned(),
            file(&report, "md"),
        )
    };
    let (rank, _, markdown) = chosen("best");
    assert_eq!(rank, "1");
    assert!(!markdown.contains('★'), "the best needs no mark");
    let (_, simplest, markdown) = chosen("one_standard_error");
    assert!(simplest.starts_with("width16"), "{simplest}");
    assert!(markdown.contains(&format!("★ Chosen: `{simplest}`, the simplest")));
    assert!(markdown.contains("## Chosen configuration"));
    let (_, fastest, markdown) = chosen("{ one_standard_error: seconds }");
    assert!(fastest.starts_with("width16"), "{fastest}");
    assert!(markdown.contains("the fastest of the trials"));
}

#[test]
fn trials_are_compared_with_the_baseline_that_the_file_names() {
    let section = "{ baseline: { training.learning_rate: 0.01 } }";
    let (.., report, _) = reported(&with(section), learning_rate_matters);
    let markdown = file(&report, "md");
    // The first that matches.
    assert!(markdown.contains("Differences from `width16_lr0.01`"));
    let row = |trial: &str| {
        let section = markdown
            .split("## Comparison with the baseline")
            .nth(1)
            .unwrap();
        let line = section.lines().find(|line| line.contains(trial)).unwrap();
        line.split('|')
            .map(|cell| cell.trim().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(row("width64_lr0.1 ")[5], "better");
    assert_eq!(row("width64_lr0.01 ")[5], "–");
    let difference: f64 = row("width64_lr0.1 ")[2].parse().unwrap();
    assert!((9.0..11.0).contains(&difference), "{difference} points");
    let section = "{ baseline: { training.optimizer: adam } }";
    let (.., report, _) = reported(&with(section), learning_rate_matters);
    assert!(file(&report, "md").contains("matches no trial"));
}

#[test]
fn a_french_report_has_no_english_left_in_its_headings_and_a_comma_in_its_numbers() {
    let section = "{ language: fr, baseline: { model.width: 16 }, target_accuracy: 0.75, \
                   select: one_standard_error }";
    let (.., report, _) = reported(&with(section), learning_rate_matters);
    insta::assert_snapshot!("french", file(&report, "md"));
    let (.., english, _) = reported(GRID, learning_rate_matters);
    let numbers = |csv: &str| {
        csv.lines()
            .nth(1)
            .unwrap()
            .split(',')
            .nth(5)
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        numbers(&file(&report, "csv")),
        numbers(&file(&english, "csv"))
    );
}

#[test]
fn a_list_is_sorted_by_any_column_and_limited_on_request() {
    let view = Listing {
        top: Some(2),
        order: Some("parameters:asc".parse::<ListingOrder>().unwrap()),
        ..Listing::default()
    };
    let (.., report, _) = reported_with(GRID, learning_rate_matters, &view);
    let markdown = file(&report, "md");
    let rows = markdown
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains(" finished"));
    let rows: Vec<&str> = rows.collect();
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(
        rows.iter().all(|row| row.contains("12730")),
        "the narrowest: {rows:?}"
    );
    assert!(markdown.contains("4 more trials"));
    assert_eq!(file(&report, "csv").lines().count(), 7, "the CSV has all");
}

#[test]
fn every_requested_format_is_written() {
    let (.., report, _) = reported(
        &with("{ formats: [latex, json, parquet] }"),
        learning_rate_matters,
    );
    let files = report.files().unwrap();
    let names: Vec<String> = files
        .iter()
        .map(|file| file.path.display().to_string())
        .collect();
    for name in [
        "grid.md",
        "grid.csv",
        "grid.tex",
        "grid.json",
        "grid.parquet",
    ] {
        assert!(
            names.iter().any(|other| other == name),
            "{name} in {names:?}"
        );
    }
    let rows: serde_json::Value = serde_json::from_str(&file(&report, "json")).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 6);
    assert!(file(&report, "tex").contains("\\toprule"));
    let (.., plain, _) = reported(GRID, learning_rate_matters);
    assert!(
        plain
            .files()
            .unwrap()
            .iter()
            .all(|file| file.path.extension().unwrap() != "tex")
    );
}
