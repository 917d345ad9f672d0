//! A runs folder with data of every TensorBoard plugin, from made-up numbers that are kept next to
//! it: `judges/tensorboard/run.sh` lets TensorBoard read it, and numpy compute the same.
//!
//! Written here, where a test can look at all of it, into `target/tmp/every-plugin`.

use crate::support::events::{event_file, events, scalar, value};
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use tp_sweep::metrics::{EpochMetrics, LayerValues, Score, Scores};
use tp_sweep::record::{
    BestTrial, ConfusionMatrix, CvScores, EventFile, GraphNode, HParam, PrCurve, SessionStatus,
    mean_and_deviation, mean_curves, write_best, write_cv_scores,
};

const INPUTS: usize = 24;
const CLASSES: usize = 10;
const EPOCHS: usize = 8;
const FOLDS: usize = 2;
const SAMPLES: usize = 600;
/// 2026-01-01, in seconds since 1970.
const START: f64 = 1_767_225_600.0;

/// Evenly and normally distributed numbers that are the same each time.
struct Numbers(u64);

impl Numbers {
    fn uniform(&mut self) -> f64 {
        // Knuth's linear congruential generator (MMIX); its upper bits are good enough here.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 40) as f64 + 0.5) / f64::from(1 << 24)
    }

    fn normal(&mut self, deviation: f64) -> f32 {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        (deviation * radius * (std::f64::consts::TAU * self.uniform()).cos()) as f32
    }

    fn normals(&mut self, count: usize, deviation: f64) -> Vec<f32> {
        (0..count).map(|_| self.normal(deviation)).collect()
    }
}

/// A made-up trial.
struct Trial {
    name: String,
    width: usize,
    learning_rate: f64,
}

fn trials() -> Vec<Trial> {
    let sizes = [16, 32, 64].into_iter();
    let pairs = sizes.flat_map(|width| [(width, 0.1), (width, 0.01)]);
    pairs
        .map(|(width, learning_rate)| Trial {
            name: format!("width{width}_lr{learning_rate}"),
            width,
            learning_rate,
        })
        .collect()
}

impl Trial {
    fn hparams(&self) -> BTreeMap<String, HParam> {
        BTreeMap::from([
            ("model.width".to_owned(), HParam::Number(self.width as f64)),
            (
                "training.learning_rate".to_owned(),
                HParam::Number(self.learning_rate),
            ),
        ])
    }

    fn graph(&self) -> Vec<GraphNode> {
        let node = |name: &str, operation: &str, inputs: &[&str], size: usize| GraphNode {
            name: name.to_owned(),
            operation: operation.to_owned(),
            inputs: inputs.iter().map(|&name| name.to_owned()).collect(),
            shape: vec![64, size as i64],
            attributes: vec![("features".to_owned(), size.to_string())],
        };
        vec![
            node("input", "Placeholder", &[], INPUTS),
            node("layer1/linear", "Linear", &["input"], self.width),
            node("layer1/relu", "Relu", &["layer1/linear"], self.width),
            node("layer2/linear", "Linear", &["layer1/relu"], CLASSES),
            node("labels", "Placeholder", &[], 1),
            node("loss", "CrossEntropy", &["layer2/linear", "labels"], 1),
        ]
    }

