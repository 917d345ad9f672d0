//! The event files, byte by byte, without TensorBoard: framing, checksums, tags, values.
//!
//! `judges/tensorboard/check.py` reads the same with TensorBoard itself.

use crate::support::Project;
use crate::support::events::{crc32c, event_file, events, scalar, value};
use protobuf::Message;
use tensorboard_proto::event::{Event, SessionLog_SessionStatus};
use tensorboard_proto::layout::Layout;
use tensorboard_proto::plugin_hparams::HParamsPluginData;
use tp_sweep::record::mean_and_deviation;

fn hparams(events: &[Event], tag: &str) -> HParamsPluginData {
    let values = events
        .iter()
        .flat_map(|event| event.get_summary().get_value());
    let value = values
        .into_iter()
        .find(|value| value.get_tag() == tag)
        .unwrap();
    let plugin = value.metadata.get_ref().plugin_data.get_ref();
    assert_eq!(plugin.get_plugin_name(), "hparams");
    HParamsPluginData::parse_from_bytes(plugin.get_content()).unwrap()
}

#[test]
fn crc32c_gives_its_published_check_value() {
    // RFC 3720, B.4: 32 bytes of zeros.
    assert_eq!(crc32c(&[0; 32]), 0x8A91_36AA);
}

#[test]
fn every_run_has_its_scalars_hparams_and_texts() {
    let project = Project::new(
        "data: { limit: 300 }\ntraining: { epochs: 2 }\nvalidation: { folds: 2 }\n\
         grid: { training.learning_rate: [0.1, 0.01], training.optimizer: [sgd, adam] }\n",
    );
    assert_eq!(project.train(&["--quiet"]).code, 0);
    for trial in ["lr0.1_optimizer-sgd", "lr0.01_optimizer-adam"] {
        let mut accuracies = Vec::new();
        let mut curves = Vec::new();
        for fold in ["fold-0", "fold-1"] {
            let folder = project.path("runs/sweep").join(trial).join(fold);
            let events = events(&event_file(&folder));
            assert_eq!(events[0].get_file_version(), "brain.Event:2");
            // TensorBoard forgets what an earlier attempt wrote about the run.
            let start = SessionLog_SessionStatus::START;
            assert_eq!(events[1].get_session_log().get_status(), start);
            let epochs = std::fs::read_to_string(folder.join("epochs.csv")).unwrap();
            let rows: Vec<Vec<f64>> = epochs
                .lines()
                .skip(1)
                .map(|row| row.split(',').map(|cell| cell.parse().unwrap()).collect())
                .collect();
            assert_eq!(rows.len(), 2);
            let columns = [
                ("Loss/train", 1),
                ("Accuracy/train", 2),
                ("Loss/val", 3),
                ("Accuracy/val", 4),
                ("LearningRate", 5),
                ("Metrics/epoch_seconds", 6),
            ];
            for (tag, column) in columns {
                let curve = scalar(&events, tag);
                assert_eq!(curve.len(), 2, "{tag}");
                for (row, (step, value)) in rows.iter().zip(curve) {
                    assert_eq!(step as f64, row[0], "{tag}");
                    assert!(
                        (value - row[column]).abs() <= 1e-6 * row[column].abs(),
                        "{tag}"
                    );
                }
            }
            assert_eq!(scalar(&events, "Accuracy/test").len(), 1);
            accuracies.push(rows[1][4]);
            curves.push([rows[0][3], rows[1][3]]);
            let start = hparams(&events, "_hparams_/session_start_info");
            let start = start.get_session_start_info();
            assert_eq!(start.get_group_name(), format!("sweep/{trial}"));
            assert_eq!(start.hparams.len(), 2);
            assert!(start.hparams["training.learning_rate"].get_number_value() > 0.0);
            let end = hparams(&events, "_hparams_/session_end_info");
            assert_eq!(end.get_session_end_info().get_status() as i32, 1);
            let texts: Vec<String> = events
                .iter()
                .flat_map(|event| event.get_summary().get_value())
                .filter(|value| value.get_tag().ends_with("/text_summary"))
                .map(|value| {
                    String::from_utf8(value.get_tensor().get_string_val()[0].clone()).unwrap()
                })
                .collect();
            assert!(
                texts[0].contains("training.learning_rate | 0."),
                "{}",
                texts[0]
            );
            assert!(texts[1].contains("device | cpu"), "{}", texts[1]);
        }
        let events = events(&event_file(
            &project.path("runs/sweep").join(trial).join("cv"),
        ));
        let folds: Vec<f64> = scalar(&events, "CV/val_accuracy")
            .into_iter()
            .map(|(_, value)| value)
            .collect();
        assert_eq!(folds.len(), accuracies.len());
        for (written, accuracy) in folds.iter().zip(&accuracies) {
            assert!((written - accuracy).abs() < 1e-6);
        }
        let (mean, deviation) = mean_and_deviation(&accuracies).unwrap();
        let written = |tag| scalar(&events, tag)[0].1;
        assert!((written("CV/val_accuracy_mean") - mean).abs() < 1e-6);
        assert!((written("CV/val_accuracy_sd") - deviation.unwrap()).abs() < 1e-6);
        // The losses of both folds after each epoch.
        for index in 0..2 {
            let losses: Vec<f64> = curves.iter().map(|curve| curve[index]).collect();
            let (mean, deviation) = mean_and_deviation(&losses).unwrap();
            let deviation = deviation.unwrap();
            for (end, expected) in [
                ("mean", mean),
                ("mean_minus_sd", mean - deviation),
                ("mean_plus_sd", mean + deviation),
            ] {
                let curve = scalar(&events, &format!("CV_curves/Loss/val/{end}"));
                assert_eq!(curve.len(), 2);
                assert_eq!(curve[index].0, index as i64 + 1);
                assert!((curve[index].1 - expected).abs() < 1e-6 * mean, "{end}");
            }
        }
        let layout = value(&events, "custom_scalars__config__");
        let layout = Layout::parse_from_bytes(&layout.get_tensor().get_string_val()[0]).unwrap();
        let charts = layout.get_category()[0].get_chart();
        let titles: Vec<&str> = charts
            .iter()
            .map(tensorboard_proto::layout::Chart::get_title)
            .collect();
        let expected = ["Accuracy/train", "Accuracy/val", "GradientNorm/layer1"];
        assert_eq!(titles[..3], expected);
        for chart in charts {
            let series = &chart.get_margin().get_series()[0];
            for tag in [series.get_value(), series.get_lower(), series.get_upper()] {
                assert_eq!(scalar(&events, tag).len(), 2, "{tag}");
            }
        }
    }
}

