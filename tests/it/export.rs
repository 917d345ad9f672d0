//! The model of a run is exported completely and reproducibly for other programs; what cannot be
//! exported is refused with what to do.

use crate::support::{Done, Project, files, repository};
use burn::backend::Flex;
use burn::module::Module;
use burn::nn;
use burn::record::{FullPrecisionSettings, NamedMpkFileRecorder, Recorder};
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData, activation};
use std::path::Path;

const SWEEP: &str = "
data: { limit: 400 }
model: { width: 8 }
training: { epochs: 1 }
validation: { folds: 2 }
grid: { training.learning_rate: [0.0001, 0.1, 0.001] }
";

fn data() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/data")
}

fn export(project: &Project, arguments: &[&str]) -> Done {
    project.run(&[&["export", "sweep.yaml", "--data", data()], arguments].concat())
}

fn exported(project: &Project, arguments: &[&str]) -> String {
    let done = export(project, arguments);
    assert_eq!((done.code, done.error.as_str()), (0, ""));
    done.output
}

fn trained(sweep: &str) -> Project {
    let project = Project::new(sweep);
    let done = project.train(&["--quiet"]);
    assert_eq!((done.code, done.error.as_str()), (0, ""));
    project
}

#[test]
fn the_best_trial_is_exported_the_same_each_time() {
    let project = trained(SWEEP);
    let output = exported(&project, &[]);
    assert!(
        output.starts_with("lr0.1/fold-0, validation accuracy "),
        "{output}"
    );
    assert!(
        output.contains("models/sweep-lr0.1/model.safetensors\n"),
        "{output}"
    );
    let names = |folder: &str| -> Vec<String> {
        let name = |path: std::path::PathBuf| path.file_name().unwrap().display().to_string();
        files(&project.path(folder)).into_iter().map(name).collect()
    };
    // No part of a file is left behind.
    assert_eq!(
        names("models/sweep-lr0.1"),
        ["model.json", "model.safetensors"]
    );
    exported(&project, &["--trial", "lr0.1", "--output", "again"]);
    for name in ["model.json", "model.safetensors"] {
        let read = |folder: &str| std::fs::read(project.path(folder).join(name)).unwrap();
        assert_eq!(read("models/sweep-lr0.1"), read("again"), "{name}");
    }
    let kept = std::fs::read(project.path("runs/sweep/lr0.1/fold-0/model.safetensors")).unwrap();
    assert_eq!(
        kept,
        std::fs::read(project.path("again/model.safetensors")).unwrap()
    );
    // The other fold is another model, next to it.
    exported(&project, &["--fold", "1"]);
    assert_eq!(
        names("models/sweep-lr0.1-fold-1"),
        ["model.json", "model.safetensors"]
    );
    assert_ne!(
        kept,
        std::fs::read(project.path("models/sweep-lr0.1-fold-1/model.safetensors")).unwrap()
    );
}

