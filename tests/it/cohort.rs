//! The stacked model: equal to autodiff, and the same for a member whatever its cohort.

use crate::support::training::{
    self, MemberRecord, RecordingObserver, member, observed, with_settings,
};
use burn::backend::{Autodiff, Flex};
use burn::tensor::{Tensor, TensorData, activation};
use std::path::PathBuf;
use tp_sweep::backend::Backend;
use tp_sweep::data::{Dataset, DeviceDataset, load};
use tp_sweep::datasets::KnownSet;
use tp_sweep::metrics::EpochMetrics;
use tp_sweep::model::Network;
use tp_sweep::random::{Purpose, Seed};
use tp_sweep::spec::{Config, Count, DatasetInfo, DatasetKind};
use tp_sweep::stages::{ActivationFunction, DropoutNoise, DropoutSite, StageGradient};
use tp_sweep::train::{Interrupted, Member};

type Tape = Autodiff<Flex>;

fn seeds(count: u32) -> Vec<Seed> {
    (0..count)
        .map(|repeat| Seed {
            sweep: 7,
            repeat,
            fold: 0,
        })
        .collect()
}

/// Loss gradients of all parameters by burn's autodiff, for the same weights and noise.
fn by_autodiff(
    parameters: &[Tensor<Flex, 3>],
    input: &TensorData,
    targets: &TensorData,
    function: ActivationFunction,
    factors: &[TensorData],
) -> Vec<TensorData> {
    let device = Default::default();
    let tracked: Vec<Tensor<Tape, 3>> = parameters
        .iter()
        .map(|p| Tensor::<Tape, 3>::from_data(p.to_data(), &device).require_grad())
        .collect();
    let mut current = Tensor::<Tape, 3>::from_data(input.clone(), &device);
    let layers = tracked.len() / 2;
    for layer in 0..layers {
        current = current.matmul(tracked[2 * layer].clone()) + tracked[2 * layer + 1].clone();
        if layer + 1 < layers {
            current = match function {
                ActivationFunction::Relu => activation::relu(current),
                ActivationFunction::Tanh => current.tanh(),
                ActivationFunction::Sigmoid => activation::sigmoid(current),
                other => panic!("{other} is compared with PyTorch"),
            };
            if let Some(factors) = factors.get(layer) {
                current = current * Tensor::<Tape, 3>::from_data(factors.clone(), &device);
            }
        }
    }
    let targets = Tensor::<Tape, 3>::from_data(targets.clone(), &device);
    let batch = targets.dims()[1] as f64;
    let loss = (activation::log_softmax(current, 2) * targets).sum().neg() / batch;
    let gradients = loss.backward();
    tracked
        .iter()
        .map(|p| {
            p.grad(&gradients)
                .expect("every parameter has a gradient")
                .into_data()
        })
        .collect()
}

fn random_data(shape: [usize; 3], index: u32) -> TensorData {
    let mut values = vec![0.0; shape.iter().product()];
    let seed = Seed {
        sweep: 1,
        repeat: 0,
        fold: 0,
    };
    seed.stream(Purpose::InitialWeights, [index, 99])
        .fill_uniform(&mut values);
    TensorData::new(
        values.iter().map(|v| 2.0 * v - 1.0).collect::<Vec<f32>>(),
        shape,
    )
}

fn unit_vectors([members, batch, classes]: [usize; 3]) -> TensorData {
    let mut values = vec![0.0_f32; members * batch * classes];
    for row in 0..members * batch {
        values[row * classes + (row * 7 + row / 3) % classes] = 1.0;
    }
    TensorData::new(values, [members, batch, classes])
}

