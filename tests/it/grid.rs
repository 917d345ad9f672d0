//! What a grid expands to.

use proptest::prelude::*;
use tp_sweep::plan::Plan;
use tp_sweep::spec::{Key, Source, SpecError, Sweep};

fn sweep(text: &str) -> Result<Sweep, SpecError> {
    let source = Source {
        name: "test.yaml".into(),
        text: text.into(),
    };
    Sweep::parse(source, "test", &[])
}

fn plan(text: &str) -> Result<Plan, String> {
    let sweep = sweep(text).map_err(|error| error.to_string())?;
    Plan::new(&sweep).map_err(|error| error.to_string())
}

fn names(text: &str) -> Vec<String> {
    let plan = plan(text).unwrap();
    plan.trials.into_iter().map(|trial| trial.name).collect()
}

fn refusal(text: &str) -> String {
    plan(text).unwrap_err()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_grid_has_as_many_trials_as_the_product_of_its_levels(
        layers in 1_usize..5, rates in 1_usize..5, folds in 2_usize..6, repeats in 1_usize..4,
    ) {
        let list = |count: usize| (1..=count).map(|i| i.to_string()).collect::<Vec<_>>().join(", ");
        let text = format!(
            "validation: {{ folds: {folds}, repeats: {repeats} }}\n\
             grid: {{ model.layers: [{}], training.learning_rate: [{}] }}",
            list(layers), list(rates),
        );
        let plan = plan(&text).unwrap();
        prop_assert_eq!(plan.trials.len(), layers * rates);
        prop_assert_eq!(plan.runs().count(), layers * rates * folds * repeats);
        let runs: std::collections::HashSet<_> = plan.runs().map(|run| plan.folder(run)).collect();
        prop_assert_eq!(runs.len(), layers * rates * folds * repeats, "folders are unique");
        prop_assert_eq!(plan.stack_groups(plan.runs(), false).len(), layers, "a group for each shape");
    }
}

#[test]
fn the_first_factor_varies_slowest() {
    let text = "grid: { model.layers: [1, 2], training.learning_rate: [0.1, 0.01] }";
    assert_eq!(
        names(text),
        [
            "layers1_lr0.1",
            "layers1_lr0.01",
            "layers2_lr0.1",
            "layers2_lr0.01"
        ]
    );
}

