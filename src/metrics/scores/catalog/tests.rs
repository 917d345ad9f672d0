//! Every score is that of scikit-learn (`judges/scores`).

use crate::metrics::{ClassificationCounts, EvaluatedSamples, Score, Scores};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The labels and probabilities of a case.
fn samples(case: &Value) -> (Vec<u16>, Vec<Vec<f32>>) {
    let labels = case["labels"].as_array().unwrap().iter();
    let rows = case["probabilities"].as_array().unwrap().iter();
    let row = |row: &Value| {
        let shares = row.as_array().unwrap().iter();
        shares.map(|share| share.as_f64().unwrap() as f32).collect()
    };
    (
        labels.map(|label| label.as_u64().unwrap() as u16).collect(),
        rows.map(row).collect(),
    )
}

fn scores(case: &Value) -> Scores {
    let (labels, rows) = samples(case);
    let mut counts = ClassificationCounts::new(rows[0].len());
    for (&label, row) in labels.iter().zip(&rows) {
        counts.add(usize::from(label), row);
    }
    let correct: u64 = counts.classes().iter().map(|class| class.correct).sum();
    let accuracy = correct as f64 / labels.len() as f64;
    // The loss is computed on the device: `judges/pytorch` is its judge.
    let loss = case["scores"]["loss"].as_f64().unwrap();
    let probabilities = rows.concat();
    let samples = EvaluatedSamples::new(&counts, &labels, &probabilities, loss, accuracy);
    Scores::compute(&samples, Score::all())
}

#[test]
fn every_score_is_that_of_scikit_learn() {
    let file: Value =
        serde_json::from_str(include_str!("../../../../judges/scores/values.json")).unwrap();
    let cases = file["cases"].as_array().unwrap();
    assert!(cases.len() >= 10, "{} cases", cases.len());
    for case in cases {
        let found = scores(case);
        let expected = case["scores"].as_object().unwrap();
        let names: BTreeSet<&str> = expected.keys().map(String::as_str).collect();
        let ours: BTreeSet<&str> = Score::all().map(|score| score.id).collect();
        assert_eq!(ours, names, "the scores here, and those of judges/scores");
        for score in Score::all() {
            let (found, expected) = (found.get(score), expected[score.id].as_f64());
            let is_equal = match (found, expected) {
                (Some(found), Some(expected)) => (found - expected).abs() <= 1e-9,
                (found, expected) => found == expected,
            };
            let name = case["name"].as_str().unwrap();
            assert!(is_equal, "{name}: {score} {found:?}, expected {expected:?}");
            let [low, high] = score.range;
            assert!(found.is_none_or(|found| low <= found && found <= high));
        }
    }
}

#[test]
fn scores_are_undefined_for_fewer_classes_than_they_declare() {
    for classes in 1..=8 {
        // Two samples of each class, one of them with the next class as the most probable one.
        let rows: Vec<Value> = (0..2 * classes)
            .map(|sample| {
                let likely = (sample / 2 + sample % 2) % classes;
                let share = |class| {
                    if class == likely {
                        0.5
                    } else {
                        0.5 / classes as f64
                    }
                };
                (0..classes).map(share).collect()
            })
            .collect();
        let labels: Vec<usize> = (0..2 * classes).map(|sample| sample / 2).collect();
        let case = json!({ "labels": labels, "probabilities": rows, "scores": { "loss": 1.0 } });
        let found = scores(&case);
        for score in Score::all() {
            let is_defined = found.get(score).is_some();
            assert_eq!(
                is_defined,
                classes >= score.min_classes,
                "{score} of {classes}"
            );
        }
    }
}

#[test]
fn names_are_unique_and_no_score_lacks_a_text() {
    let ids: BTreeSet<&str> = Score::all().map(|score| score.id).collect();
    assert_eq!(ids.len(), Score::all().count());
    for score in Score::all() {
        assert_eq!(Score::named(score.id), Some(score));
        let texts = [score.label, score.short_label].concat();
        assert!(texts.iter().all(|text| !text.is_empty()), "{score}");
        assert!(!score.description.ends_with('.'), "{score}");
    }
}