#[test]
fn closed_form_gradients_equal_autodiff() {
    let device = Default::default();
    use ActivationFunction::{Relu, Sigmoid, Tanh};
    for function in [Relu, Tanh, Sigmoid] {
        for (members, shared) in [(1, true), (3, true), (3, false)] {
            for rate in [0.0, 0.4] {
                let seeds = seeds(members);
                let owners = if shared { 1 } else { members as usize };
                let mut config = config(&[
                    ("model.width", "[7, 6]"),
                    ("model.activation", function.name()),
                    ("model.dropout", &rate.to_string()),
                ]);
                config.dataset_info = DatasetInfo {
                    features: 5,
                    classes: 4,
                    image: None,
                    ..DatasetInfo::default()
                };
                let configs = vec![&config; seeds.len()];
                let mut model = Network::<Flex>::new(&configs, &seeds, &device);
                let input = random_data([owners, 8, 5], 0);
                let targets = unit_vectors([owners, 8, 4]);
                let sites = [0, 1].map(DropoutSite::Hidden);
                let noise = || DropoutNoise::new(sites, &seeds, |_, _| rate, 0);
                let factors: Vec<TensorData> = match noise() {
                    None => Vec::new(),
                    Some(mut same) => [7, 6]
                        .iter()
                        .enumerate()
                        .map(|(layer, &units)| {
                            let site = DropoutSite::Hidden(layer);
                            let factors = same.factors::<Flex>(site, [8, units], &device);
                            factors.expect("every member drops").into_data()
                        })
                        .collect(),
                };
                let mut noise = noise();
                let tensor =
                    |data: &TensorData| Tensor::<Flex, 3>::from_data(data.clone(), &device);
                let (logits, trace) = model.forward(tensor(&input), noise.as_mut());
                let judged = Flex::cross_entropy(logits, tensor(&targets), tensor(&targets));
                let ours = model.backward(trace, judged.gradient).into_iter();
                let ours: Vec<_> = ours.flat_map(StageGradient::values).collect();
                let theirs = by_autodiff(model.parameters(), &input, &targets, function, &factors);
                assert_eq!(ours.len(), theirs.len());
                for (ours, theirs) in ours.into_iter().zip(theirs) {
                    ours.into_data().assert_approx_eq::<f32>(
                        &theirs,
                        burn::tensor::Tolerance::rel_abs(1e-4, 1e-6),
                    );
                }
            }
        }
    }
}

fn config(settings: &[(&str, &str)]) -> Config {
    let mut config = Config::default();
    config.data.limit = Count::new(600);
    config.training.epochs = Count::new(3).unwrap();
    with_settings(config, settings)
}

/// Trains runs together.
fn trained(
    dataset: &Dataset,
    data: &DeviceDataset<Flex>,
    runs: &[(&Config, Seed)],
) -> Vec<MemberRecord> {
    let labels = &dataset.train.labels;
    let members = runs
        .iter()
        .map(|&(config, seed)| member(config, seed, labels));
    training::trained(data, &members.collect::<Vec<Member>>())
}

fn mnist() -> (Dataset, DeviceDataset<Flex>) {
    let dataset = load(
        DatasetKind::Known(KnownSet::MNIST),
        &[PathBuf::from("data")],
    )
    .unwrap();
    let data = DeviceDataset::new(&dataset, &Default::default());
    (dataset, data)
}