#[test]
fn every_configuration_key_can_be_a_factor() {
    let cases = [
        ("data.set", "[mnist, fashion-mnist]", ""),
        ("data.normalise", "[known, training, none]", ""),
        ("data.shift", "[0, 2]", ""),
        ("data.flip", "[true, false]", ""),
        ("data.limit", "[100, 200]", ""),
        ("model.kind", "[mlp, cnn]", ""),
        ("model.input_dropout", "[0, 0.2]", ""),
        ("model.norm", "[none, batch, layer]", ""),
        (
            "model.norm_position",
            "[before_activation, after_activation]",
            "model: { norm: batch }",
        ),
        (
            "model.init",
            "[default, zeros, { normal: { std: 0.1 } }]",
            "",
        ),
        ("model.bias_init", "[default, { constant: 0.1 }]", ""),
        ("model.same_init", "[true, false]", ""),
        ("model.channels", "[8, [8, 16]]", "model: { kind: cnn }"),
        ("model.kernel_size", "[3, 5]", "model: { kind: cnn }"),
        (
            "model.pooling",
            "[max, average, none]",
            "model: { kind: cnn }",
        ),
        ("model.block_dropout", "[0, 0.2]", "model: { kind: cnn }"),
        (
            "training.dampening",
            "[0, 0.5]",
            "training: { momentum: 0.9 }",
        ),
        (
            "training.alpha",
            "[0.9, 0.99]",
            "training: { optimizer: rmsprop }",
        ),
        (
            "training.centered",
            "[true, false]",
            "training: { optimizer: rmsprop }",
        ),
        (
            "training.momentum_decay",
            "[0, 0.004]",
            "training: { optimizer: nadam }",
        ),
        (
            "training.learning_rate_decay",
            "[0, 0.1]",
            "training: { optimizer: adagrad }",
        ),
        ("training.l1", "[0, 0.001]", ""),
        ("training.label_smoothing", "[0, 0.1]", ""),
        ("training.clip_value", "[null, 1]", ""),
        ("training.clip_norm", "[null, 1]", ""),
        ("training.max_norm", "[null, 3]", ""),
        ("training.patience", "[null, 3]", ""),
        (
            "training.min_delta",
            "[0, 0.01]",
            "training: { patience: 2 }",
        ),
        (
            "training.restore_best",
            "[true, false]",
            "training: { patience: 2 }",
        ),
        (
            "training.monitor",
            "[val_loss, val_accuracy]",
            "training: { patience: 2 }",
        ),
        ("model.layers", "[1, 2]", ""),
        ("model.width", "[64, [64, 32]]", ""),
        ("model.activation", "[relu, tanh, sigmoid]", ""),
        ("model.dropout", "[0, 0.5]", ""),
        ("training.epochs", "[1, 2]", ""),
        ("training.batch_size", "[32, 64]", ""),
        ("training.optimizer", "[sgd, adam]", ""),
        ("training.learning_rate", "[0.1, 0.01]", ""),
        ("training.momentum", "[0, 0.9]", ""),
        (
            "training.nesterov",
            "[true, false]",
            "training: { momentum: 0.9 }",
        ),
        (
            "training.beta1",
            "[0.9, 0.5]",
            "training: { optimizer: adam }",
        ),
        (
            "training.beta2",
            "[0.999, 0.99]",
            "training: { optimizer: adam }",
        ),
        (
            "training.epsilon",
            "[1e-8, 1e-7]",
            "training: { optimizer: adam }",
        ),
        ("training.weight_decay", "[0, 0.001]", ""),
        (
            "training.schedule",
            "[constant, cosine, { exponential: { gamma: 0.9 } }]",
            "",
        ),
        (
            "training.schedule_unit",
            "[epoch, step]",
            "training: { schedule: cosine }",
        ),
        ("training.warmup", "[0, 2]", ""),
        (
            "training.warmup_start",
            "[0.1, 0.5]",
            "training: { warmup: 2 }",
        ),
        ("validation.folds", "[2, 3]", ""),
        ("validation.holdout", "[0, 0.2]", ""),
        ("validation.stratified", "[true, false]", ""),
        ("validation.seed", "[1, 2]", ""),
        ("validation.repeats", "[1, 2]", ""),
    ];
    // Those of the user's own data need files: see tests/it/data.rs and tests/it/table_columns.rs.
    let own = [
        "data.path",
        "data.label",
        "data.test_fraction",
        "data.drop",
        "data.categorical",
        "data.ordinal",
        "data.na_values",
        "data.impute",
    ];
    for key in Key::paths().filter(|key| !own.contains(key)) {
        let tried = cases.iter().any(|(tried, ..)| *tried == key);
        assert!(tried, "{key} is not tried");
    }
    for (key, levels, extra) in cases {
        let plan = plan(&format!("{extra}\ngrid: {{ {key}: {levels} }}"));
        let plan = plan.unwrap_or_else(|error| panic!("{key}: {error}"));
        assert_eq!(plan.columns[0].name, key);
    }
}

#[test]
fn labelled_levels_set_several_keys_at_once() {
    let text = "
grid:
  optimizer:
    sgd: { training.optimizer: sgd, training.learning_rate: 0.1 }
    adam: { training.optimizer: adam, training.learning_rate: 0.001 }
";
    let plan = plan(text).unwrap();
    assert_eq!(plan.trials[1].name, "optimizer-adam");
    assert_eq!(plan.trials[1].config.training.learning_rate.get(), 0.001);
}

#[test]
fn zipped_keys_go_in_step() {
    let text = "
grid:
  size:
    zip: { model.layers: [1, 2, 3], model.width: [256, 128, 64] }
  training.learning_rate: [0.1, 0.01]
";
    let plan = plan(text).unwrap();
    assert_eq!(plan.trials.len(), 6);
    assert_eq!(plan.trials[2].name, "layers2_width128_lr0.1");
    let columns: Vec<&str> = plan
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    assert_eq!(
        columns,
        ["model.layers", "model.width", "training.learning_rate"]
    );
    let uneven = "grid: { size: { zip: { model.layers: [1, 2], model.width: [64] } } }";
    assert!(
        refusal(uneven).contains("equal lengths"),
        "{}",
        refusal(uneven)
    );
}

#[test]
fn ranges_are_levels() {
    let text = "
grid:
  training.learning_rate: { logarithmic: { from: 0.001, to: 0.1, count: 3 } }
  model.width: { linear: { from: 32, to: 96, step: 32 } }
";
    let names = names(text);
    assert_eq!(names.len(), 9);
    assert_eq!(names[4], "lr0.01_width64");
}

