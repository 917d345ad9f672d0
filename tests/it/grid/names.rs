//! The names of trials and of their folders.

use super::*;

#[test]
fn names_are_safe_unique_and_short_enough() {
    let text = "
grid:
  'a/../b':
    'x y': { model.width: 1 }
    'x/y': { model.width: 2 }
    'X-y': { model.width: 3 }
  long:
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa': { model.layers: 2 }
";
    let names = names(text);
    let distinct: std::collections::HashSet<String> =
        names.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(distinct.len(), 3, "{names:?}");
    for name in names {
        assert!(
            name.len() < 200 && !name.contains('/') && !name.starts_with('.'),
            "{name}"
        );
    }
}

#[test]
fn more_repeats_leave_the_folders_of_the_first() {
    let folders = |repeats| {
        let plan = plan(&format!("validation: {{ folds: 2, repeats: {repeats} }}\n")).unwrap();
        plan.runs()
            .map(|run| plan.folder(run).display().to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(folders(1), ["base/fold-0", "base/fold-1"]);
    assert_eq!(folders(2)[..2], folders(1)[..]);
    assert_eq!(folders(2)[2], "base/repeat-1-fold-0");
}

#[test]
fn a_level_is_named_as_it_is_written() {
    let levels = [
        "1",
        "01",
        "1.0",
        "1.00",
        "1e0",
        "+8",
        "0x1f",
        "1e-3",
        "0.001",
        "1E-3",
        "1_000",
        "true",
        "True",
        "null",
        "~",
        ".5",
        "0o7",
        "-.inf",
        "2024-01-01",
        "yes",
    ];
    let grid: String = (1..)
        .zip(levels)
        .map(|(width, level)| match level {
            // YAML has no such keys.
            "null" | "~" => format!("    '{level}': {{ model.width: {width} }}\n"),
            _ => format!("    {level}: {{ model.width: {width} }}\n"),
        })
        .collect();
    let width = Key::find("model.width").unwrap();
    for (excluded, level) in (1..).zip(levels) {
        for written in [
            level.to_owned(),
            format!("'{level}'"),
            format!("[ {level} ]"),
        ] {
            let text = format!("grid:\n  preset:\n{grid}exclude: [{{ preset: {written} }}]\n");
            let trials = plan(&text).unwrap().trials;
            let widths: Vec<_> = trials
                .iter()
                .map(|trial| width.value_in(&trial.config))
                .collect();
            assert_eq!(widths.len(), levels.len() - 1, "{written}");
            assert!(!widths.contains(&excluded.into()), "{written}");
        }
    }
    // No other spelling of a number is the level.
    let one = "grid:\n  preset:\n    1: { model.width: 1 }\n    2: {}\n";
    for written in ["1.0", "01", "'01'", "1e0", "true"] {
        let refused = refusal(&format!("{one}exclude: [{{ preset: {written} }}]\n"));
        let written = written.trim_matches('\'');
        assert!(
            refused.contains(&format!("no level `{written}`")),
            "{refused}"
        );
    }
    // An alias is written as its value.
    let text = "grid:\n  preset:\n    a: { training.weight_decay: &rate 1e-3 }\n    1e-3: {}\n\
                exclude: [{ preset: *rate }]\n";
    assert!(plan(text).is_err() || plan(text).unwrap().trials.len() == 1);
}

#[test]
fn a_number_used_as_a_name_keeps_its_spelling() {
    for written in ["007", "7.0", "1e3", "1_0"] {
        assert_eq!(sweep(&format!("name: {written}\n")).unwrap().name, written);
        let text = format!("data: {{ set: table, path: {written}, label: {written} }}\n");
        let data = sweep(&text).unwrap().base_config().data;
        let values = [data.path, data.label].map(|text| text.unwrap().to_string());
        assert_eq!(values, [written, written]);
    }
    let launch = sweep("launch: { account: 007, partition: 1.50 }\n")
        .unwrap()
        .options
        .launch;
    assert_eq!(launch.account.unwrap().to_string(), "007");
    assert_eq!(launch.partition.unwrap().to_string(), "1.50");
}
