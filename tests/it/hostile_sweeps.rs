//! Whatever a sweep file contains, it is planned or refused: never a panic, never a hang.

use proptest::prelude::*;
use tp_sweep::plan::{Plan, summary};
use tp_sweep::spec::{Source, Sweep};

/// A sweep that uses every feature of the grid.
const WHOLE: &str = r#"
name: whole
data: { set: mnist, limit: 500 }
model: { layers: 2, width: 16, activation: tanh }
training: { epochs: 2, schedule: { step: { every: 1, gamma: 0.5 } }, warmup: 1 }
validation: { folds: 3, seed: 4, repeats: 2 }
grid:
  training.optimizer: [sgd, adam]
  training.momentum: { values: [0, 0.9], when: { training.optimizer: sgd } }
  size:
    zip: { model.layers: [1, 2], model.width: [8, [4, 2]] }
  training.learning_rate: { logarithmic: { from: 0.01, to: 0.1, count: 2 } }
  regularisation:
    none: {}
    dropout: { model.dropout: 0.2 }
exclude:
  - { regularisation: dropout, training.learning_rate: [0.1] }
include:
  - { model.layers: 3, training.weight_decay: 1.0e-3 }
report: { rank_by: loss }
keep: best 2
"#;

/// The message with which a sweep is refused, if it is; else it is planned.
fn refusal(text: &str) -> Option<String> {
    let source = Source {
        name: "hostile.yaml".into(),
        text: text.into(),
    };
    let sweep = match Sweep::parse(source, "hostile", &[]) {
        Ok(sweep) => sweep,
        Err(error) => return Some(error.to_string()),
    };
    match Plan::new(&sweep) {
        Ok(plan) => {
            assert!(plan.runs().next().is_some(), "nothing to train: {text}");
            let shown = summary(&sweep, &plan, &[]);
            assert!(shown.contains(&plan.name), "{shown}");
            None
        }
        Err(error) => Some(error.to_string()),
    }
}

/// Passes a text to the parser; returns its error message, if any.
fn read(text: &str) {
    if let Some(refusal) = refusal(text) {
        assert!(
            !refusal.trim().is_empty(),
            "{text} is refused without a word"
        );
    }
}

#[test]
fn the_sweep_that_is_mutated_below_is_valid() {
    let source = Source {
        name: "whole.yaml".into(),
        text: WHOLE.into(),
    };
    let sweep = Sweep::parse(source, "whole", &[]).unwrap();
    let plan = Plan::new(&sweep).unwrap();
    assert_eq!(plan.trials.len(), 19);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_planned_or_refused(text in "\\PC{0,200}") {
        read(&text);
    }

    #[test]
    fn a_broken_sweep_is_planned_or_refused(
        edits in prop::collection::vec((0.0_f64..1.0, 0.0_f64..1.0, "[-0-9a-z.:,{}\\[\\] #&*!|>'\"\n\t]{0,6}"), 1..4),
    ) {
        let mut text = WHOLE.to_owned();
        for (at, length, new) in edits {
            let at = (at * text.len() as f64) as usize;
            let end = (at + (length * 12.0) as usize).min(text.len());
            if text.is_char_boundary(at) && text.is_char_boundary(end) {
                text.replace_range(at..end, &new);
            }
        }
        read(&text);
    }

    #[test]
    fn any_value_of_any_key_is_accepted_or_refused(
        key in prop::sample::select(tp_sweep::spec::Key::paths().collect::<Vec<_>>()),
        value in prop_oneof![
            any::<f64>().prop_map(|x| format!("{x:e}")),
            any::<i64>().prop_map(|x| x.to_string()),
            any::<u64>().prop_map(|x| x.to_string()),
            Just("null".to_owned()), Just("{}".to_owned()), Just("[[]]".to_owned()),
            Just("[1, 2, 3]".to_owned()), Just(".nan".to_owned()), Just("-.inf".to_owned()),
        ],
    ) {
        let (section, field) = key.split_once('.').unwrap();
        read(&format!("{section}: {{ {field}: {value} }}\n"));
        read(&format!("grid: {{ {key}: [{value}] }}\n"));
    }
}

#[test]
fn deep_and_endless_yaml_is_refused() {
    let refused = |text: &str| refusal(text).expect("it is refused");
    for deep in ["[", "{a: "] {
        let message = refused(&deep.repeat(100_000));
        println!("{message}");
    }
    // A bomb: ten levels of aliases, each ten times the one before.
    let mut bomb = String::from("a: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let parts = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("b{level}: &a{level} [{parts}]\n"));
    }
    println!("{}", refused(&bomb));
}
