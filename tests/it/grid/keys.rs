//! Every configuration key can be a factor or an override.

use super::*;

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
        ("model.norm", "[none, batch, layer, group]", ""),
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
        ("model.shortcut", "[null, identity]", "model: { kind: cnn }"),
        (
            "model.global_pooling",
            "[null, average]",
            "model: { kind: cnn }",
        ),
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
    // Those of custom data need files: see tests/it/data and tests/it/table_columns.
    let of_custom_data = [
        "data.path",
        "data.label",
        "data.test_fraction",
        "data.drop",
        "data.categorical",
        "data.ordinal",
        "data.na_values",
        "data.impute",
    ];
    let is_planned = |key: &str, levels: &str, extra: &str| {
        let plan = plan(&format!("{extra}\ngrid: {{ {key}: {levels} }}"));
        let plan = plan.unwrap_or_else(|error| panic!("{key}: {error}"));
        assert_eq!(plan.columns[0].name, key);
    };
    for key in KEYS
        .iter()
        .filter(|key| !of_custom_data.contains(&key.path))
    {
        if cases.iter().all(|(tried, ..)| *tried != key.path) {
            // The key of an optimizer: its description names those that have it.
            let (_, owners) = key.description.split_once("For `").expect(key.path);
            let owner = owners.split('`').next().unwrap();
            let is_flag = key.schema().to_string().contains("boolean");
            let levels = if is_flag {
                "[true, false]"
            } else {
                "[0.5, 0.25]"
            };
            let optimizer = format!("training: {{ optimizer: {owner} }}");
            is_planned(key.path, levels, &optimizer);
        }
    }
    for (key, levels, extra) in cases {
        is_planned(key, levels, extra);
    }
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