#[test]
fn a_members_result_does_not_depend_on_its_cohort() {
    let (dataset, data) = mnist();
    let seed = |repeat| Seed {
        sweep: 3,
        repeat,
        fold: 0,
    };
    let sgd = config(&[
        ("training.learning_rate", "0.1"),
        ("training.momentum", "0.9"),
    ]);
    let dropping = config(&[("model.dropout", "0.3"), ("training.weight_decay", "0.01")]);
    let scheduled = config(&[("training.schedule", "cosine"), ("training.warmup", "1")]);
    let adam = |rate| {
        config(&[
            ("training.optimizer", "adam"),
            ("training.learning_rate", rate),
        ])
    };
    let (slow, fast) = (adam("0.001"), adam("0.01"));
    let bounded = config(&[
        ("training.learning_rate", "0.1"),
        ("training.l1", "0.0001"),
        ("training.clip_norm", "0.5"),
        ("training.max_norm", "1.5"),
        ("training.label_smoothing", "0.1"),
        ("model.input_dropout", "0.2"),
    ]);
    let normed = |rate: &str, smoothing: &str| {
        config(&[
            ("model.norm", "batch"),
            ("training.learning_rate", rate),
            ("training.label_smoothing", smoothing),
            ("training.clip_value", "0.01"),
        ])
    };
    let (normed, normed_smooth) = (normed("0.1", "0"), normed("0.05", "0.1"));
    let convolving = |rate: &str, patience: &str| {
        let mut config = config(&[
            ("model.kind", "cnn"),
            ("model.channels", "[3, 4]"),
            ("model.norm", "layer"),
            ("model.block_dropout", "0.1"),
            ("model.init", "kaiming_normal"),
            ("training.learning_rate", rate),
            ("training.patience", patience),
        ]);
        config.data.limit = Count::new(200);
        config
    };
    let convolving_normed = |optimizer: &str| {
        let mut config = config(&[
            ("model.kind", "cnn"),
            ("model.channels", "[3, 17]"),
            ("model.kernel_size", "5"),
            ("model.pooling", "average"),
            ("model.norm", "batch"),
            ("training.optimizer", optimizer),
            ("training.learning_rate", "0.002"),
        ]);
        config.data.limit = Count::new(200);
        config
    };
    let [convolving_adam, convolving_nadam] = ["adam", "nadam"].map(convolving_normed);
    // The first stops early and goes back to its best epoch.
    let (mut stopping, patient) = (convolving("0.1", "1"), convolving("0.1", "null"));
    stopping.training.min_delta = tp_sweep::spec::NonNegative::new(10.0).unwrap();
    let (stopping_normed, patient_normed) = {
        let with = |patience: &str| {
            config(&[
                ("model.norm", "batch"),
                (
                    "training.learning_rate",
                    if patience == "1" { "2.0" } else { "0.1" },
                ),
                ("training.patience", patience),
                (
                    "training.min_delta",
                    if patience == "1" { "10" } else { "0" },
                ),
            ])
        };
        (with("1"), with("null"))
    };
    let of_optimizer = |name: &str, other: (&'static str, &'static str)| {
        config(&[
            ("training.optimizer", name),
            ("training.learning_rate", "0.002"),
            other,
        ])
    };
    let dampened = config(&[("training.momentum", "0.9"), ("training.dampening", "0.5")]);
    // Dampening without momentum has no effect.
    let plain = config(&[("training.dampening", "0.5")]);
    let rmsprop = of_optimizer("rmsprop", ("training.momentum", "0.5"));
    let rmsprop_plain = of_optimizer("rmsprop", ("training.alpha", "0.9"));
    let nadam = of_optimizer("nadam", ("training.momentum_decay", "0.1"));
    let nadam_decayed = of_optimizer("nadam", ("training.weight_decay", "0.01"));
    let adagrad = of_optimizer("adagrad", ("training.learning_rate_decay", "0.1"));
    let adagrad_plain = of_optimizer("adagrad", ("training.epsilon", "1e-8"));
    let adamw = of_optimizer("adamw", ("training.weight_decay", "0.1"));
    let adamw_plain = of_optimizer("adamw", ("training.weight_decay", "0"));
    let plateau = config(&[
        ("training.learning_rate", "0.5"),
        (
            "training.schedule",
            "{ plateau: { patience: 0, threshold: 0.5 } }",
        ),
    ]);
    let cohorts: [Vec<(&Config, Seed)>; 13] = [
        vec![
            (&convolving_adam, seed(0)),
            (&convolving_nadam, seed(0)),
            (&convolving_adam, seed(1)),
        ],
        vec![(&stopping_normed, seed(0)), (&patient_normed, seed(0))],
        vec![(&dampened, seed(0)), (&plain, seed(0)), (&plateau, seed(0))],
        vec![(&rmsprop, seed(0)), (&rmsprop_plain, seed(0))],
        vec![(&nadam, seed(0)), (&nadam_decayed, seed(1))],
        vec![(&adagrad, seed(0)), (&adagrad_plain, seed(0))],
        vec![(&adamw, seed(0)), (&adamw_plain, seed(0))],
        vec![(&sgd, seed(0)), (&dropping, seed(0)), (&scheduled, seed(0))],
        vec![
            (&sgd, seed(0)),
            (&sgd, seed(1)),
            (&dropping, seed(2)),
            (&scheduled, seed(0)),
        ],
        vec![(&slow, seed(0)), (&fast, seed(0)), (&fast, seed(1))],
        vec![(&sgd, seed(0)), (&bounded, seed(0)), (&bounded, seed(1))],
        vec![
            (&normed, seed(0)),
            (&normed_smooth, seed(0)),
            (&normed, seed(1)),
        ],
        vec![
            (&stopping, seed(0)),
            (&patient, seed(0)),
            (&patient, seed(1)),
        ],
    ];
    for cohort in cohorts {
        let together = trained(&dataset, &data, &cohort);
        for (run, together) in cohort.iter().zip(&together) {
            let alone = trained(&dataset, &data, &[*run]).remove(0);
            let epochs = alone.epochs.len();
            assert_eq!(together.epochs.len(), epochs);
            let stops = run.0.training.patience.is_some();
            assert_eq!(epochs < 3, stops, "{epochs} epochs");
            for (a, b) in together.epochs.iter().zip(&alone.epochs) {
                assert_eq!(a.validation.accuracy(), b.validation.accuracy());
                let [loss, alone] = [a, b].map(|epoch| epoch.training.loss().unwrap());
                let error = (loss / alone - 1.0).abs();
                assert!(error < 1e-5, "epoch {}: {loss} vs {alone}", a.epoch);
                assert_eq!(a.learning_rate, b.learning_rate);
            }
            let (a, b) = (together.finished(), alone.finished());
            assert_eq!(a.epoch, b.epoch);
            assert_eq!(a.epoch < epochs, stops);
            let (validation, scores) = a.validation.clone().unwrap();
            let (validation_alone, scores_alone) = b.validation.clone().unwrap();
            assert_eq!(validation.accuracy(), validation_alone.accuracy());
            assert_eq!(scores.confusion, scores_alone.confusion);
            let ((a, _), (b, _)) = (&a.test, &b.test);
            assert!(
                (a.loss().unwrap() / b.loss().unwrap() - 1.0).abs() < 1e-4,
                "{a:?} vs {b:?}"
            );
        }
    }
}

