//! Conditional factors, and trials that are excluded from or included next to the grid.

use super::*;

#[test]
fn a_conditional_factor_does_not_multiply_other_trials() {
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
fn included_trials_are_added_to_the_grid() {
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
        refusal(twice).contains("equivalent to trial number 2"),
        "{}",
        refusal(twice)
    );
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
fn a_level_can_be_named_in_any_spelling() {
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
