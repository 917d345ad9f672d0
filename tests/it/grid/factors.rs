//! Factors and their levels: the size and order of the grid, and its limits.

use super::*;

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
fn zipped_keys_vary_together() {
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
fn too_many_runs_are_refused() {
    let refusal = refusal("validation: { repeats: 1000000000 }\n");
    assert!(refusal.contains("more than 10000000 runs"), "{refusal}");
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