#[test]
fn a_run_that_stops_early_ends_with_its_best_epoch_or_its_last() {
    let (dataset, data) = mnist();
    let seed = Seed {
        sweep: 3,
        repeat: 0,
        fold: 0,
    };
    // A learning rate at which the validation loss soon goes up and down.
    let stopping = |restore: &str, norm: &str| {
        config(&[
            ("model.norm", norm),
            ("training.epochs", "30"),
            ("training.learning_rate", "1.0"),
            ("training.patience", "2"),
            ("training.restore_best", restore),
        ])
    };
    for (restore, norm) in [("true", "none"), ("true", "batch"), ("false", "none")] {
        let is_best = restore == "true";
        let config = stopping(restore, norm);
        let record = trained(&dataset, &data, &[(&config, seed)]).remove(0);
        let (epochs, finished) = (&record.epochs, record.finished());
        let loss = |epoch: &EpochMetrics| epoch.validation.loss().unwrap();
        let best = epochs
            .iter()
            .min_by(|a, b| loss(a).total_cmp(&loss(b)))
            .unwrap();
        assert!(epochs.len() < 30, "it never stopped");
        assert_eq!(epochs.len(), best.epoch + 2, "patience of 2 after the best");
        let last = epochs.last().unwrap();
        let expected = if is_best { best } else { last };
        assert_eq!(finished.epoch, expected.epoch);
        let (validation, _) = finished.validation.as_ref().unwrap();
        assert_eq!(validation.loss(), expected.validation.loss());
        assert_eq!(validation.accuracy(), expected.validation.accuracy());
    }
}

#[test]
fn a_diverging_member_does_not_affect_the_others() {
    let (dataset, data) = mnist();
    let seed = Seed {
        sweep: 3,
        repeat: 0,
        fold: 0,
    };
    let sane = config(&[("training.learning_rate", "0.05")]);
    let wild = config(&[("training.learning_rate", "1e30")]);
    let together = trained(&dataset, &data, &[(&wild, seed), (&sane, seed)]);
    assert!(together[0].has_failed(), "{:?}", together[0].outcome);
    let alone = trained(&dataset, &data, &[(&sane, seed)]);
    assert_eq!(together[1].epochs.len(), 3);
    let [a, b] = [&together[1], &alone[0]].map(|record| record.epochs[2].training.loss().unwrap());
    assert!((a / b - 1.0).abs() < 1e-5, "{a} vs {b}");
}

#[test]
fn a_gradient_that_overflows_is_a_divergence() {
    let (dataset, data) = mnist();
    let seed = Seed {
        sweep: 3,
        repeat: 0,
        fold: 0,
    };
    // Logits so large that the loss is still a number; clipping keeps it one from step to step.
    let huge = config(&[
        ("model.layers", "4"),
        ("model.width", "32"),
        ("model.init", "{ normal: { std: 1e6 } }"),
        ("training.clip_norm", "1"),
    ]);
    let record = trained(&dataset, &data, &[(&huge, seed)]).remove(0);
    assert!(record.epochs.is_empty(), "{:?}", record.epochs);
    assert!(record.has_failed(), "{:?}", record.outcome);
}

#[test]
fn an_interrupted_training_is_reported_as_interrupted() {
    let (dataset, data) = mnist();
    let config = config(&[]);
    let seed = Seed {
        sweep: 3,
        repeat: 0,
        fold: 0,
    };
    let members = [member(&config, seed, &dataset.train.labels)];
    let mut observer = RecordingObserver::new(1);
    observer.stop_at_step = Some(0.into());
    let (observer, ended) = observed(&data, &members, observer);
    assert_eq!(ended, Err(Interrupted));
    assert_eq!(observer.members, [MemberRecord::default()]);
}