#[test]
fn the_description_states_what_the_model_is() {
    let project = trained(
        "data: { limit: 200, normalise: training }\ntraining: { epochs: 1 }\n\
         model: { kind: cnn, channels: [3, 4], width: 5, norm: batch, pooling: average,\n\
                  dropout: 0.25, activation: silu }\n",
    );
    exported(&project, &["--output", "model"]);
    let description: serde_json::Value =
        serde_json::from_str(&project.read("model/model.json")).unwrap();
    let kinds: Vec<&str> = description["layers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|layer| layer["kind"].as_str().unwrap())
        .collect();
    let block = ["convolution", "batch_norm", "activation", "pooling"];
    let rest = [
        "flatten",
        "dense",
        "batch_norm",
        "activation",
        "dropout",
        "dense",
    ];
    assert_eq!(kinds, [&block[..], &block, &rest].concat());
    assert_eq!(description["layers"][5]["name"], "norm2");
    assert_eq!(description["layers"][9]["inputs"], 7 * 7 * 4);
    assert_eq!(description["layers"][12]["rate"], 0.25);
    let input = &description["input"];
    assert_eq!(input["image"]["height"], 28);
    assert_eq!(input["normalise"], "training");
    // Of the run's own samples: near the published 0.1307, and not that.
    let mean = input["mean"][0].as_f64().unwrap();
    assert!(
        (mean - 0.1307).abs() < 0.02 && mean as f32 != 0.1307,
        "{mean}"
    );
    assert_eq!(description["classes"][9], "9");
    assert_eq!(description["run"]["trial"], "base");
    let result: serde_json::Value =
        serde_json::from_str(&project.read("runs/sweep/base/fold-0/result.json")).unwrap();
    assert_eq!(description["run"]["test"], result["result"]["test"]);
    assert_eq!(description["run"]["identity"], result["result"]["identity"]);
}

#[test]
fn a_run_whose_weights_are_gone_is_trained_again_to_the_same_bytes() {
    let project = trained(SWEEP);
    exported(&project, &["--output", "kept"]);
    let weights = "runs/sweep/lr0.1/fold-0/model.safetensors";
    std::fs::remove_file(project.path(weights)).unwrap();
    let before = files(&project.path("runs"));
    let refused = export(&project, &["--output", "none"]);
    assert_eq!(refused.code, 2);
    for part in ["lr0.1/fold-0 were not kept", "--retrain", "--set keep=all"] {
        assert!(refused.error.contains(part), "{}", refused.error);
    }
    assert!(!project.path("none").exists());
    exported(&project, &["--retrain", "--output", "again"]);
    for name in ["model.json", "model.safetensors"] {
        let read = |folder: &str| std::fs::read(project.path(folder).join(name)).unwrap();
        assert_eq!(read("kept"), read("again"), "{name}");
    }
    assert_eq!(
        files(&project.path("runs")),
        before,
        "the results stay as they are"
    );
    // It is still a finished run.
    let done = project.train(&[]);
    assert!(done.error.contains("6 already finished"), "{}", done.error);
}

#[test]
fn an_impossible_export_is_refused_with_a_fix() {
    let project = Project::new(SWEEP);
    let refused = |arguments: &[&str]| {
        let done = export(&project, arguments);
        assert_eq!(done.code, 2, "{}", done.error);
        assert!(!project.path("models").exists());
        done.error
    };
    assert!(refused(&[]).contains("no results of this sweep"));
    assert_eq!(project.train(&["--quiet"]).code, 0);
    assert!(refused(&["--trial", "lr0.2"]).contains("no such trial: lr0.2; did you mean lr0.1?"));
    assert!(refused(&["--trial", "wide"]).contains("the report"));
    assert!(refused(&["--fold", "2"]).contains("lr0.1 has 2 folds and 1 repeat, counted from 0"));
    assert!(refused(&["--trial", "lr0.001"]).contains("lr0.001/fold-0 were not kept"));
    let torn = project.path("runs/sweep/lr0.1/fold-0/model.safetensors");
    let whole = std::fs::read(&torn).unwrap();
    std::fs::write(&torn, &whole[..whole.len() - 1]).unwrap();
    assert!(refused(&[]).contains("model.safetensors cannot be used: it is damaged"));
    std::fs::remove_file(project.path("runs/sweep/lr0.1/fold-0/result.json")).unwrap();
    assert!(refused(&["--trial", "lr0.1"]).contains("lr0.1/fold-0 has not finished"));
}

#[test]
fn a_sweep_that_compares_nothing_has_no_best_trial() {
    let held_out = SWEEP.replace("folds: 2", "holdout: 0");
    let project = trained(&held_out);
    let refused = export(&project, &[]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.error.contains("without validation data"),
        "{}",
        refused.error
    );
    exported(&project, &["--trial", "lr0.0001"]);
    let alone =
        trained("data: { limit: 100 }\ntraining: { epochs: 1 }\nvalidation: { holdout: 0 }\n");
    exported(&alone, &[]);
    let diverged =
        Project::new("data: { limit: 100 }\ntraining: { epochs: 1, learning_rate: 1.0e+30 }\n");
    assert_eq!(diverged.train(&["--quiet"]).code, 1);
    let error = export(&diverged, &[]).error;
    assert!(
        error.contains("every trial has a failed run (diverged"),
        "{error}"
    );
    let error = export(&diverged, &["--trial", "base"]).error;
    assert!(
        error.contains("base/fold-0 has not finished: diverged"),
        "{error}"
    );
}

/// A module as a user of burn writes it: with a dropout that loads nothing.
#[derive(Module, Debug)]
struct Perceptron<B: Backend> {
    layer1: nn::Linear<B>,
    norm1: nn::BatchNorm<B>,
    dropout: nn::Dropout,
    layer2: nn::Linear<B>,
    norm2: nn::BatchNorm<B>,
    layer3: nn::Linear<B>,
}

#[derive(Module, Debug)]
struct Convolutional<B: Backend> {
    layer1: nn::conv::Conv2d<B>,
    norm1: nn::LayerNorm<B>,
    pool: nn::pool::MaxPool2d,
    layer2: nn::conv::Conv2d<B>,
    norm2: nn::LayerNorm<B>,
    layer3: nn::Linear<B>,
    norm3: nn::LayerNorm<B>,
    layer4: nn::Linear<B>,
}

fn loaded<M: Module<Flex>>(module: M, folder: &Path) -> M {
    let recorder = NamedMpkFileRecorder::<FullPrecisionSettings>::default();
    let record = recorder.load(folder.join("model"), &Default::default());
    module.load_record(record.unwrap())
}

/// The first MNIST test images, normalised: `[images, 1, 28, 28]`.
fn images(count: usize) -> Tensor<Flex, 4> {
    let file = std::fs::File::open(repository().join("data/mnist/t10k-images-idx3-ubyte.gz"));
    let mut bytes = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(file.unwrap());
    std::io::Read::read_to_end(&mut decoder, &mut bytes).unwrap();
    let pixels = bytes[16..][..count * 784].iter();
    let values: Vec<f32> = pixels
        .map(|&pixel| (f32::from(pixel) / 255.0 - 0.1307) / 0.3081)
        .collect();
    Tensor::from_data(
        TensorData::new(values, [count, 1, 28, 28]),
        &Default::default(),
    )
}

/// The logits that `predict` prints for the same images.
fn predicted(project: &Project, count: usize) -> Vec<f32> {
    exported(project, &["--output", "model"]);
    let file = repository().join("data/mnist/t10k-images-idx3-ubyte.gz");
    let done = project.run(&["predict", "model", file.to_str().unwrap(), "--logits"]);
    assert_eq!((done.code, done.error.as_str()), (0, ""));
    let rows = done.output.lines().skip(1).take(count);
    let logits = rows.flat_map(|row| {
        row.split(',')
            .skip(14)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    logits.map(|logit| logit.parse().unwrap()).collect()
}

fn assert_close(ours: &[f32], theirs: Tensor<Flex, 2>) {
    let theirs: Vec<f32> = theirs.into_data().into_vec().unwrap();
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert!((ours - theirs).abs() < 1e-4, "{ours} {theirs}");
    }
}

#[test]
fn burn_loads_a_perceptron_into_burn_modules() {
    let project = trained(
        "data: { limit: 500 }\nmodel: { layers: 2, width: [12, 9], norm: batch, dropout: 0.1, activation: gelu }\n\
         training: { epochs: 1, learning_rate: 0.1 }\n",
    );
    exported(&project, &["--format", "burn", "--output", "burn"]);
    exported(&project, &["--format", "burn", "--output", "again"]);
    let read = |folder: &str| std::fs::read(project.path(folder).join("model.mpk")).unwrap();
    assert_eq!(read("burn"), read("again"));
    let device = Default::default();
    let module = Perceptron {
        layer1: nn::LinearConfig::new(784, 12).init(&device),
        norm1: nn::BatchNormConfig::new(12).init(&device),
        dropout: nn::DropoutConfig::new(0.1).init(),
        layer2: nn::LinearConfig::new(12, 9).init(&device),
        norm2: nn::BatchNormConfig::new(9).init(&device),
        layer3: nn::LinearConfig::new(9, 10).init(&device),
    };
    let module = loaded(module, &project.path("burn"));
    let hidden = module.layer1.forward(images(50).flatten::<2>(1, 3));
    let hidden = activation::gelu(module.norm1.forward(hidden));
    let hidden = module.layer2.forward(module.dropout.forward(hidden));
    let hidden = activation::gelu(module.norm2.forward(hidden));
    assert_close(&predicted(&project, 50), module.layer3.forward(hidden));
    // A folder with burn's weights alone cannot be used here, and the message states it.
    let done = project.run(&["predict", "burn", "nothing.png"]);
    assert!(
        done.error.contains("--format safetensors"),
        "{}",
        done.error
    );
}

#[test]
fn burn_loads_a_convolutional_network_into_burn_modules() {
    let project = trained(
        "data: { limit: 300 }\nmodel: { kind: cnn, channels: [3, 4], width: 6, norm: layer }\n\
         training: { epochs: 1, learning_rate: 0.05 }\n",
    );
    exported(&project, &["--format", "burn", "--output", "burn"]);
    let device = Default::default();
    let convolution = |channels: [usize; 2]| {
        let padding = nn::PaddingConfig2d::Explicit(1, 1, 1, 1);
        let config = nn::conv::Conv2dConfig::new(channels, [3, 3]).with_padding(padding);
        config.init(&device)
    };
    let module = Convolutional {
        layer1: convolution([1, 3]),
        norm1: nn::LayerNormConfig::new(3 * 28 * 28).init(&device),
        pool: nn::pool::MaxPool2dConfig::new([2, 2])
            .with_strides([2, 2])
            .init(),
        layer2: convolution([3, 4]),
        norm2: nn::LayerNormConfig::new(4 * 14 * 14).init(&device),
        layer3: nn::LinearConfig::new(4 * 7 * 7, 6).init(&device),
        norm3: nn::LayerNormConfig::new(6).init(&device),
        layer4: nn::LinearConfig::new(6, 10).init(&device),
    };
    let module = loaded(module, &project.path("burn"));
    let normed = |norm: &nn::LayerNorm<Flex>, images: Tensor<Flex, 4>| {
        let shape = images.dims();
        norm.forward(images.flatten::<2>(1, 3)).reshape(shape)
    };
    let hidden = normed(&module.norm1, module.layer1.forward(images(30)));
    let hidden = module.pool.forward(activation::relu(hidden));
    let hidden = normed(&module.norm2, module.layer2.forward(hidden));
    let hidden = module.pool.forward(activation::relu(hidden));
    let hidden = module.layer3.forward(hidden.flatten::<2>(1, 3));
    let hidden = activation::relu(module.norm3.forward(hidden));
    assert_close(&predicted(&project, 30), module.layer4.forward(hidden));
}