#[test]
fn a_conditional_factor_is_absent_elsewhere_not_multiplied() {
    let text = "
grid:
  training.optimizer: [sgd, adam]
  training.momentum: { values: [0, 0.9], when: { training.optimizer: sgd } }
  training.nesterov: { values: [true, false], when: { training.momentum: 0.9 } }
";
    assert_eq!(
        names(text),
        [
            "optimizer-sgd_momentum0",
            "optimizer-sgd_momentum0.9_nesterov-true",
            "optimizer-sgd_momentum0.9_nesterov-false",
            "optimizer-adam",
        ]
    );
    let sweep = sweep(text).unwrap();
    let plan = Plan::new(&sweep).unwrap();
    assert_eq!(plan.trials[3].value_text(&sweep, &plan.columns[1]), "–");
}

#[test]
fn a_condition_may_name_a_labelled_level() {
    let text = "
grid:
  optimizer:
    sgd: { training.optimizer: sgd }
    adam: { training.optimizer: adam, training.learning_rate: 0.001 }
  training.learning_rate: { values: [0.1, 0.01], when: { optimizer: sgd } }
";
    assert_eq!(
        names(text),
        [
            "optimizer-sgd_lr0.1",
            "optimizer-sgd_lr0.01",
            "optimizer-adam"
        ]
    );
}

#[test]
fn exclude_takes_a_partial_match_and_reports_one_that_matches_nothing() {
    let text = "
grid: { model.layers: [1, 2, 3], training.learning_rate: [0.1, 0.01] }
exclude:
  - { model.layers: [2, 3], training.learning_rate: 0.1 }
  - { model.width: 999 }
";
    let plan = plan(text).unwrap();
    assert_eq!((plan.trials.len(), plan.excluded), (4, 2));
    assert_eq!(plan.warnings.len(), 1);
    assert!(
        plan.warnings[0].starts_with("test.yaml:5:"),
        "{}",
        plan.warnings[0]
    );
    let all = "grid: { model.layers: [1] }\nexclude: [{ model.layers: 1 }]";
    assert!(refusal(all).contains("the sweep has no trials"));
}

#[test]
fn included_trials_stand_beside_the_grid() {
    let text = "
grid: { model.layers: [1, 2] }
include:
  - { model.layers: 4, model.width: 32 }
";
    let plan = plan(text).unwrap();
    assert_eq!(plan.trials.len(), 3);
    assert_eq!(plan.trials[2].name, "layers4_width32");
    assert_eq!(plan.columns.len(), 2);
    let twice = "grid: { model.layers: [1, 2] }\ninclude: [{ model.layers: 2 }]";
    assert!(
        refusal(twice).contains("equivalent to trial 2"),
        "{}",
        refusal(twice)
    );
}

#[test]
fn a_key_set_by_two_factors_at_once_is_refused() {
    let text = "
grid:
  optimizer: { sgd: { training.learning_rate: 0.1 }, adam: { training.optimizer: adam } }
  training.learning_rate: [0.1, 0.01]
";
    assert!(
        refusal(text).contains("set by both `optimizer`"),
        "{}",
        refusal(text)
    );
}

#[test]
fn a_sweep_without_a_grid_is_one_trial() {
    assert_eq!(names("training: { epochs: 1 }"), ["base"]);
}

#[test]
fn overrides_change_the_base_and_the_grid() {
    let text = "training: { epochs: 3 }\ngrid: { model.layers: [1, 2] }";
    let source = || Source {
        name: "test.yaml".into(),
        text: text.into(),
    };
    let set = |options: &[&str]| {
        let options: Vec<String> = options.iter().map(|&o| o.to_owned()).collect();
        Sweep::parse(source(), "test", &options)
    };
    let plan = |options: &[&str]| Plan::new(&set(options).unwrap()).unwrap();
    assert_eq!(
        plan(&["training.epochs=1"]).trials[0]
            .config
            .training
            .epochs
            .get(),
        1
    );
    assert_eq!(plan(&["data.limit=500"]).trials[0].config.samples(), 500);
    assert_eq!(plan(&["grid.model.layers=[3]"]).trials[0].name, "layers3");
    assert_eq!(plan(&["name=other"]).name, "other");
    for (option, expected) in [
        ("training.epoch=1", "unknown key `epoch`"),
        ("epochs=1", "unknown key `epochs`"),
        ("training.epochs", "expected KEY=VALUE"),
        ("training.epochs=none", "expected a whole number"),
        ("grid.model.layers=3", "expected a list of levels"),
        ("model.layers=3", "varies in the grid"),
    ] {
        let error = set(&[option]).unwrap_err().to_string();
        assert!(error.contains(expected), "{option}: {error}");
    }
}

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
fn a_million_trials_are_planned_and_more_are_refused() {
    let rates = |count| {
        format!(
            "grid: {{ training.learning_rate: {{ logarithmic: {{ from: 0.001, to: 1.0, count: {count} }} }}, \
             model.width: {{ linear: {{ from: 1, to: 1000, step: 1 }} }} }}"
        )
    };
    assert_eq!(plan(&rates(1000)).unwrap().trials.len(), 1_000_000);
    let refusal = refusal(&rates(1001));
    assert!(
        refusal.contains("more than 1000000 combinations"),
        "{refusal}"
    );
}