    /// The size of each layer: weights and biases.
    fn layers(&self) -> [(&'static str, usize); 2] {
        [
            ("layer1", (INPUTS + 1) * self.width),
            ("layer2", (self.width + 1) * CLASSES),
        ]
    }

    fn values(&self, epoch: usize, numbers: &mut Numbers) -> Vec<LayerValues> {
        let layers = self.layers().into_iter();
        layers
            .map(|(name, size)| LayerValues {
                name: name.to_owned(),
                weights: numbers.normals(size, 0.1 + 0.02 * epoch as f64),
                gradients: numbers.normals(size, 0.05 / epoch as f64),
            })
            .collect()
    }
}

/// Numbers that a histogram could trip over.
fn extremes() -> LayerValues {
    LayerValues {
        name: "extremes".to_owned(),
        weights: vec![
            0.0, -0.0, 1e-45, -1e-45, 1e-12, -1e-12, 1.1e-12, 1.0, -1.0, 1e19, -1e19, 2e20, -3e38,
        ],
        gradients: vec![
            f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            0.5,
            0.5_f32.next_up(),
        ],
    }
}

/// The made-up accuracy and loss after an epoch.
fn metrics(trial: &Trial, epoch: usize, numbers: &mut Numbers) -> (f64, f64) {
    let speed = 0.5 + 4.0 * trial.learning_rate + trial.width as f64 / 100.0;
    let done = 1.0 - (-speed * epoch as f64 / 2.0).exp();
    let accuracy = 0.1 + 0.85 * done + 0.01 * numbers.uniform();
    (
        accuracy,
        2.3 * (1.0 - 0.95 * done) + 0.02 * numbers.uniform(),
    )
}

/// Writes a run; returns its epochs.
fn write_run(root: &Path, trial: &Trial, fold: usize, numbers: &mut Numbers) -> Vec<EpochMetrics> {
    let run = format!("made-up/{}/fold-{fold}", trial.name);
    let folder = root.join("runs").join(&run);
    std::fs::create_dir_all(&folder).unwrap();
    let mut file = EventFile::create(&folder, START).unwrap();
    let group = format!("made-up/{}", trial.name);
    file.write_session_start(&group, &trial.hparams(), START)
        .unwrap();
    let configuration = format!(
        "key | value\n---|---\nmodel.width | {}\ntraining.learning_rate | {}\n",
        trial.width, trial.learning_rate
    );
    file.write_text("configuration", &configuration, START)
        .unwrap();
    let hardware = "what | value\n---|---\ndevice | cpu\n";
    file.write_text("Hardware/GPU", hardware, START).unwrap();
    file.write_graph(&trial.graph(), START).unwrap();
    let mut rows = String::from(
        "epoch,train_loss,train_accuracy,val_loss,val_accuracy,learning_rate,seconds\n",
    );
    let mut kept = BTreeMap::<String, BTreeMap<usize, Vec<f32>>>::new();
    let mut last = (0.0, 0.0);
    let mut epochs = Vec::new();
    for epoch in 1..=EPOCHS {
        let time = START + epoch as f64;
        let (accuracy, loss) = metrics(trial, epoch, numbers);
        last = (accuracy - 0.02, loss + 0.05);
        let rate = trial.learning_rate;
        let scalars = [
            ("Loss/train", loss),
            ("Accuracy/train", accuracy),
            ("LearningRate", rate),
            ("Metrics/epoch_seconds", 0.25),
            ("Loss/val", last.1),
            ("Accuracy/val", last.0),
        ];
        file.write_scalars(&scalars, epoch as i64, time).unwrap();
        let (val_accuracy, val_loss) = last;
        epochs.push(EpochMetrics {
            epoch,
            training: Scores::loss_and_accuracy(loss, accuracy),
            validation: Scores::loss_and_accuracy(val_loss, val_accuracy),
            learning_rate: rate,
            gradient_norms: Vec::new(),
            seconds: 0.25,
        });
        writeln!(
            rows,
            "{epoch},{loss},{accuracy},{val_loss},{val_accuracy},{rate},0.25"
        )
        .unwrap();
        let mut layers = trial.values(epoch, numbers);
        if trial.width == 16 && fold == 0 {
            layers.push(extremes());
        }
        file.write_layers(&layers, epoch as i64, time).unwrap();
        for layer in layers {
            let kinds = [("Weights", layer.weights), ("Gradients", layer.gradients)];
            for (kind, values) in kinds {
                let tag = format!("{kind}/{}", layer.name);
                kept.entry(tag).or_default().insert(epoch, values);
            }
        }
    }
    let (accuracy, loss) = (last.0 - 0.01, last.1 + 0.01);
    let scalars = [
        ("Loss/test", loss),
        ("Accuracy/test", accuracy),
        ("Metrics/test_macro_f1", accuracy),
        ("Metrics/val_macro_f1", last.0),
    ];
    let time = START + 60.0;
    file.write_scalars(&scalars, EPOCHS as i64, time).unwrap();
    file.write_session_end(SessionStatus::Success, time)
        .unwrap();
    file.flush().unwrap();
    std::fs::write(folder.join("epochs.csv"), rows).unwrap();
    let parameters: usize = trial.layers().iter().map(|layer| layer.1).sum();
    let result = json!({ "format": 2, "result": {
        "trial": trial.name,
        "fold": fold,
        "failure": null,
        "final_epoch": EPOCHS,
        "validation": { "loss": last.1, "accuracy": last.0, "macro_f1": last.0 },
        "test": { "loss": loss, "accuracy": accuracy, "macro_f1": accuracy },
        "parameters": parameters,
        "config": {
            "model": { "width": trial.width },
            "training": { "learning_rate": trial.learning_rate },
        },
    }});
    std::fs::write(folder.join("result.json"), result.to_string()).unwrap();
    // Numbers that are not finite become `null`, because JSON has no such numbers.
    write_values(root, &run, &json!(kept));
    epochs
}

fn write_values(root: &Path, run: &str, values: &serde_json::Value) {
    let path = root.join("values").join(format!("{run}.json"));
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, values.to_string()).unwrap();
}