#[test]
fn a_failed_run_ends_its_session_as_failed() {
    let project =
        Project::new("data: { limit: 200 }\ntraining: { epochs: 1, learning_rate: 1.0e+30 }\n");
    assert_eq!(project.train(&["--quiet"]).code, 1);
    let events = events(&event_file(&project.path("runs/sweep/base/fold-0")));
    let end = hparams(&events, "_hparams_/session_end_info");
    assert_eq!(end.get_session_end_info().get_status() as i32, 2);
}

/// The value of a factor in the HParams tab for each trial: its kind and itself as text.
fn values_of(grid: &str, factor: &str) -> Vec<(String, String)> {
    let text = format!("data: {{ limit: 40 }}\ntraining: {{ epochs: 1 }}\n{grid}\n");
    let project = Project::new(&text);
    let done = project.train(&["--quiet"]);
    assert_eq!(done.code, 0, "{}", done.error);
    let mut trials: Vec<_> = std::fs::read_dir(project.path("runs/sweep"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("fold-0").is_dir())
        .collect();
    trials.sort();
    let value = |trial: &std::path::PathBuf| {
        let events = events(&event_file(&trial.join("fold-0")));
        let start = hparams(&events, "_hparams_/session_start_info");
        let hparams = &start.get_session_start_info().hparams;
        let value = hparams.get(factor)?;
        Some(match (value.has_number_value(), value.has_bool_value()) {
            (true, _) => ("number".to_owned(), value.get_number_value().to_string()),
            (_, true) => ("flag".to_owned(), value.get_bool_value().to_string()),
            _ => ("text".to_owned(), value.get_string_value().to_owned()),
        })
    };
    trials.iter().filter_map(value).collect()
}

#[test]
fn the_values_of_a_factor_are_of_one_kind_in_every_trial() {
    let owned = |values: &[(&str, &str)]| -> Vec<(String, String)> {
        let owned = |(kind, value): &(&str, &str)| ((*kind).to_owned(), (*value).to_owned());
        values.iter().map(owned).collect()
    };
    for (grid, factor, expected) in [
        (
            "grid: { model.width: [8, [8, 4]] }",
            "model.width",
            [("text", "8"), ("text", "8-4")].as_slice(),
        ),
        (
            "grid: { model.width: [8, 16] }",
            "model.width",
            &[("number", "16"), ("number", "8")],
        ),
        (
            "grid: { training.clip_norm: [null, 0.5] }",
            "training.clip_norm",
            &[("text", "none"), ("text", "0.5")],
        ),
        (
            "grid: { validation.stratified: [true, false] }",
            "validation.stratified",
            &[("flag", "false"), ("flag", "true")],
        ),
        (
            "grid:\n  training.optimizer: [sgd, adam]\n  training.momentum: { values: [0, 0.9], when: { training.optimizer: sgd } }",
            "training.momentum",
            &[("number", "0"), ("number", "0.9")],
        ),
        (
            "grid: { model.layers: [1] }\ninclude: [{ training.patience: 5 }]",
            "training.patience",
            &[("number", "5")],
        ),
    ] {
        assert_eq!(values_of(grid, factor), owned(expected), "{grid}");
    }
}

#[test]
fn without_events_the_scores_over_folds_have_no_mean_curves() {
    let project = Project::new(
        "data: { limit: 200 }\ntraining: { epochs: 1 }\nvalidation: { folds: 2 }\n\
         record: { events: none }\n",
    );
    assert_eq!(project.train(&["--quiet"]).code, 0);
    let events = events(&event_file(&project.path("runs/sweep/base/cv")));
    assert_eq!(scalar(&events, "CV/val_loss").len(), 2);
    assert_eq!(scalar(&events, "CV_curves/Loss/val/mean"), []);
}