#[test]
fn more_runs_than_can_be_kept_track_of_are_refused() {
    let refusal = refusal("validation: { repeats: 1000000000 }\n");
    assert!(refusal.contains("more than 10000000 runs"), "{refusal}");
}

#[test]
fn a_factor_that_depends_on_an_absent_one_is_absent_too() {
    // For adam the momentum is 0 as well, but as its base value, not as a level.
    let text = "
grid:
  training.optimizer: [sgd, adam]
  training.momentum: { values: [0, 0.9], when: { training.optimizer: sgd } }
  training.weight_decay: { values: [0, 0.001], when: { training.momentum: 0 } }
exclude:
  - { training.momentum: 0, training.weight_decay: 0.001 }
";
    assert_eq!(
        names(text),
        [
            "optimizer-sgd_momentum0_decay0",
            "optimizer-sgd_momentum0.9",
            "optimizer-adam"
        ]
    );
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
fn a_keyword_is_no_level_and_a_zipped_key_has_no_condition() {
    let level = "grid:\n  a: { x: {}, when: { training.optimizer: sgd } }\n";
    assert!(refusal(level).contains("keyword"), "{}", refusal(level));
    let zip = "grid:\n  training.optimizer: [sgd, adam]\n  s: { zip: { model.layers: [1, 2], \
               model.width: { values: [1, 2], when: { training.optimizer: sgd } } } }\n";
    assert!(
        refusal(zip).contains("cannot have a condition"),
        "{}",
        refusal(zip)
    );
}

#[test]
fn a_level_is_named_by_the_text_that_it_is_written_with() {
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
    // An alias is written as what it stands for.
    let text = "grid:\n  preset:\n    a: { training.weight_decay: &rate 1e-3 }\n    1e-3: {}\n\
                exclude: [{ preset: *rate }]\n";
    assert!(plan(text).is_err() || plan(text).unwrap().trials.len() == 1);
}

#[test]
fn levels_are_found_wherever_a_condition_names_them() {
    let text = "grid:\n  preset:\n    1e-3: { model.width: 8 }\n    01: { model.width: 16 }\n  \
                model.dropout: { values: [0.1, 0.2], when: { preset: 01 } }\n\
                report: { baseline: { preset: 1e-3 } }\n";
    let sweep = sweep(text).unwrap();
    let plan = Plan::new(&sweep).unwrap();
    assert_eq!(plan.trials.len(), 3);
    assert_eq!(plan.baseline(&sweep), Some(0));
    // The levels of a zip are called by their values, however these are written.
    let zip = "grid: { rate: { zip: { training.learning_rate: [1e-3, 0.10] } } }\n";
    for written in ["1e-3", "0.001", "'0.001'"] {
        let text = format!("{zip}exclude: [{{ rate: {written} }}]\n");
        assert_eq!(names(&text).len(), 1, "{written}");
    }
}

#[test]
fn a_number_that_names_something_keeps_its_spelling() {
    for written in ["007", "7.0", "1e3", "1_0"] {
        assert_eq!(sweep(&format!("name: {written}\n")).unwrap().name, written);
        let text = format!("data: {{ set: table, path: {written}, label: {written} }}\n");
        let data = sweep(&text).unwrap().base_config().data;
        let told = [data.path, data.label].map(|text| text.unwrap().to_string());
        assert_eq!(told, [written, written]);
    }
    let launch = sweep("launch: { account: 007, partition: 1.50 }\n")
        .unwrap()
        .launch;
    assert_eq!(launch.account.unwrap().to_string(), "007");
    assert_eq!(launch.partition.unwrap().to_string(), "1.50");
}