/// Makes up probabilities of each class, and shows them as the best trial's.
fn write_made_up_best(root: &Path, trial: &str, numbers: &mut Numbers) {
    let classes: Vec<String> = (0..CLASSES).map(|class| class.to_string()).collect();
    let mut curves = vec![PrCurve::new(); CLASSES];
    let mut counts = vec![vec![0; CLASSES]; CLASSES];
    let mut samples = Vec::new();
    for sample in 0..SAMPLES {
        let label = sample % CLASSES;
        let mut scores: Vec<f32> = numbers.normals(CLASSES, 2.0);
        scores[label] += 3.0;
        let sum: f32 = scores.iter().map(|score| score.exp()).sum();
        let mut probabilities: Vec<f32> = scores.iter().map(|score| score.exp() / sum).collect();
        if sample < CLASSES {
            // Probabilities of 1 and 0: the last bin and the first.
            probabilities = (0..CLASSES)
                .map(|c| f32::from(u8::from(c == label)))
                .collect();
        }
        for (class, curve) in curves.iter_mut().enumerate() {
            curve.add(probabilities[class], class == label);
        }
        let greater = |a: &usize, b: &usize| probabilities[*a].total_cmp(&probabilities[*b]);
        counts[label][(0..CLASSES).max_by(greater).unwrap()] += 1;
        samples.push(json!({ "label": label, "probabilities": probabilities }));
    }
    let confusion = ConfusionMatrix {
        counts,
        classes: classes.clone(),
    };
    let best = BestTrial {
        confusions: ["validation", "test"]
            .map(|samples| (samples.to_owned(), confusion.clone()))
            .into(),
        curves: classes.into_iter().zip(curves).collect(),
    };
    let folder = root.join("runs/made-up").join(trial);
    write_best(&folder, &best, EPOCHS as i64, START + 120.0).unwrap();
    write_values(root, &format!("made-up/{trial}/best"), &json!(samples));
}

#[test]
fn a_folder_with_data_of_every_plugin_is_written() {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("every-plugin");
    std::fs::remove_dir_all(&root).ok();
    let mut numbers = Numbers(1);
    let trials = trials();
    for trial in &trials {
        let folds: Vec<Vec<EpochMetrics>> = (0..FOLDS)
            .map(|fold| write_run(&root, trial, fold, &mut numbers))
            .collect();
        let last = folds.iter().filter_map(|epochs| epochs.last());
        // As in the values of a run's result, the made-up F1 is the accuracy.
        let scored = last.map(|epoch| {
            let mut scores = epoch.validation.clone();
            scores.insert(Score::MACRO_F1, scores.accuracy().unwrap());
            scores
        });
        let runs: Vec<Scores> = scored.collect();
        let epochs: Vec<&[EpochMetrics]> = folds.iter().map(Vec::as_slice).collect();
        let scores = CvScores {
            runs,
            curves: mean_curves(&epochs),
        };
        let folder = root.join("runs/made-up").join(&trial.name);
        let group = format!("made-up/{}", trial.name);
        write_cv_scores(&folder, &group, &trial.hparams(), &scores, START + 90.0).unwrap();
        let events = events(&event_file(&folder.join("cv")));
        let accuracies = scores.runs.iter().map(|run| run.accuracy().unwrap());
        let accuracies: Vec<f64> = accuracies.collect();
        let (mean, _) = mean_and_deviation(&accuracies).unwrap();
        assert!((scalar(&events, "CV/val_accuracy_mean")[0].1 - mean).abs() < 1e-6);
    }
    write_made_up_best(&root, &trials[4].name, &mut numbers);
    let runs = trials.len() * FOLDS;
    let manifest = json!({ "name": "made-up", "trials": trials.len(), "runs": runs });
    std::fs::write(root.join("runs/made-up/sweep.json"), manifest.to_string()).unwrap();

    let first = root.join("runs/made-up/width16_lr0.1/fold-0");
    let events = events(&event_file(&first));
    let histogram = value(&events, "Weights/layer1");
    assert_eq!(histogram.get_histo().num, 25.0 * 16.0);
    let extremes = value(&events, "Weights/extremes");
    assert_eq!(extremes.get_histo().num, 13.0);
    assert_eq!(
        scalar(&events, "NotFinite/Gradients/extremes").len(),
        EPOCHS
    );
    assert!(events.iter().any(|event| !event.get_graph_def().is_empty()));
}
